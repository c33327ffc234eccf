"""Reads Compose files: text to ``Project``, and ``Project`` to text."""
