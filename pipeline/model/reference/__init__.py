"""Rank, for each pronoun and noun phrase of a document, the entities that it may refer to."""
