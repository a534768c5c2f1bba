"""The record of an article: its models, its invariants, and how it is made from a document."""
