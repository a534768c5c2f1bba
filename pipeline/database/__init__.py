"""What holds across the records of a database: identities, copies, statements and series."""
