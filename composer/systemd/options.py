"""What Podman's API is asked for → the options of the podman program that ask for the same.

A container, pod, network or volume is first described as ``composer up`` would post it; tables here
say which option stands for each field. So there is one translation of the Compose file, and a field
that no table has is an error, not a loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

Fragment = Mapping[str, Any]


class Option(NamedTuple):
    """An option of the podman program; without a value it is a switch."""

    flag: str
    """``--label``"""
    value: str | None = None

    def words(self) -> list[str]:
        """As the program takes it: switches take their value behind ``=`` only, and some readers of
        units drop empty words."""
        if self.value is None:
            return [self.flag]
        apart = self.value not in ("", "true", "false")
        return [self.flag, self.value] if apart else [f"{self.flag}={self.value}"]


Options = Iterator[Option]
Handler = Callable[[Any], Options]


def text(flag: str) -> Handler:
    """A field with one value."""

    def options(value: Any) -> Options:
        if value is not None:
            yield Option(flag, str(value))

    return options


def switch(flag: str) -> Handler:
    """A field that is true or not."""

    def options(value: Any) -> Options:
        if value:
            yield Option(flag)

    return options


def each(flag: str, form: str = "{}") -> Handler:
    """A list: the option once for each entry."""

    def options(values: Any) -> Options:
        for value in values:
            yield Option(flag, form.format(value))

    return options


def pairs(flag: str, between: str = "=") -> Handler:
    """A mapping: the option once for each key, in the order of keys."""

    def options(values: Any) -> Options:
        for key in sorted(values):
            yield Option(flag, f"{key}{between}{values[key]}")

    return options


def joined(flag: str, form: str = "{}", between: str = ",") -> Handler:
    """A list in one option."""

    def options(values: Any) -> Options:
        if values:
            yield Option(flag, form.format(between.join(values)))

    return options


def nothing(_value: Any) -> Options:
    """A field that the unit says elsewhere, or that is what the program does anyhow."""
    return iter(())


def namespace(flag: str) -> Handler:
    """``{"nsmode": …, "value": …}``."""

    def options(said: Fragment) -> Options:
        mode, value = said.get("nsmode", ""), said.get("value", "")
        mode = "ns" if mode == "path" else mode
        if mode:
            yield Option(flag, f"{mode}:{value}" if value else mode)

    return options


_SECOND = 1_000_000_000


def duration(nanoseconds: int) -> str:
    """As Go reads it: ``1500ms``, ``90s``."""
    for unit, size in (("s", _SECOND), ("ms", 1_000_000), ("us", 1_000)):
        if nanoseconds % size == 0:
            return f"{nanoseconds // size}{unit}"
    return f"{nanoseconds}ns"


def size(number: int) -> str:
    """Bytes in the largest unit that has no remainder: ``64m``."""
    for unit, factor in (("g", 1 << 30), ("m", 1 << 20), ("k", 1 << 10)):
        if number and number % factor == 0:
            return f"{number // factor}{unit}"
    return f"{number}b"


def of_table(table: Mapping[str, Handler], spec: Fragment) -> Options:
    """The options for ``spec``: each of its fields by ``table``."""
    for field, value in spec.items():
        yield from table[field](value)
