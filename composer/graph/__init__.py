"""The dependency graph of a project: what needs what, its order, and what a command selects.

Modules that need networkx are ``build``, ``order`` and ``render``; ``needs`` and ``selection`` do
without, for the commands that only look.
"""
