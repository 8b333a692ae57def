"""Adapters that fulfil the ports of the rooms: one folder per kind of partner."""
