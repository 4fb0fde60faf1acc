"""Exports: outputs that somebody asks for besides the book's film and audiobook, made on request, kept up to date."""
