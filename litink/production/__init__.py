"""The families of artefacts: for each asset, which items a book needs, from what they are made, and by whom.

Decides nothing about books, stories or media (those packages do) and nothing about how items are kept (generation).
"""
