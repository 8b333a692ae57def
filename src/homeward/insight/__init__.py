"""Measures over the whole road; reads only."""
