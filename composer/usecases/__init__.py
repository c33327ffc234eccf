"""What the commands do: each takes a ``Context`` and plain values, and returns an exit code.

The command line parses options and calls one function of this package; no decision is taken there.
"""
