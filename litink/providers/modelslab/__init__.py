"""ModelsLab: pictures, moving pictures, lip-sync, music and sound effects."""

from litink.providers.modelslab.adapter import ModelsLab

__all__ = ["ModelsLab"]
