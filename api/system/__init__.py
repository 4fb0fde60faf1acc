"""Health, metrics and documentation of the service itself."""
