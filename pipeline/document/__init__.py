"""Shared by all stages and networks: a view of a spaCy document, and the parts of names."""
