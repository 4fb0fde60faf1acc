"""OpenRouter: language models and embeddings of many makers behind one key."""

from litink.providers.openrouter.adapter import OpenRouter

__all__ = ["OpenRouter"]
