"""People: signing up and in, one's own account, and everybody's for operators."""
