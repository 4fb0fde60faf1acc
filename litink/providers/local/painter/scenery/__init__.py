"""Places: what the story's settings look like, from sky to furniture. Figures and composition are elsewhere."""
