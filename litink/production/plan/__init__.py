"""Plans: what of a book is out of date and why, what redoing it costs, and leave to spend that. Makes nothing."""
