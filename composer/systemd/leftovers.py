"""What Podman's API does, and its program does not: units can only ask the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from composer.engine.no_effect import NO_EFFECT
from composer.spec.model import Service
from composer.systemd.keys import Version
from composer.systemd.relations import Warn

Fragment = dict[str, Any]

_SUBPATH = NO_EFFECT["services.*.volumes.*.image.subpath"].before or (0, 0)
_FORWARDS = NO_EFFECT["services.*.dns"].before or (0, 0)

LEFT: dict[str, str] = {
    "domainname": "the podman program has no option for it",
    "dns": "Podman before 4.4 asks these servers in the place of its own, which knows the services",
    "pre_start": "units have no place for it: make it a service that others wait for",
    "provider": "its program is run by composer alone",
    "models": "composer alone sets their variables: put them into environment",
}
"""Attributes that units cannot say, or not in full, with the reason."""


def adapt(spec: Fragment, service: Service, release: Version, warn: Warn) -> None:
    """Take out of ``spec`` what the podman program refuses, and tell of what is lost."""
    if service.domainname and "sysctl" in spec:  # without root's rights it is not asked for
        spec["sysctl"] = {k: v for k, v in spec["sysctl"].items() if k != "kernel.domainname"}
    if release < _SUBPATH:
        for volume in spec.get("image_volumes", ()):
            volume.pop("subPath", None)
    for attribute, reason in LEFT.items():
        if getattr(service, attribute) and not (attribute == "dns" and release >= _FORWARDS):
            warn(attribute, reason)


_NAMES_INTERFACES = (4, 6)
"""From then on ``podman network create`` has ``--interface-name``."""


def adapt_network(spec: Fragment, release: Version, warn: Callable[[str], None]) -> None:
    """The same for a network: its interface is an option of macvlan's, and needs a flag else."""
    name = spec.get("network_interface")
    if name is None or release >= _NAMES_INTERFACES:
        return
    del spec["network_interface"]
    if spec["driver"] == "bridge":
        warn("the podman program cannot name a bridge before 4.6")
    else:
        spec["options"] = {**spec["options"], "parent": name}
