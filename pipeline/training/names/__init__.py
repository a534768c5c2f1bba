"""Train the network of names: articles → silver and gold labels → tagger → a folder of models/."""
