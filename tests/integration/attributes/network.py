"""How a container takes part in networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.integration.attributes.row import DEBIAN, Row, has, starts

MAC = "02:00:00:00:00:0"

NETWORKS: dict[str, Any] = {
    "one": {},
    "two": {},
    "fixed": {
        "enable_ipv6": True,
        "ipam": {
            "config": [
                {"subnet": "10.219.1.0/24", "ip_range": "10.219.1.128/25", "gateway": "10.219.1.9"},
                {"subnet": "fd00:219:1::/64"},
            ]
        },
    },
}


def aliases(network: str, *names: str) -> Any:
    """The container is known by ``names`` in the network with this key."""

    def check(networks: Mapping[str, Any]) -> bool:
        (found,) = [one for name, one in networks.items() if name.endswith(f"_{network}")]
        return set(names) <= set(found["Aliases"])

    return check


ROWS = [
    Row(
        "aliases",
        {"networks": {"one": {"aliases": ["first", "second"]}}},
        {"NetworkSettings/Networks": aliases("one", "aliases", "first", "second")},
    ),
    Row(
        "links",
        {"image": DEBIAN, "networks": ["one"], "links": ["aliases:friend"]},
        inside={
            "getent hosts friend | awk '{print $1}' | cmp - "
            "<(getent hosts first | awk '{print $1}') && echo same": "same"
        },
    ),
    Row(
        "external_links",
        {"networks": ["one"], "external_links": ["${COMPOSE_PROJECT_NAME}-aliases-1:other"]},
        warns=("external_links",),
    ),
    Row(
        "addresses",
        {
            "networks": {
                "fixed": {
                    "ipv4_address": "10.219.1.50",
                    "ipv6_address": "fd00:219:1::50",
                    "mac_address": f"{MAC}1",
                    "interface_name": "lan0",
                }
            }
        },
        inside={
            "ip addr show lan0 | grep -oE '10.219.1.50|fd00:219:1::50|02:00:00:00:00:01' | sort": (
                f"{MAC}1\n10.219.1.50\nfd00:219:1::50"
            )
        },
    ),
    Row(
        "ip_range",
        {"networks": ["fixed"]},
        inside={
            "ip -4 route | grep -oE '^default via 10.219.1.9|src 10.219.1.(12[89]|1[3-9].|2..)'": (
                lambda text: len(text.splitlines()) == 2
            )
        },
    ),
    Row(
        "priority",
        {"networks": {"one": {}, "two": {"priority": 5}}, "mac_address": f"{MAC}2"},
        inside={
            "cat /sys/class/net/eth0/address": f"{MAC}2",
            "ls /sys/class/net": "eth0\neth1\nlo",
        },
    ),
    Row(
        "not in podman",
        {
            "networks": {
                "one": {
                    "link_local_ips": ["169.254.8.8"],
                    "driver_opts": {"a": "b"},
                    "gw_priority": 1,
                }
            }
        },
        warns=(
            "networks.one.driver_opts",
            "networks.one.gw_priority",
            "networks.one.link_local_ips",
        ),
    ),
    Row(
        "x-podman attachment",
        {
            "networks": {
                "one": {
                    "x-podman.mac_address": f"{MAC}3",
                    "x-podman": {"interface_name": "x0", "nonsense": 1},
                }
            }
        },
        warns=("networks.one.x-podman.nonsense",),
        inside={"cat /sys/class/net/x0/address": f"{MAC}3"},
    ),
    Row(
        "dns",
        {
            "image": DEBIAN,
            "networks": ["one"],
            "dns": ["10.219.9.9"],
            "dns_search": ["example.org"],
            "dns_opt": ["ndots:2", "timeout:1"],
        },
        {
            "HostConfig/DnsSearch": ["example.org"],
            "HostConfig/DnsOptions": ["ndots:2", "timeout:1"],
        },
        {
            "getent hosts first >/dev/null && echo known": "known",
        },
        warns_before={"dns": (4, 4)},
    ),
    Row(
        "dns alone",
        {"network_mode": "host", "dns": ["10.219.9.9"], "extra_hosts": ["far=10.219.9.8"]},
        {"HostConfig/ExtraHosts": ["far:10.219.9.8"]},
        {"grep nameserver /etc/resolv.conf": "nameserver 10.219.9.9"},
    ),
    Row(
        "extra_hosts",
        {
            "image": DEBIAN,
            "networks": ["one"],
            "extra_hosts": ["far=10.219.9.8", "six=[fd00::8]"],
        },
        inside={"getent hosts far six | tr -s ' '": "10.219.9.8 far\nfd00::8 six"},
    ),
    Row(
        "host-gateway",
        {"image": DEBIAN, "networks": ["one"], "extra_hosts": ["gate=host-gateway"]},
        inside={"getent hosts gate | wc -l": "1"},
    ),
    Row(
        "ports",
        {
            "networks": ["two"],
            "ports": [
                "127.0.0.1:28460:80",
                {"target": 53, "published": "28461", "protocol": "udp", "name": "names"},
                {"target": 81},
            ],
            "expose": ["90"],
        },
        {
            "NetworkSettings/Ports/80~tcp": [{"HostIp": "127.0.0.1", "HostPort": "28460"}],
            "NetworkSettings/Ports/53~udp/0/HostPort": "28461",
            "NetworkSettings/Ports/81~tcp/0/HostPort": lambda port: int(port) > 0,
            "NetworkSettings/Ports/90~tcp": None,
        },
    ),
    Row("network_mode none", {"network_mode": "none"}, {}, {"ls /sys/class/net": "lo"}),
    Row("network_mode host", {"network_mode": "host"}, {"HostConfig/NetworkMode": "host"}),
    Row(
        "network_mode service",
        {"network_mode": "service:addresses"},
        {"HostConfig/NetworkMode": starts("container:")},
        {"ls /sys/class/net": "lan0\nlo"},
    ),
    Row(
        "network_mode container",
        {
            "network_mode": "container:${COMPOSE_PROJECT_NAME}-addresses-1",
            "depends_on": ["addresses"],
        },
        {"HostConfig/NetworkMode": starts("container:")},
        {"ls /sys/class/net": "lan0\nlo"},
    ),
    Row("network_mode private", {"network_mode": "private"}, {}, {"ls /sys/class/net": has("lo")}),
    Row(
        "network_mode bridge",
        {"network_mode": "bridge", "mac_address": f"{MAC}5"},
        {"HostConfig/NetworkMode": "bridge"},
        {"cat /sys/class/net/eth0/address": f"{MAC}5"},
    ),
    Row(
        "network_mode ns",
        {"network_mode": "ns:/proc/self/ns/net"},
        {"HostConfig/NetworkMode": "ns:/proc/self/ns/net"},
        started=False,
    ),
    Row(
        "in vain with the host",
        {"network_mode": "host", "ports": ["28462:80"], "mac_address": f"{MAC}4"},
        warns=("mac_address", "ports"),
    ),
    Row(
        "in vain with a service",
        {
            "network_mode": "service:addresses",
            "dns": ["10.219.9.9"],
            "dns_search": ["example.org"],
            "dns_opt": ["ndots:2"],
            "extra_hosts": ["far=10.219.9.8"],
            "expose": ["80"],
        },
        warns=("dns", "dns_opt", "dns_search", "expose", "extra_hosts"),
    ),
]
