"""The mapping of services to Podman's container spec: networks, names, ports, resolvers."""

from __future__ import annotations

from typing import Any

import pytest

from composer import state
from composer.engine.container_spec import container_spec
from composer.spec.model import Attachment, Port, Service
from tests.unit.engine.sample import context, spec_of


def test_names_in_every_network() -> None:
    service = Service(
        name="app", networks={"front": None, "back": Attachment(aliases=("db-client",))}
    )
    other = Service(name="web", links=("app:backend",))
    spec = spec_of(service, other)
    assert spec["netns"] == {"nsmode": "bridge"}
    assert spec["networks"] == {
        "shop_front": {
            "aliases": ["app", "shop-app-1", "backend"],
            "interface_name": "eth1",
        },
        "shop_back": {
            "aliases": ["app", "shop-app-1", "backend", "db-client"],
            "interface_name": "eth0",
        },
    }


def test_the_network_of_the_highest_priority_comes_first() -> None:
    nets = {"back": None, "front": Attachment(priority=10)}
    spec = spec_of(Service(name="a", mac_address="02:00:00:00:00:01", networks=nets))
    assert spec["networks"]["shop_front"]["interface_name"] == "eth0"
    assert spec["networks"]["shop_front"]["static_mac"] == "02:00:00:00:00:01"
    assert spec["networks"]["shop_back"]["interface_name"] == "eth1"
    assert "static_mac" not in spec["networks"]["shop_back"]


@pytest.mark.parametrize(
    ("release", "servers", "warned"),
    [
        # Podman before 4.4 would ask these servers for the names of services as well.
        ((4, 3), ["10.0.2.1", "10.0.0.53"], ["services.a.dns"]),
        ((4, 4), ["10.0.0.53"], []),
    ],
)
def test_services_are_known_beside_servers_of_the_users_own(
    release: tuple[int, int], servers: list[str], warned: list[str]
) -> None:
    service = Service(name="a", networks={"back": None, "front": None}, dns=("10.0.0.53",))
    wanted = context(service, release=release)
    assert container_spec(wanted)["dns_server"] == servers
    assert [warning.partition(":")[0] for warning in wanted.warnings] == warned


def test_a_oneoff_container_does_not_answer_for_its_service() -> None:
    spec = spec_of(Service(name="app", networks={"front": None}), oneoff=state.OneOff())
    assert spec["networks"]["shop_front"]["aliases"] == []
    assert spec["labels"][state.ONEOFF] == "True"


def test_addresses_and_hardware_addresses() -> None:
    attachment = Attachment(ipv4_address="10.0.0.5", ipv6_address="fd00::5")
    service = Service(name="a", mac_address="02:00:00:00:00:01", networks={"front": attachment})
    network = spec_of(service)["networks"]["shop_front"]
    assert network["static_ips"] == ["10.0.0.5", "fd00::5"]
    assert network["static_mac"] == "02:00:00:00:00:01"


def test_no_search_list_on_several_networks() -> None:
    one = Service(name="a", networks={"front": None})
    two = Service(name="a", networks={"front": None, "back": None})
    assert "dns_search" not in spec_of(one)
    assert spec_of(two)["dns_search"] == ["."]


def test_the_files_search_list_stays() -> None:
    nets: dict[str, Attachment | None] = {"front": None, "back": None}
    service = Service(name="a", networks=nets, dns_search=("example.com",))
    assert spec_of(service)["dns_search"] == ["example.com"]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("host", {"nsmode": "host"}),
        ("none", {"nsmode": "none"}),
        ("service:db", {"nsmode": "container", "value": "id-of-db"}),
        ("container:other", {"nsmode": "container", "value": "other"}),
        ("ns:/run/netns/x", {"nsmode": "path", "value": "/run/netns/x"}),
    ],
)
def test_modes(mode: str, expected: dict[str, str]) -> None:
    spec = spec_of(Service(name="a", network_mode=mode))
    assert spec["netns"] == expected
    assert "networks" not in spec


