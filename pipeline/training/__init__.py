"""Training of the weights in ``models/``: commands that read a corpus and write a model's files."""
