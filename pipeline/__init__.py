"""Extract entities, quotes, figures and attributions from news articles."""

__version__ = "0.1.0"
