"""Read what stands around a number: its kind, bound, change, what it measures."""
