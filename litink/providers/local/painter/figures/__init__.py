"""People: how a character looks, and the drawing of heads, hair, clothes and whole figures."""
