"""Backfills: many books redone one after another because a model changed, each with a plan, all within a budget."""
