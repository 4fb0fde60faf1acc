"""What has been understood of a book: chapters, plot, cast, scripts, scenes."""
