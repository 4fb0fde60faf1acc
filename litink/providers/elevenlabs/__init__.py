"""ElevenLabs: voices with the times of what they say."""

from litink.providers.elevenlabs.adapter import ElevenLabs
from litink.providers.elevenlabs.library import VoiceLibrary

__all__ = ["ElevenLabs", "VoiceLibrary"]
