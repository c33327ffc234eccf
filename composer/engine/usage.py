"""GET /libpod/containers/stats: what containers use."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from composer.engine.libpod import Libpod, Query
from composer.errors import EngineError
from composer.state import Usage

_SECOND = 1e9


class _Network(msgspec.Struct):
    received: int = msgspec.field(default=0, name="RxBytes")
    sent: int = msgspec.field(default=0, name="TxBytes")


class _Stats(msgspec.Struct, rename="pascal"):
    container_id: str = msgspec.field(default="", name="ContainerID")
    name: str = ""
    cpu_nano: int = msgspec.field(default=0, name="CPUNano")
    system_nano: int = 0
    mem_usage: int = 0
    mem_limit: int = 0
    net_input: int = 0
    net_output: int = 0
    network: dict[str, _Network] | None = None
    """From Podman 5 on, in the place of the two before."""
    block_input: int = 0
    block_output: int = 0
    pids: int = msgspec.field(default=0, name="PIDs")


class _Answer(msgspec.Struct, rename="pascal"):
    stats: list[_Stats] | None = None


def usage(libpod: Libpod, containers: Sequence[str]) -> list[Usage]:
    """One look at ``containers``, all in one call; at each by itself if one has just ended."""
    if not containers:
        return []
    query: Query = {"stream": False, "containers": list(containers)}
    try:
        answer: _Answer = libpod.get("/containers/stats", query, kind=_Answer, what="stats")
    except EngineError as error:
        if not error.status:
            raise
        if len(containers) == 1:
            return []
        return [found for one in containers for found in usage(libpod, [one])]
    return [_usage(raw) for raw in answer.stats or ()]


def _usage(raw: _Stats) -> Usage:
    networks = (raw.network or {}).values()
    return Usage(
        id=raw.container_id,
        name=raw.name,
        cpu=raw.cpu_nano / _SECOND,
        at=raw.system_nano / _SECOND,
        memory=raw.mem_usage,
        memory_limit=raw.mem_limit,
        received=raw.net_input + sum(network.received for network in networks),
        sent=raw.net_output + sum(network.sent for network in networks),
        read=raw.block_input,
        written=raw.block_output,
        processes=raw.pids,
    )
