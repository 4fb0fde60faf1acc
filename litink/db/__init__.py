"""Tables, engines, migrations. At the bottom of litink: imports nothing of it but settings and errors."""
