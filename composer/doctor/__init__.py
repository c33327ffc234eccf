"""``composer doctor``: what is wrong with Podman's set-up or the project, and what mends it.

Checks get what was found (``Host``, Podman's own description of itself, a project and the engine's
state) and return findings.
"""
