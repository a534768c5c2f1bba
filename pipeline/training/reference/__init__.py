"""Train the ranker of reference."""
