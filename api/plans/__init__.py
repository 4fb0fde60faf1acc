"""Plans: what is out of date, what redoing it costs, and the word to do it; a book's options."""
