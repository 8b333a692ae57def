"""Backtests that somebody asked for: started, worked off by the worker, kept with what they found."""
