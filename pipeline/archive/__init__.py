"""Identities, copies, statements and series across the records of a database."""
