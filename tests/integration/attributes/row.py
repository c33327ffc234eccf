"""One row: what a service says, and what must then be seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Check = Callable[[Any], bool]

BUSYBOX = "docker.io/library/busybox:latest"
DEBIAN = "docker.io/library/debian:bookworm-slim"


@dataclass(frozen=True)
class Row:
    """What a service says; how it shows in ``podman inspect``, inside, and in the warnings.

    ``sees`` has paths into the inspected container (``HostConfig/Memory``) with the value there, or
    with a check of it. ``inside`` has shell commands with their output, without its end. ``warns``
    has the attributes that composer warns of, and no others. Values that depend on the release of
    Podman are checks.
    """

    name: str
    says: Mapping[str, Any]
    sees: Mapping[str, Any] = field(default_factory=dict)
    inside: Mapping[str, str | Check] = field(default_factory=dict)
    warns: tuple[str, ...] = ()
    warns_before: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """What only Podmans before a release cannot do."""
    warns_rootless: tuple[str, ...] = ()
    """What a Podman without rights cannot do."""
    started: bool = True
    """Whether the container is started; some limits are not for every kernel."""
    also: Mapping[str, Any] = field(default_factory=dict)
    """Top-level sections (``configs``, ``volumes``) that the service refers to."""

    @property
    def service(self) -> str:
        """The service's name in the project of all rows."""
        return self.name.replace("_", "-").replace(".", "-").replace(" ", "-")

    def warned_of(self, release: tuple[int, int], rootless: bool) -> list[str]:
        """What composer warns of with this Podman, sorted."""
        before = [a for a, r in self.warns_before.items() if release < r]
        return sorted([*self.warns, *before, *(self.warns_rootless if rootless else ())])

    def as_service(self) -> dict[str, Any]:
        """The service as the file has it: a container that sleeps, alone unless it says more."""
        alone = {} if {"networks", "network_mode"} & self.says.keys() else {"network_mode": "none"}
        return {
            "image": BUSYBOX,
            "command": ["sleep", "600"],
            "stop_signal": "SIGKILL",
            **alone,
            **self.says,
        }


def matches(expected: Any, seen: Any) -> bool:
    """Whether ``seen`` is what is expected, which may be a check."""
    return bool(expected(seen)) if callable(expected) else bool(seen == expected)


def at(inspected: Any, path: str) -> Any:
    """The value at ``path``, keys separated by slashes; ``~`` stands for a slash in a key."""
    for word in path.split("/"):
        key = word.replace("~", "/")
        inspected = inspected[int(key) if isinstance(inspected, list) else key]
    return inspected


def has(*items: Any) -> Check:
    """All ``items`` are in it."""
    return lambda seen: all(item in seen for item in items)


def starts(text: str) -> Check:
    """It begins with ``text``."""
    return lambda seen: str(seen).startswith(text)
