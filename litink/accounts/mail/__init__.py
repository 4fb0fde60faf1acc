"""Mail to people: what it says, the outbox, and how it leaves."""
