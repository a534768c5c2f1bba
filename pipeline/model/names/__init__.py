"""Names by a trained network: its input, its output, and the names derived from it."""
