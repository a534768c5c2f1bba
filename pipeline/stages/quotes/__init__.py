"""News quotations: marks, and whether the words in them are speech."""
