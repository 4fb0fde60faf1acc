"""Small but valid pictures, sound and film, drawn from the request alone: the same request, the same bytes."""
