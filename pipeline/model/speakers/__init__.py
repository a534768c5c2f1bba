"""The trained ranker of the speakers of attributions and quotations."""
