"""The spaCy stages: one file, one factory ``news_<thing>``, Doc in, Doc out."""
