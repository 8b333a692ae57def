"""The dock's pages: scan, count, grade, and see where everything goes."""
