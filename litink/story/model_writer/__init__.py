"""The writer that asks a language model, task by task. It stands on the rules' result: spans, ids, what is read aloud
and that every sentence is there once are theirs; the model decides what rules cannot: who speaks, what it means, how it
looks and sounds."""

from litink.story.model_writer.writer import ModelWriter

__all__ = ["ModelWriter"]
