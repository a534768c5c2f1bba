"""Read what numbers measure, whose they are and what kind they are, with a trained scorer."""
