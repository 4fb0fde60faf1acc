"""Which models there are, what they take and cost, and which of them each tier gets: data, with its reader."""

from litink.providers.catalogue.loading import catalogue, load
from litink.providers.catalogue.model import TASKS, Catalogue, Model, Price, Task, Tier

__all__ = ["TASKS", "Catalogue", "Model", "Price", "Task", "Tier", "catalogue", "load"]
