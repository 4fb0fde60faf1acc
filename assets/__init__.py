"""The asset graph: one asset a family of artefacts, one partition a book. Lineage, metadata and checks live here; the
work is a call into litink."""
