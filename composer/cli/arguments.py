"""Command lines as Docker Compose's parser takes them, where Typer's has other ideas.

A switch may have a value there (``--quiet=false``, ``-p=true``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from typer.core import TyperCommand

_TRUTHS = dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True) | dict.fromkeys(
    ("0", "f", "F", "FALSE", "false", "False"), False
)
"""What Go takes for a truth value."""


class Command(TyperCommand):
    """A command whose switches may have values."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse ``args``, after giving switches with values the form that Typer knows."""
        given = without_values(self.params, args, mixed=self.allow_interspersed_args)
        return super().parse_args(ctx, given)


def without_values(params: Sequence[Any], args: Sequence[str], *, mixed: bool = True) -> list[str]:
    """``args`` with ``--switch`` for ``--switch=true``, and the opposite or nothing for ``=false``.

    ``params`` are those of the command. Unless options may stand among arguments (``mixed``), what
    follows the first argument belongs to somebody else and stays as it is.
    """
    options = {name: param for param in params for name in (*param.opts, *param.secondary_opts)}
    return list(_rewritten(options, list(args), mixed))


def _rewritten(options: dict[str, Any], args: list[str], mixed: bool) -> Iterator[str]:
    while args:
        word = args.pop(0)
        name, equals, value = word.partition("=")
        option = options.get(name)
        if word == "--" or not (mixed or word.startswith("-")):
            yield word
            yield from args
            return
        if option is None or not getattr(option, "is_flag", False):
            yield word
            if option is not None and not equals and args:
                yield args.pop(0)
        elif value not in _TRUTHS:
            yield word
        elif _TRUTHS[value]:
            yield name
        elif option.secondary_opts:
            yield option.secondary_opts[0]
