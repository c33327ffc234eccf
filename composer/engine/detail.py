"""GET /libpod/containers/{name}/json → ``Detail``, and what only the engine itself reads of it."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from composer.engine.libpod import Libpod, segment
from composer.engine.observe import seconds
from composer.state import Detail

_ANONYMOUS = re.compile(r"[0-9a-f]{64}")
"""The names that Podman gives to volumes which nobody named."""


class _HealthRun(msgspec.Struct, rename="pascal"):
    output: str = ""


class _Health(msgspec.Struct, rename="pascal"):
    status: str = ""
    log: list[_HealthRun] | None = None


class _State(msgspec.Struct, rename="pascal"):
    status: str = ""
    exit_code: int = 0
    error: str = ""
    started_at: str = ""
    health: _Health | None = None
    healthcheck: _Health | None = None
    """Where Podman before 4.3 had it."""


class _Network(msgspec.Struct):
    address: str = msgspec.field(default="", name="IPAddress")
    address6: str = msgspec.field(default="", name="GlobalIPv6Address")


class _NetworkSettings(msgspec.Struct, rename="pascal"):
    networks: dict[str, _Network] | None = None


class _Mount(msgspec.Struct, rename="pascal"):
    type: str = ""
    name: str = ""
    destination: str = ""


class _Config(msgspec.Struct, rename="pascal"):
    tty: bool = False
    stop_timeout: int = 10
    healthcheck: dict[str, Any] | None = None


class _LogConfig(msgspec.Struct, frozen=True, rename="pascal"):
    type: str = ""
    path: str = ""


class _RestartPolicy(msgspec.Struct, frozen=True, rename="pascal"):
    name: str = ""


class _HostConfig(msgspec.Struct, rename="pascal"):
    log_config: _LogConfig = _LogConfig()
    restart_policy: _RestartPolicy = _RestartPolicy()


class Inspected(msgspec.Struct, rename="pascal"):
    """The parts of the answer that composer reads."""

    id: str
    name: str
    state: _State
    config: _Config
    host_config: _HostConfig
    hosts_path: str = ""
    mounts: list[_Mount] | None = None
    network_settings: _NetworkSettings | None = None


def inspect(libpod: Libpod, container: str) -> Inspected:
    """Inspect one container."""
    return libpod.get(f"/containers/{segment(container)}/json", kind=Inspected, what="inspect")


def detail(raw: Inspected) -> Detail:
    """The observed state in ``composer.state``'s terms."""
    check = raw.config.healthcheck or {}
    has_check = bool(check.get("Test")) and check["Test"][0] != "NONE"
    health = raw.state.health or raw.state.healthcheck
    networks = raw.network_settings.networks if raw.network_settings else None
    return Detail(
        id=raw.id,
        name=raw.name,
        status=raw.state.status,
        exit_code=raw.state.exit_code,
        health=health.status if health and has_check else "",
        has_healthcheck=has_check,
        health_config=check if has_check else {},
        started=seconds(raw.state.started_at),
        error=raw.state.error,
        tty=raw.config.tty,
        addresses={name: net.address or net.address6 for name, net in (networks or {}).items()},
        hosts_path=raw.hosts_path,
        anonymous_volumes={
            mount.destination: mount.name
            for mount in raw.mounts or ()
            if mount.type == "volume" and _ANONYMOUS.fullmatch(mount.name)
        },
        restart_policy=raw.host_config.restart_policy.name,
    )
