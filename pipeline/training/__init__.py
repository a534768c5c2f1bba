"""What makes the weights of ``models/``: commands that read a corpus and write a model's files."""
