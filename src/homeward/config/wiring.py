"""Which connector stands behind each port of this installation."""
