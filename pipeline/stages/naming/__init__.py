"""Mend the names that the base model found: spans, labels, missed names."""
