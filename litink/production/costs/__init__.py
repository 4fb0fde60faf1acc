"""What things cost: estimates beforehand, reports and alerts afterwards. What is paid is decided elsewhere."""
