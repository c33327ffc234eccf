"""``networks.*`` and ``volumes.*`` → the bodies of POST /libpod/{networks,volumes}/create."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from composer import __version__, state
from composer.errors import ComposerError
from composer.spec.model import IpamPool, Network, Project

Fragment = dict[str, Any]
Warn = Callable[[str], None]

_OPTIONS = {
    "com.docker.network.driver.mtu": "mtu",
    "com.docker.network.bridge.name": "",
    "com.docker.network.bridge.host_binding_ipv4": "",
    "com.docker.network.bridge.enable_icc": "",
    "com.docker.network.bridge.enable_ip_masquerade": "",
}
"""Docker's names of driver options → Podman's; empty for what Podman has no option for."""

_DRIVERS = {"": "bridge", "default": "bridge", "nat": "bridge"}


def network_spec(project: Project, key: str, warn: Warn) -> Fragment:
    """The body for one network. Networks are kept apart from each other, as Docker's are."""
    network = project.networks[key]
    driver = _DRIVERS.get(network.driver or "", network.driver or "")
    spec: Fragment = {
        "name": network.name,
        "driver": driver,
        "internal": network.internal,
        "ipv6_enabled": bool(network.enable_ipv6),
        "dns_enabled": driver == "bridge",
        "labels": {**network.labels, **_labels(project, state.NETWORK, key)},
        "options": _options(network, driver, warn),
    }
    bridge = network.driver_opts.get("com.docker.network.bridge.name")
    if bridge:
        spec["network_interface"] = bridge
    if network.ipam is not None:
        if network.ipam.driver not in (None, "default"):
            spec["ipam_options"] = {"driver": network.ipam.driver}
        subnets = [_subnet(project, key, i, p, warn) for i, p in enumerate(network.ipam.config)]
        spec["subnets"] = [subnet for subnet in subnets if subnet]
        # Addresses of the other family are Podman's business only where the file names none.
        spec["ipv6_enabled"] |= any(":" in subnet["subnet"] for subnet in spec["subnets"])
    return spec


def _options(network: Network, driver: str, warn: Warn) -> dict[str, str]:
    options = {"isolate": "true"} if driver == "bridge" else {}
    for name, value in network.driver_opts.items():
        translated = _OPTIONS.get(name, name)
        if translated:
            options[translated] = value
        elif name != "com.docker.network.bridge.name":
            warn(f"networks.{network.key}.driver_opts.{name}: Podman has no such option")
    return options


def _subnet(project: Project, key: str, index: int, pool: IpamPool, warn: Warn) -> Fragment:
    path = f"networks.{key}.ipam.config[{index}]"
    if pool.aux_addresses:
        warn(f"{path}.aux_addresses: Podman reserves no addresses")
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


def volume_spec(project: Project, key: str) -> Fragment:
    """The body for one volume."""
    volume = project.volumes[key]
    return {
        "Name": volume.name,
        "Driver": volume.driver if volume.driver not in (None, "default") else "local",
        "Labels": {**volume.labels, **_labels(project, state.VOLUME, key)},
        "Options": dict(volume.driver_opts),
    }


def _labels(project: Project, kind: str, key: str) -> dict[str, str]:
    return {
        state.PROJECT: project.name,
        kind: key,
        state.VERSION: __version__,
        state.PODMAN_PROJECT: project.name,
    }
