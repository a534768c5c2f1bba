"""News figures: candidates from the grammar of quantities, related by a trained scorer."""
