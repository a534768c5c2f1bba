"""The trained side of attributions: what a network reads and says, and the choice of it."""
