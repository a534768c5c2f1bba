"""Coreference: mentions to entities, sources and quotations to speakers."""
