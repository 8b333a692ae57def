"""The way back: return centers, rates, labels, parcels and their tracking."""
