"""Names by a trained network: what it reads, what it says, and the names that follow from it."""
