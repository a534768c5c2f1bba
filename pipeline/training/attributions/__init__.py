"""Train the network of attributions: articles → features → tagger → judge → a folder of models/."""
