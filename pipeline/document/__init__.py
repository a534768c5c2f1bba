"""What every stage and network shares: one view of a spaCy document, and the parts of names."""
