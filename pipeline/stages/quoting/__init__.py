"""Judge a quotation: speech or not, direct or mixed."""
