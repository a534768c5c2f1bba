"""Train the ranker of speakers from articles with marked names, quotations and attributions."""
