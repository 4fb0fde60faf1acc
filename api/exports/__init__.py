"""Exports: what is made where somebody asks for it, and everything of a book as one archive."""
