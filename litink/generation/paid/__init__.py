"""Paid calls: each at most once, within its caps, on the books. What is asked for and what for is not known here."""
