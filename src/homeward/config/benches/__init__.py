"""Measurements of the whole, each with a floor or a peer in the same run."""
