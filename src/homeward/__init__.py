"""Homeward: returns, repairs and after-sales for cross-border commerce."""

__version__ = "0.1.0"
