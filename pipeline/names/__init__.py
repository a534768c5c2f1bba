"""Names of persons, bodies and places: within an article and across articles."""
