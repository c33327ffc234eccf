"""What a Compose file may say and Podman cannot honour: one table, path → why.

The table is the whole truth: warnings are made from it when containers, networks and volumes are
created, and ``docs/compatibility.md`` is checked against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from composer.spec.places import values

Version = tuple[int, int]


class Lack(NamedTuple):
    """Why an attribute has no effect. ``{}`` in ``why`` is filled in by the mapping."""

    why: str
    when: Callable[[Any], bool] | None = bool
    """Which values are in vain: those that are not empty, unless said. None: the mapping that
    reads the attribute decides."""
    before: Version | None = None
    """The first Podman that honours it; None when none does."""


_WINDOWS = Lack("only Windows containers have it")
_SWARM = Lack("only Swarm has it: Podman runs containers, and no services of several machines")
_DECIDED = None

NO_EFFECT: dict[str, Lack] = {
    "services.*.cpu_count": _WINDOWS,
    "services.*.cpu_percent": _WINDOWS,
    "services.*.credential_spec": _WINDOWS,
    "services.*.isolation": _WINDOWS,
    "services.*.deploy.mode": Lack(_SWARM.why, lambda mode: mode not in (None, "replicated")),
    "services.*.deploy.endpoint_mode": _SWARM,
    "services.*.deploy.labels": _SWARM,
    "services.*.deploy.placement": _SWARM,
    "services.*.deploy.rollback_config": _SWARM,
    "services.*.deploy.update_config": _SWARM,
    "services.*.deploy.resources.limits.generic_resources": _SWARM,
    "services.*.deploy.resources.limits.devices": _SWARM,
    "services.*.deploy.resources.reservations.generic_resources": _SWARM,
    "services.*.deploy.resources.reservations.cpus": Lack("Podman reserves no CPUs"),
    "services.*.deploy.resources.reservations.pids": Lack("Podman reserves no processes"),
    "services.*.deploy.resources.reservations.devices": Lack(
        "of devices that are asked for by kind, Podman knows GPUs of NVIDIA", _DECIDED
    ),
    "services.*.deploy.restart_policy.delay": Lack("Podman restarts without a delay"),
    "services.*.deploy.restart_policy.window": Lack("Podman counts all restarts, old ones too"),
    "services.*.device_cgroup_rules": Lack("Podman has them only with root's rights", _DECIDED),
    "services.*.dns": Lack(
        "Podman before 4.4 asks these servers only when its own, which knows the services and "
        "asks those of the host, does not answer",
        _DECIDED,
        before=(4, 4),
    ),
    "services.*.domainname": Lack(
        "Podman sets it by a kernel setting (kernel.domainname), which it may only with root's "
        "rights",
        _DECIDED,
    ),
    "services.*.external_links": Lack(
        "Podman gives containers of others no further names: {} is known by its own", _DECIDED
    ),
    "services.*.extra_hosts": Lack(
        "Podman before 4.7 does not know host-gateway, and composer finds no address for it",
        _DECIDED,
        before=(4, 7),
    ),
    "services.*.gpus": Lack("Podman knows GPUs of NVIDIA only", _DECIDED),
    "services.*.healthcheck.start_interval": Lack("Podman has no interval for the start"),
    "services.*.logging.driver": Lack("Podman has no {}; its default is used", _DECIDED),
    "services.*.logging.options.*": Lack("Podman's {} has no such option", _DECIDED),
    "services.*.network_mode": Lack("it has no effect with network_mode {}", _DECIDED),
    "services.*.networks.*.driver_opts": Lack(
        "Podman takes driver options for whole networks only"
    ),
    "services.*.networks.*.gw_priority": Lack("Podman chooses the default route itself"),
    "services.*.networks.*.link_local_ips": Lack("Podman gives no link-local addresses"),
    "services.*.runtime": Lack("Podman runs all containers with the runtime of containers.conf"),
    "services.*.security_opt": Lack("Podman has no {}", _DECIDED),
    "services.*.volumes.*.bind.recursive": Lack(
        "Podman makes the mount read-only, but not other mounts below it",
        lambda recursive: recursive == "readonly",
    ),
    "services.*.volumes.*.consistency": Lack("only Docker Desktop's shared folders have it"),
    "services.*.volumes.*.image.subpath": Lack(
        "Podman before 5.4 mounts the whole image", before=(5, 4)
    ),
    "services.*.volumes.*.volume.labels": Lack(
        "Podman labels named volumes only, as the volume itself says (volumes.NAME.labels)"
    ),
    "networks.*.driver_opts.*": Lack("Podman has no such option", _DECIDED),
    "networks.*.enable_ipv4": Lack(
        "ipam.config has a subnet of IPv4, from which Podman gives addresses", _DECIDED
    ),
    "networks.*.ipam.config.*.aux_addresses": Lack("Podman reserves no addresses"),
    "secrets.*.driver": _SWARM,
    "secrets.*.driver_opts": _SWARM,
    "secrets.*.labels": _SWARM,
    "secrets.*.template_driver": _SWARM,
    "configs.*.driver": _SWARM,
    "configs.*.driver_opts": _SWARM,
    "configs.*.labels": _SWARM,
    "configs.*.template_driver": _SWARM,
}
"""``*`` stands for any key, and for any place in a list."""


def without_effect(path: str, said: object, version: Version) -> Iterator[str]:
    """A warning for each attribute of ``said`` that Podman ``version`` has nothing for.

    ``path`` is where ``said`` stands (``services.web``, ``networks.front``). Attributes that a
    mapping decides on are not among them.
    """
    kind = path.partition(".")[0]
    for pattern, lack in NO_EFFECT.items():
        section, _, *inside = pattern.split(".")
        if section != kind or lack.when is None or (lack.before and version >= lack.before):
            continue
        for place, value in values(said, inside, path):
            if lack.when(value):
                yield f"{place}: {lack.why}"
