"""Coreference: chains of names, pronouns, noun phrases and speakers."""
