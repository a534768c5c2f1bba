"""Analyse the context of a number: its kind, bound, change, and what it measures."""
