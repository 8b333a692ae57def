"""What was sold, tested."""
