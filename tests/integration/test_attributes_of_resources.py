"""What the file says about networks and volumes reaches Podman, or is warned of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import unique_name
from tests.integration import by_units
from tests.integration.attributes.row import BUSYBOX, at, matches
from tests.integration.test_attributes import release_of
from tests.scenarios.steps import Scenario
from tests.scenarios.work import account
from tests.testbed import Testbed

pytestmark = pytest.mark.engine


class Row(NamedTuple):
    """What a network or volume says, how it shows in ``inspect``, and what is warned of."""

    key: str
    says: dict[str, Any]
    sees: dict[str, Any]
    warns: tuple[str, ...] = ()
    since: tuple[int, int] = (0, 0)
    """The first Podman that can do it: others show nothing of it, and only they are warned of."""

    def warned_of(self, release: tuple[int, int]) -> list[str]:
        """What composer warns of with this Podman, sorted."""
        can = self.since != (0, 0) and release >= self.since
        return [] if can else sorted(self.warns)


NETWORKS = [
    Row("plain", {}, {"driver": "bridge", "internal": False, "dns_enabled": True}),
    Row("named", {"name": "${COMPOSE_PROJECT_NAME}-own"}, {"driver": "bridge"}),
    Row("internal", {"internal": True, "attachable": True}, {"internal": True}),
    Row("labels", {"labels": {"a": "b"}}, {"labels/a": "b"}),
    Row(
        "six",
        {"enable_ipv6": True},
        {"ipv6_enabled": True, "subnets": lambda all_: any(":" in s["subnet"] for s in all_)},
    ),
    Row(
        "ipam",
        {
            "ipam": {
                "driver": "default",
                "config": [
                    {
                        "subnet": "10.218.1.0/24",
                        "gateway": "10.218.1.9",
                        "ip_range": "10.218.1.64/26",
                        "aux_addresses": {"router": "10.218.1.5"},
                    }
                ],
            }
        },
        {
            "subnets": [
                {
                    "subnet": "10.218.1.0/24",
                    "gateway": "10.218.1.9",
                    "lease_range": {"start_ip": "10.218.1.64", "end_ip": "10.218.1.127"},
                }
            ]
        },
        warns=("ipam.config[0].aux_addresses",),
    ),
    Row(
        "only-six",
        {"enable_ipv4": False, "ipam": {"config": [{"subnet": "fd00:218:2::/64"}]}},
        {"subnets": lambda all_: [s["subnet"] for s in all_] == ["fd00:218:2::/64"]},
    ),
    Row(
        "no-four",
        {"enable_ipv4": False, "enable_ipv6": True},
        {"subnets": lambda all_: len(all_) == 1 and all_[0]["subnet"].startswith("fd")},
    ),
    Row(
        "four-after-all",
        {"enable_ipv4": False, "ipam": {"config": [{"subnet": "10.218.3.0/24"}]}},
        {"subnets/0/subnet": "10.218.3.0/24"},
        warns=("enable_ipv4",),
    ),
    Row(
        "options",
        {
            "driver_opts": {
                "com.docker.network.driver.mtu": "1400",
                "com.docker.network.bridge.name": "cmpbr0",
                "com.docker.network.bridge.enable_icc": "false",
            }
        },
        {"options": {"isolate": "true", "mtu": "1400"}, "network_interface": "cmpbr0"},
        warns=("driver_opts.com.docker.network.bridge.enable_icc",),
    ),
    Row(
        "macvlan",
        {
            "driver": "macvlan",
            "driver_opts": {"parent": "lo", "macvlan_mode": "bridge"},
            "ipam": {"config": [{"subnet": "10.218.4.0/24"}]},
        },
        {"driver": "macvlan", "options/mode": "bridge", "network_interface": "lo"},
    ),
    Row("no-dns", {"x-podman.disable_dns": True}, {"dns_enabled": False}),
    Row(
        "newer",
        {
            "x-podman": {"dns": ["10.0.0.53"], "routes": ["10.9.0.0/16,10.217.3.9,50"]},
            "ipam": {"config": [{"subnet": "10.217.3.0/24"}]},
        },
        {
            "network_dns_servers": ["10.0.0.53"],
            "routes": [{"destination": "10.9.0.0/16", "gateway": "10.217.3.9", "metric": 50}],
        },
        warns=("x-podman.dns", "x-podman.routes"),
        since=(4, 6),
    ),
    Row("unknown", {"x-podman": {"nonsense": 1}}, {}, warns=("x-podman.nonsense",)),
    Row(
        "foreign", {"external": True, "name": "${COMPOSE_PROJECT_NAME}-foreign"}, {"labels/by": "x"}
    ),
]

VOLUMES = [
    Row("plain", {}, {"Driver": "local"}),
    Row("named", {"name": "${COMPOSE_PROJECT_NAME}-own"}, {"Driver": "local"}),
    Row("labels", {"labels": {"a": "b"}, "driver": "local"}, {"Labels/a": "b"}),
    Row(
        "tmpfs",
        # Podman 4.3 refuses a size of its own accord.
        {"driver_opts": {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}},
        {"Options/type": "tmpfs"},
    ),
    Row(
        "bind",
        {"driver_opts": {"type": "none", "device": "${FOLDER}", "o": "bind"}},
        {"Options/o": "bind"},
    ),
    Row(
        "nfs",
        {"driver_opts": {"type": "nfs", "o": "addr=127.0.0.1,ro", "device": ":/srv"}},
        {"Options": {"type": "nfs", "o": "addr=127.0.0.1,ro", "device": ":/srv"}},
    ),
    Row(
        "foreign", {"external": True, "name": "${COMPOSE_PROJECT_NAME}-foreign"}, {"Labels/by": "x"}
    ),
]


class Running:
    """A project with all networks and volumes, up."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        done = scenario.run("up", "-d")
        self.output = done.stderr
        assert done.returncode == 0, account(("up", "-d"), done)
        self.release = release_of(scenario.testbed)
        self.made = {kind: by_units.resources(scenario, kind) for kind in ("network", "volume")}

    def inspect(self, kind: str, row: Row) -> Any:
        """The network or volume of ``row`` as Podman has it."""
        own = row.says.get("name", "").replace("${COMPOSE_PROJECT_NAME}", self.scenario.name)
        name = own or f"{self.scenario.name}_{row.key}"
        found = self.scenario.testbed.podman(kind, "inspect", name, check=False)
        return (json.loads(found.stdout or "[]") or [None])[0]

    def warned(self, kind: str, key: str) -> list[str]:
        """What composer warned of at ``networks.KEY``."""
        return sorted(re.findall(rf"^Warning: {kind}\.{key}\.(.+?): ", self.output, re.M))


