"""Bodies of POST /pods/create, /networks/create and /volumes/create → options."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence

from composer.systemd.options import (
    Fragment,
    Handler,
    Option,
    Options,
    each,
    joined,
    nothing,
    of_table,
    pairs,
    switch,
    text,
)
from composer.systemd.shared_options import SHARED, networks, user_namespace

POD: dict[str, Handler] = {
    **SHARED,
    "exit_policy": text("--exit-policy"),
    "infra_command": lambda said: iter((Option("--infra-command", json.dumps(list(said))),)),
    "infra_image": text("--infra-image"),
    "infra_name": text("--infra-name"),
    "name": text("--name"),
    "security_opt": each("--security-opt"),
    "shared_namespaces": joined("--share"),
}
"""Fields of a pod."""


def pod_options(spec: Fragment) -> list[Option]:
    """The options of ``podman pod create`` for ``spec``."""
    return [*of_table(POD, spec), *networks(spec), *user_namespace(spec)]


def network_options(spec: Fragment) -> list[Option]:
    """The options of ``podman network create`` for the body of POST /networks/create."""
    return list(of_table(_NETWORK, spec))


def _subnets(subnets: Sequence[Fragment]) -> Options:
    for said in subnets:
        yield Option("--subnet", said["subnet"])
        yield from text("--gateway")(said.get("gateway"))
        lease = said.get("lease_range")
        if lease:
            first, last = (ipaddress.ip_address(lease[key]) for key in ("start_ip", "end_ip"))
            for block in ipaddress.summarize_address_range(first, last):
                yield Option("--ip-range", str(block))


def _ipam(options: Fragment) -> Options:
    for key, value in sorted(options.items()):
        yield (
            Option("--ipam-driver", value) if key == "driver" else Option("--opt", f"{key}={value}")
        )


def _routes(routes: Sequence[Fragment]) -> Options:
    for said in routes:
        metric = [str(said["metric"])] if "metric" in said else []
        yield Option("--route", ",".join([said["destination"], said["gateway"], *metric]))


_NETWORK: dict[str, Handler] = {
    "dns_enabled": lambda said: iter(() if said else (Option("--disable-dns"),)),
    "driver": lambda said: iter(() if said == "bridge" else (Option("--driver", said),)),
    "internal": switch("--internal"),
    "ipam_options": _ipam,
    "ipv6_enabled": switch("--ipv6"),
    "labels": pairs("--label"),
    "name": nothing,
    "network_dns_servers": each("--dns"),
    "network_interface": text("--interface-name"),
    "options": pairs("--opt"),
    "routes": _routes,
    "subnets": _subnets,
}


def volume_options(spec: Fragment) -> list[Option]:
    """The options of ``podman volume create`` for the body of POST /volumes/create."""
    return list(of_table(_VOLUME, spec))


_VOLUME: dict[str, Handler] = {
    "Driver": lambda said: iter(() if said == "local" else (Option("--driver", said),)),
    "Labels": pairs("--label"),
    "Name": nothing,
    "Options": pairs("--opt"),
}
