"""``networks.*`` and ``volumes.*`` → the bodies of POST /libpod/{networks,volumes}/create."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
from collections.abc import Callable
from typing import Any

from composer import __version__, state
from composer.engine.no_effect import NO_EFFECT, Version, without_effect
from composer.errors import ComposerError
from composer.spec.definitions import definition_digests
from composer.spec.model import IpamPool, Network, Project, Volume
from composer.spec.podman import podman_extensions

Fragment = dict[str, Any]
Warn = Callable[[str], None]

_OPTIONS = {
    "com.docker.network.driver.mtu": "mtu",
    "macvlan_mode": "mode",
    "ipvlan_mode": "mode",
    "com.docker.network.bridge.name": "",
    "parent": "",
    "com.docker.network.bridge.host_binding_ipv4": "",
    "com.docker.network.bridge.enable_icc": "",
    "com.docker.network.bridge.enable_ip_masquerade": "",
}
"""Docker's names of driver options → Podman's; empty for what Podman has no option for."""

_INTERFACES = frozenset({"com.docker.network.bridge.name", "parent"})
"""Options that name the network's interface on the host: its bridge, or that of a macvlan."""

_DRIVERS = {"": "bridge", "default": "bridge", "nat": "bridge"}


def network_spec(project: Project, key: str, warn: Warn, release: Version) -> Fragment:
    """The body for one network. Networks are kept apart from each other, as Docker's are.

    ``warn`` is called with what Podman ``release`` cannot do.
    """
    network = project.networks[key]
    for text in without_effect(f"networks.{key}", network, release):
        warn(text)
    driver = _DRIVERS.get(network.driver or "", network.driver or "")
    spec: Fragment = {
        "name": network.name,
        "driver": driver,
        "internal": network.internal,
        "ipv6_enabled": bool(network.enable_ipv6),
        "dns_enabled": driver == "bridge",
        "labels": {**network.labels, **_labels(project, state.NETWORK, key, network)},
        "options": _options(network, driver, warn),
    }
    for name in _INTERFACES & network.driver_opts.keys():
        spec["network_interface"] = network.driver_opts[name]
    if network.ipam is not None:
        if network.ipam.driver not in (None, "default"):
            spec["ipam_options"] = {"driver": network.ipam.driver}
        if network.ipam.options:
            spec["ipam_options"] = {**network.ipam.options, **spec.get("ipam_options", {})}
        subnets = [_subnet(project, key, i, pool) for i, pool in enumerate(network.ipam.config)]
        spec["subnets"] = [subnet for subnet in subnets if subnet]
        # Addresses of the other family are Podman's business only where the file names none.
        spec["ipv6_enabled"] |= any(":" in subnet["subnet"] for subnet in spec["subnets"])
    if network.enable_ipv4 is False:
        _without_ipv4(network, spec, warn)
    return spec | _extensions(project, key, warn, release)


def _without_ipv4(network: Network, spec: Fragment, warn: Warn) -> None:
    """Keep Podman from adding a subnet of IPv4, which it does wherever IPv6 is asked for."""
    subnets = spec.setdefault("subnets", [])
    if not subnets:
        subnets.append({"subnet": _unique_local(network.name)})
    if all(":" in subnet["subnet"] for subnet in subnets):
        spec["ipv6_enabled"] = False
    else:
        why = NO_EFFECT["networks.*.enable_ipv4"].why
        warn(f"networks.{network.key}.enable_ipv4: {why}")


