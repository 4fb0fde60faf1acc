"""What the asset graph is divided by: one partition is one book (its id); reports are divided by days."""

from __future__ import annotations

import dagster as dg

books = dg.DynamicPartitionsDefinition(name="books")
days = dg.DailyPartitionsDefinition(start_date="2026-01-01", timezone="UTC")
