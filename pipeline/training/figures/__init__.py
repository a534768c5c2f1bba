"""Train the scorer of figures."""
