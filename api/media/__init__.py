"""What has been made of a book: pictures, sound, film."""
