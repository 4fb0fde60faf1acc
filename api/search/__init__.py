"""Search in a book."""
