"""``x-podman``: the extension keys of podman-compose, in both of their spellings.

A key may be written with a dot (``x-podman.no_hosts: true``) or below ``x-podman``
(``x-podman: {no_hosts: true}``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PREFIX = "x-podman"


def podman_extensions(said: Mapping[str, Any]) -> dict[str, Any]:
    """The Podman extensions that ``said`` has, without the prefix; ``-`` counts as ``_``."""
    below = said.get(PREFIX)
    dotted = {
        key.removeprefix(f"{PREFIX}."): value
        for key, value in said.items()
        if key.startswith(f"{PREFIX}.")
    }
    found = {**(below if isinstance(below, Mapping) else {}), **dotted}
    return {key.replace("-", "_"): value for key, value in found.items()}
