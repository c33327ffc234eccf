"""The command line: options in, one use case called, exit code out."""

from composer.cli.app import main

__all__ = ["main"]
