"""Pods as units make them are those of ``composer up``, with the same members."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import unique_name
from tests.integration import by_units
from tests.integration.attributes.row import BUSYBOX
from tests.integration.test_attributes import release_of
from tests.scenarios.steps import Scenario
from tests.testbed import Testbed

pytestmark = pytest.mark.engine

MEMBER = {"image": BUSYBOX, "command": ["sleep", "600"], "stop_signal": "SIGKILL"}
MODEL: dict[str, Any] = {
    "services": {
        "app": {**MEMBER, "x-podman": {"pod": "much"}},
        "side": {**MEMBER, "x-podman": {"pod": "much"}, "pid": "private"},
        "alone": {**MEMBER, "x-podman": {"pod": "little"}},
    },
    "networks": {"front": {"ipam": {"config": [{"subnet": "10.218.7.0/24"}]}}, "back": {}},
    "x-podman": {
        "pods": {
            "much": {
                "hostname": "much-host",
                "networks": {"front": {"aliases": ["other"]}, "back": {}},
                "ports": ["80", "127.0.0.1:18080-18081:8080"],
                "extra_hosts": ["db:10.0.0.100"],
                "dns_search": ["example.org"],
                "dns_opt": ["ndots:2"],
                "labels": {"tier": "front"},
                "annotations": {"a.b": "1"},
                "share": ["net", "ipc", "uts"],
                "shm_size": "16m",
                "sysctls": {"net.core.somaxconn": "1024"},
                "volumes": ["./:/shared:ro"],
                "scale": 2,
            },
            "little": {"share": ["net"], "exit_policy": "stop"},
        }
    },
}
_OWN = {
    *(
        "Id",
        "Created",
        "CreateCommand",
        "CgroupParent",
        "CgroupPath",
        "Containers",
        "NumContainers",
    ),
    *("InfraContainerID", "State", "LockNumber"),
}
"""What differs between any two pods."""


def pods(scenario: Scenario) -> dict[str, Any]:
    """The project's pods as far as they have to be the same, and the names of their members."""
    found = {}
    for name, said in scenario.pods().items():
        one = {key: value for key, value in said.items() if key not in _OWN}
        one["members"] = sorted(container["Name"] for container in said["Containers"])
        for published in (one["InfraConfig"].get("PortBindings") or {}).values():
            for host in published or ():
                # Podman's choice, or the first in a range that was free at the moment.
                host["HostPort"] = ""
        # Podman keeps both in no order.
        one["SharedNamespaces"] = sorted(one.get("SharedNamespaces") or ())
        one["InfraConfig"]["Networks"] = sorted(one["InfraConfig"].get("Networks") or ())
        found[name] = one
    return found


def test_units_make_the_same_pods(engine: Testbed, composer_program: str, tmp_path: Path) -> None:
    scenario = Scenario(engine, composer_program, tmp_path, unique_name())
    (tmp_path / "compose.yaml").write_text(json.dumps(MODEL))
    try:
        scenario.ok("up", "-d")
        wanted = pods(scenario)
        scenario.ok("down", "-t0")
        units, texts = by_units.units_of(scenario, release_of(engine), tmp_path / "units")
        for unit in sorted(unit for unit in texts if unit.endswith("-network.service")):
            words = by_units.command(texts[unit], unit, str(tmp_path))
            by_units.done(engine, *by_units.made_once(words))
        for unit in sorted(unit for unit in texts if unit.endswith("-pod.service")):
            words = by_units.command(texts[unit], unit, str(tmp_path), by_units.POD)
            by_units.done(engine, *by_units.of_pod(words))
        for replica in units.replicas:
            words = by_units.command(texts[replica.unit], replica.unit, str(tmp_path))
            by_units.done(engine, *by_units.created(words, replica.container))
        for name in wanted:
            by_units.done(engine, "pod", "start", f"{scenario.name}-{name}")
        assert len(wanted) == 3
        assert not list(by_units.differences(wanted, pods(scenario)))
    finally:
        engine.remove_project(scenario.name)
