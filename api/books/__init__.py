"""Books: handing in, listing, watching, deleting."""
