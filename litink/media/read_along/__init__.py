"""The book to read along: an EPUB 3 with media overlays, its text highlighted as it is read aloud.

:mod:`.page` writes a chapter's text, :mod:`.overlay` says what is heard when, :mod:`.package` puts the book together.
After EPUB 3.3 (W3C), section 9, media overlays.
"""
