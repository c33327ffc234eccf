"""What the scheduler says while it works: the events that renderers show and tests read.

Frozen values, passed from any thread to one callable (a renderer of ``composer.ui.progress``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from composer.errors import ComposerError

Kind = str
"""What a subject is: ``Container``, ``Network``, or a kind of Kubernetes. It is written before the
name, as Docker Compose does."""


class Event(msgspec.Struct, frozen=True):
    """Base of all events."""


class Planned(Event, frozen=True):
    """The work is known. ``total`` is the number of resources that something is done to."""

    total: int


class Started(Event, frozen=True):
    """An operation runs now. ``doing`` is its word, such as ``Creating`` or ``Waiting``."""

    id: str
    kind: Kind
    subject: str
    doing: str


class Progressed(Event, frozen=True):
    """One line of how far the running operation ``id`` is (a pull's layer, a build's step).

    ``current`` of ``total`` bytes or steps are done; a ``total`` of 0 is not known.
    """

    id: str
    text: str
    current: int = 0
    total: int = 0
    unit: Literal["bytes", "steps"] = "bytes"


class Finished(Event, frozen=True):
    """An operation ended well. ``done`` is its word, such as ``Created`` or ``Healthy``."""

    id: str
    kind: Kind
    subject: str
    done: str
    seconds: float


class Failed(Event, frozen=True):
    """An operation ended with ``error``, which the command reports in full at its end."""

    id: str
    kind: Kind
    subject: str
    error: ComposerError


class Skipped(Event, frozen=True):
    """An operation will not run. ``because`` says why, in a few words."""

    id: str
    kind: Kind
    subject: str
    because: str


class Warned(Event, frozen=True):
    """Something that the user should know, and that stops nothing."""

    text: str


class Notice(Event, frozen=True):
    """Something worth a line: what the command waits for, what it found."""

    text: str


EventSink = Callable[[Event], None]
"""Takes events, from several threads at once."""
