"""What this room does when something happened earlier on the road: it expects the goods of every parcel."""
