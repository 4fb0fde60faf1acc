"""How artefacts come to be: items, cache keys, ledger, retries. What is made is not known here."""
