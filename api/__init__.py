"""The REST API and the page that ships with it: a shell around litink, with no SQL and no business rule of its own."""
