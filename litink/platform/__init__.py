"""Running the platform on one machine: the embedded database, engine data, processes. No product logic."""
