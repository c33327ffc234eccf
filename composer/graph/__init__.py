"""The dependency graph of a project: what needs what, its order, and what a command selects.

Modules that need networkx are ``build``, ``order`` and ``render``, for drawing. The others do
without, for the commands that look and those that plan.
"""