def _unique_local(name: str) -> str:
    """A subnet of IPv6 for private use (RFC 4193), always the same for one name."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7])
    prefix = (0xFD << 56 | number) << 64
    return f"{ipaddress.IPv6Address(prefix)}/64"


_EXTENSIONS: dict[str, tuple[Version, Callable[[Any], Fragment]]] = {
    "disable_dns": ((4, 0), lambda value: {"dns_enabled": False} if value else {}),
    "dns": ((4, 5), lambda value: {"network_dns_servers": _words(value)}),
    "routes": ((4, 6), lambda value: {"routes": [_route(text) for text in _words(value)]}),
}
"""``x-podman`` keys of networks → the first Podman that has them, and what they become."""


def _extensions(project: Project, key: str, warn: Warn, release: Version) -> Fragment:
    spec: Fragment = {}
    for name, value in podman_extensions(project.networks[key].extensions).items():
        path = f"networks.{key}.x-podman.{name}"
        since, become = _EXTENSIONS.get(name, ((0, 0), None))
        if become is None:
            warn(f"{path}: is unknown; {', '.join(_EXTENSIONS)} are known")
        elif release < since:
            warn(f"{path}: Podman before {since[0]}.{since[1]} has no such setting")
        else:
            spec |= become(value)
    return spec


def _words(value: Any) -> list[str]:
    """A list, or one text in place of a list."""
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]


def _route(text: str) -> Fragment:
    """``DESTINATION,GATEWAY[,METRIC]`` as ``podman network create --route`` takes it."""
    destination, gateway, *metric = text.split(",")
    route: Fragment = {"destination": destination, "gateway": gateway}
    return route | ({"metric": int(metric[0])} if metric else {})


def _options(network: Network, driver: str, warn: Warn) -> dict[str, str]:
    options = {"isolate": "true"} if driver == "bridge" else {}
    for name, value in network.driver_opts.items():
        translated = _OPTIONS.get(name, name)
        if translated:
            options[translated] = value
        elif name not in _INTERFACES:
            why = NO_EFFECT["networks.*.driver_opts.*"].why
            warn(f"networks.{network.key}.driver_opts.{name}: {why}")
    return options


def _subnet(project: Project, key: str, index: int, pool: IpamPool) -> Fragment:
    path = f"networks.{key}.ipam.config[{index}]"
    if pool.subnet is None:
        return {}
    subnet: Fragment = {"subnet": pool.subnet}
    if pool.gateway:
        subnet["gateway"] = pool.gateway
    if pool.ip_range:
        try:
            lease = ipaddress.ip_network(pool.ip_range, strict=False)
        except ValueError as error:
            raise ComposerError(
                f"{path}.ip_range: {error}", position=project.where(f"{path}.ip_range")
            ) from error
        subnet["lease_range"] = {"start_ip": str(lease[0]), "end_ip": str(lease[-1])}
    return subnet


def volume_spec(project: Project, key: str, name: str = "") -> Fragment:
    """The body for one volume; ``name`` is the engine's, if it is not the volume's own."""
    volume = project.volumes[key]
    labels = {**volume.labels, **_labels(project, state.VOLUME, key, volume)}
    if volume.temporary:
        labels[state.TEMPORARY] = "true"
    return {
        "Name": name or volume.name,
        "Driver": volume.driver if volume.driver not in (None, "default") else "local",
        "Labels": labels,
        "Options": _volume_options(volume.driver_opts),
    }


def _volume_options(said: dict[str, str]) -> dict[str, str]:
    """``driver_opts``. Podman 4 takes the ``size`` of a tmpfs for a quota of the disk and refuses
    it; the file system knows the same as a number of blocks."""
    if said.get("type") != "tmpfs" or "o" not in said:
        return dict(said)
    options = (option.partition("=") for option in said["o"].split(","))
    translated = (
        _blocks(value) if name == "size" else name + equals + value
        for name, equals, value in options
    )
    return {**said, "o": ",".join(translated)}


_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


def _blocks(size: str) -> str:
    """``nr_blocks=…`` for a size such as ``100m``; as it is if it is a share of the memory."""
    found = re.fullmatch(r"(\d+)([kmg]?)", size.lower())
    if found is None:
        return f"size={size}"
    return f"nr_blocks={-(-int(found[1]) * _UNITS[found[2]] // _PAGE)}"


_PAGE = os.sysconf("SC_PAGE_SIZE")


def _labels(project: Project, kind: str, key: str, resource: Network | Volume) -> dict[str, str]:
    return {
        state.PROJECT: project.name,
        kind: key,
        state.VERSION: __version__,
        state.PODMAN_PROJECT: project.name,
        state.DEFINITION: state.packed(definition_digests(resource)),
    }
