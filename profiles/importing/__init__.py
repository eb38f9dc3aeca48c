"""Importing what a source knows of people from files: a stream of rows, one person each."""
