"""Tell who is meant: chains of names, pronouns, nominals, speakers."""
