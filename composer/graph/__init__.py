"""The dependency graph of a project."""
