"""What this room does when something happened earlier on the road."""
