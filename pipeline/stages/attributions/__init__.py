"""News attributions: who says what, proposed by a tagger and judged by a network."""
