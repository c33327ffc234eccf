"""``develop.watch``: what the rules of a project mean, and what changed files ask for.

Only ``composer.watch.changes`` imports watchfiles.
"""
