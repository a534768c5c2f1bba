"""Decide whether entities of different articles are the same person, organisation or place."""
