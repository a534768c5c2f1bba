"""The trained network for attributions: its input, its output, and the choice among proposals."""
