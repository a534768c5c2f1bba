"""What holds across records: the news database above the tables of the articles."""
