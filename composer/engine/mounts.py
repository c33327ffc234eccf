"""What is mounted into containers, of many in one question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from composer.engine.libpod import Libpod, decode, filters, refused, segment
from composer.state import MountPoint

_PATH = "/v1.40/containers/json"
"""Docker's own path: libpod's list says where something is mounted, and not what."""


class _Mount(msgspec.Struct, rename="pascal"):
    name: str = ""
    source: str = ""
    destination: str = ""
    driver: str = ""


class _Container(msgspec.Struct, rename="pascal"):
    id: str
    mounts: list[_Mount] | None = None


def list_mounts(
    libpod: Libpod, wanted: Mapping[str, Sequence[str]]
) -> dict[str, tuple[MountPoint, ...]]:
    """GET /containers/json of Docker's API, also stopped containers; by id. Raises
    ``EngineError``."""
    path = f"{_PATH}?all=true&filters={segment(filters(wanted))}"
    answer = libpod.transport.request("GET", path)
    if answer.status >= 400:
        raise refused(answer, "list what is mounted")
    found: list[_Container] = decode(answer.body, list[_Container])
    return {
        container.id: tuple(
            MountPoint(name=m.name or m.source, target=m.destination, driver=m.driver)
            for m in container.mounts or ()
        )
        for container in found
    }
