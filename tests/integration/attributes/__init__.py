"""Attributes of the Compose file on a real Podman: rows by subject, one project for all of them."""
