"""Write records to a file, a stream or a database."""
