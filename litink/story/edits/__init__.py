"""What people change of what was understood of a book: edits as values, and putting them on top. Pure functions."""
