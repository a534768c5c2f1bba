"""Classify quotations: speech or not, direct or mixed."""
