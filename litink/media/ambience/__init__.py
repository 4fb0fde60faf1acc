"""Sound of places made here: what a scene sounds like (scenes), and loops of it (sounds, pads) by synthesis alone.

The same name gives the same samples on every machine of one kind. Nothing is recorded, so nothing needs a licence.
"""
