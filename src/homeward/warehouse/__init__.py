"""The dock: receipt by scan, count and match, inspection, grade, disposition."""
