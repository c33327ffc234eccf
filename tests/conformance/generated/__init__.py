"""Strategies that make random Compose files, in random mixtures of their short and long forms."""