def write(scenario: Scenario) -> None:
    """Services that use everything, except what no container can mount here (NFS)."""
    mounted = [row.key for row in VOLUMES if row.key != "nfs"]
    used = [row.key for row in NETWORKS if row.key != "macvlan"]
    service = {"image": BUSYBOX, "command": ["sleep", "600"], "stop_signal": "SIGKILL"}
    model = {
        "services": {
            "a": {**service, "volumes": [f"{key}:/{key}" for key in mounted], "networks": used},
            "b": {**service, "networks": ["macvlan"], "scale": 0},
            "c": {**service, "volumes": ["nfs:/nfs"], "network_mode": "none", "scale": 0},
        },
        "networks": {row.key: row.says for row in NETWORKS},
        "volumes": {row.key: row.says for row in VOLUMES},
    }
    (scenario.folder / "compose.yaml").write_text(json.dumps(model))
    (scenario.folder / "bound").mkdir()
    (scenario.folder / "bound/file").write_text("from outside")
    scenario.env["FOLDER"] = str(scenario.folder / "bound")


@pytest.fixture(scope="module")
def running(
    engine: Testbed, composer_program: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("resources")
    scenario = Scenario(engine, composer_program, folder, unique_name())
    write(scenario)
    foreign = f"{scenario.name}-foreign"
    engine.podman("network", "create", "--label=by=x", foreign)
    engine.podman("volume", "create", "--label=by=x", foreign)
    try:
        yield Running(scenario)
    finally:
        engine.remove_project(scenario.name)
        engine.podman("network", "rm", "-f", foreign, check=False)
        engine.podman("volume", "rm", "-f", foreign, check=False)


@pytest.mark.parametrize("row", NETWORKS, ids=lambda row: row.key)
def test_networks_reach_podman(running: Running, row: Row) -> None:
    if running.release >= row.since:
        check(running, "network", row)
    assert running.warned("networks", row.key) == row.warned_of(running.release)


@pytest.mark.parametrize("row", VOLUMES, ids=lambda row: row.key)
def test_volumes_reach_podman(running: Running, row: Row) -> None:
    check(running, "volume", row)
    assert running.warned("volumes", row.key) == sorted(row.warns)


def check(running: Running, kind: str, row: Row) -> None:
    seen = running.inspect(kind, row)
    assert seen is not None, running.output
    for path, expected in row.sees.items():
        assert matches(expected, at(seen, path)), f"{path} is {at(seen, path)!r}"


def test_volumes_hold_what_their_options_say(running: Running) -> None:
    inside, container = running.scenario.inside, running.scenario.container("a")["Id"]
    assert inside(container, "cat", "/bind/file").stdout == "from outside"
    assert " 1024 " in inside(container, "df", "-k", "/tmpfs").stdout


def test_any_container_may_join_a_network(running: Running) -> None:
    """``attachable`` is so for all networks of Podman."""
    network = f"{running.scenario.name}_plain"
    done = running.scenario.testbed.podman(
        "run", "--rm", f"--network={network}", BUSYBOX, "ip", "a"
    )
    assert "eth0" in done.stdout


def test_down_leaves_what_is_not_its_own(running: Running) -> None:
    """Runs last: it ends the project."""
    scenario = running.scenario
    scenario.ok("down", "-v", "-t0")
    assert scenario.containers() == []
    assert scenario.resources("network") == set()
    assert scenario.resources("volume") == set()
    for kind in ("network", "volume"):
        assert scenario.testbed.podman(kind, "exists", f"{scenario.name}-foreign").returncode == 0


def test_units_make_the_same_networks_and_volumes(running: Running, tmp_path: Path) -> None:
    """What ``composer systemd generate`` says, run by hand once the project is gone."""
    scenario, testbed = running.scenario, running.scenario.testbed
    units, texts = by_units.units_of(scenario, running.release, tmp_path / "units")
    for kind in ("network", "volume"):
        for unit in sorted(unit for unit in texts if unit.endswith(f"-{kind}.service")):
            words = by_units.command(texts[unit], unit, str(tmp_path))
            by_units.done(testbed, *by_units.made_once(words))
        found = by_units.differences(running.made[kind], by_units.resources(scenario, kind))
        told = [] if running.release >= (4, 6) else ["cannot name a bridge"]
        assert all(any(text in w for w in units.warnings) for text in told)
        assert not [d for d in found if not (told and "/network_interface" in d)], kind


def test_a_network_that_is_not_there(
    engine: Testbed, composer_program: str, tmp_path: Path
) -> None:
    scenario = Scenario(engine, composer_program, tmp_path, unique_name())
    for kind in ("networks", "volumes"):
        model: dict[str, Any] = {
            "services": {"a": {"image": BUSYBOX, "network_mode": "none"}},
            kind: {"gone": {"external": True, "name": "nobody-made-this"}},
        }
        part = {"networks": ["gone"], "network_mode": None} if kind == "networks" else {}
        model["services"]["a"] |= part or {"volumes": ["gone:/gone"]}
        model["services"]["a"] = {k: v for k, v in model["services"]["a"].items() if v is not None}
        (tmp_path / "compose.yaml").write_text(json.dumps(model))
        done = scenario.run("up", "-d")
        assert done.returncode == 1
        assert "nobody-made-this" in done.stderr
