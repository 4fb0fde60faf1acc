"""The product's own logic. Imports neither Dagster nor FastAPI; shells (assets, api, sensors) call into it."""

__version__ = "0.1.0"