def test_options_of_networks_in_user_space() -> None:
    """Podman's service reads them beside the mode, and not behind it."""
    spec = spec_of(Service(name="a", network_mode="slirp4netns:mtu=1500,allow_host_loopback=true"))
    assert spec["netns"] == {"nsmode": "slirp4netns"}
    assert spec["network_options"] == {"slirp4netns": ["mtu=1500", "allow_host_loopback=true"]}


@pytest.mark.parametrize(
    ("mode", "in_vain"),
    [
        ("service:db", ["dns_search", "dns", "dns_opt", "extra_hosts", "mac_address", "ports"]),
        (
            "container:x",
            ["dns_search", "dns", "dns_opt", "extra_hosts", "mac_address", "ports"],
        ),
        ("none", ["dns_search", "dns", "dns_opt", "mac_address", "ports"]),
        ("host", ["mac_address", "ports"]),
        ("bridge", []),
    ],
)
def test_what_a_network_mode_rules_out_is_said(mode: str, in_vain: list[str]) -> None:
    service = Service(
        name="a",
        network_mode=mode,
        ports=(Port(target=80),),
        extra_hosts=("x=1.2.3.4",),
        dns=("10.0.0.1",),
        dns_search=("x.org",),
        dns_opt=("ndots:2",),
        mac_address="02:00:00:00:00:01",
    )
    wanted = context(service)
    spec = container_spec(wanted)
    said = {"portmappings": "ports", "hostadd": "extra_hosts", "dns_server": "dns"}
    assert {said[key] for key in said if key in spec} == set(said.values()) - set(in_vain)
    assert sorted(wanted.warnings) == sorted(
        f"services.a.{name}: it has no effect with network_mode {mode}" for name in in_vain
    )


def test_ports() -> None:
    ports = (
        Port(target=80, published="8080"),
        Port(target=53, published="5353", host_ip="127.0.0.1", protocol="udp"),
        Port(target=81),
        Port(target=82, published="9000-9010"),
    )
    assert spec_of(Service(name="a", ports=ports))["portmappings"] == [
        {"container_port": 80, "protocol": "tcp", "host_port": 8080},
        {"container_port": 53, "protocol": "udp", "host_port": 5353, "host_ip": "127.0.0.1"},
        {"container_port": 81, "protocol": "tcp"},
        {"container_port": 82, "protocol": "tcp", "host_port": 9000},
    ]


def test_exposed_ports() -> None:
    spec = spec_of(Service(name="a", expose=("80", "90-91/udp")))
    assert spec["expose"] == {"80": "tcp", "90": "udp", "91": "udp"}


def test_extra_hosts() -> None:
    hosts = ("db=10.0.0.1", "six=[fd00::1]")
    spec = spec_of(Service(name="a", extra_hosts=hosts))
    assert spec["hostadd"] == ["db:10.0.0.1", "six:fd00::1"]


@pytest.mark.parametrize(
    ("surroundings", "mode", "address"),
    [
        ({"release": (4, 7)}, None, "host-gateway"),
        ({}, None, "10.0.1.1"),
        ({}, "host", "127.0.0.1"),
        ({"rootless": True}, None, "192.0.2.7"),
        ({}, "slirp4netns", "192.0.2.7"),
    ],
)
def test_the_hosts_gateway(surroundings: dict[str, Any], mode: str | None, address: str) -> None:
    """Podman before 4.7 writes the word itself into the file in place of an address."""
    nets: dict[str, Attachment | None] = {"front": None} if mode is None else {}
    service = Service(name="a", extra_hosts=("gw=host-gateway",), network_mode=mode, networks=nets)
    assert spec_of(service, **surroundings)["hostadd"] == [f"gw:{address}"]


def test_no_address_for_the_hosts_gateway() -> None:
    service = Service(name="a", extra_hosts=("gw=host-gateway",), networks={"front": None})
    wanted = context(service, rootless=True, host_address="")
    assert "hostadd" not in container_spec(wanted)
    assert [text.partition(":")[0] for text in wanted.warnings] == ["services.a.extra_hosts"]
