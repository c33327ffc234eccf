"""Compares composer with the real docker-compose program: what ``config`` prints, and refuses."""
