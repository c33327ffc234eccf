"""No attribute of the Compose Specification is read and then dropped.

Each attribute of the typed model changes what Podman is asked for, or is carried out elsewhere, or
is in the table of what has no effect and warned of.
"""

from __future__ import annotations

import copy
import importlib
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from composer.engine.container_spec import ELSEWHERE, MAPPINGS, container_spec
from composer.engine.no_effect import NO_EFFECT
from composer.engine.resource_spec import network_spec, volume_spec
from composer.spec.model import (
    ByteSize,
    FileObject,
    Nanoseconds,
    Network,
    Project,
    Service,
    Volume,
)
from tests.unit.engine.attributes import KINDS, attributes, put
from tests.unit.engine.sample import context

FOLDER = str(Path(__file__).parent)
CHECK = {"test": ["CMD", "true"]}
LOGS = {"driver": "json-file", "options": {}}
SERVICE = list(attributes("services"))
LIMITS: dict[str, Any] = {"resources": {"limits": {}, "reservations": {}}}

_HOOK = [{"command": ["true"]}]
BASES: dict[str, Any] = {
    "blkio_config": {},
    "build": {"context": "/srv/app"},
    "configs": [{"source": "conf"}],
    "depends_on": {"db": {}},
    "deploy": LIMITS,
    "deploy.restart_policy": {"restart_policy": {"condition": "on-failure"}},
    "devices": [{"source": "/dev/null", "target": "/dev/a"}],
    "healthcheck": CHECK,
    "logging": LOGS,
    "networks": {"front": {}, "back": {}},
    "ports": [{"target": 80, "published": "8000"}],
    "post_start": _HOOK,
    "pre_start": _HOOK,
    "pre_stop": _HOOK,
    "secrets": [{"source": "token"}],
    "ulimits": {"nofile": {"soft": 1, "hard": 2}},
    "volumes": [{"type": "volume", "target": "/x"}],
    "volumes.*.bind": [{"type": "bind", "source": FOLDER, "target": "/x", "bind": {}}],
    "volumes.*.image": [{"type": "image", "source": "busybox", "target": "/x", "image": {}}],
    "volumes.*.tmpfs": [{"type": "tmpfs", "target": "/x", "tmpfs": {}}],
    "volumes.*.volume": [{"type": "volume", "source": "data", "target": "/x", "volume": {}}],
}
"""What else a service says so that an attribute makes sense, by the beginning of its path."""

VALUES: dict[str, Any] = {
    "annotations": {"a": "b"},
    "blkio_config": [{"path": "/dev/sda", "weight": 5, "rate": 5}],
    "blkio_config.weight": 300,
    "cap_add": ["NET_ADMIN"],
    "command": ["a"],
    "configs.*.mode": "0400",
    "configs.*.source": "other",
    "credential_spec": {"file": "x"},
    "deploy.mode": "global",
    "deploy.resources.limits.devices": [{"capabilities": ["gpu"]}],
    "deploy.resources.limits.generic_resources": [{"discrete_resource_spec": {}}],
    "deploy.resources.reservations.devices": [{"capabilities": ["gpu"]}],
    "deploy.resources.reservations.generic_resources": [{"discrete_resource_spec": {}}],
    "deploy.restart_policy.condition": "any",
    "device_cgroup_rules": ["c 1:* r"],
    "devices.*.permissions": "r",
    "dns": ["10.0.0.9"],
    "entrypoint": ["a"],
    "expose": ["80"],
    "external_links": ["a:b"],
    "extra_hosts": ["a=10.0.0.1"],
    "gpus": [{"count": 1}],
    "healthcheck.test": ["CMD", "false"],
    "ipc": "host",
    "links": ["db:a"],
    "logging.driver": "none",
    "logging.options": {"max-size": "1k"},
    "network_mode": "host",
    "networks.*.driver_opts": {"a": "b"},
    "networks.*.extensions": {"x-podman.mac_address": "02:00:00:00:00:01"},
    "mac_address": "02:00:00:00:00:01",
    "networks.*.ipv4_address": "10.0.0.9",
    "networks.*.ipv6_address": "fd00::9",
    "networks.*.mac_address": "02:00:00:00:00:01",
    "pid": "host",
    "ports.*.published": "9000",
    "ports.*.target": 81,
    "secrets.*.mode": "0400",
    "secrets.*.source": "other",
    "security_opt": ["no-new-privileges"],
    "stop_signal": "SIGINT",
    "tmpfs": ["/x"],
    "userns_mode": "host",
    "extensions": {"x-podman": {"no_hosts": True}},
    "volumes.*.bind.recursive": "disabled",
    "volumes.*.source": "data",
    "volumes.*.type": "tmpfs",
    "volumes.*.volume.labels": {"a": "b"},
    "volumes.*.bind.propagation": "rslave",
}
"""Values for attributes that do not take just any value of their type."""

BY_TYPE: dict[Any, Any] = {
    bool: True,
    int: 7,
    float: 0.5,
    str: "9",
    ByteSize: 1 << 20,
    Nanoseconds: 7_000_000_000,
    tuple: ["9"],
    dict: {"9": "9"},
}

OF_PLANS: dict[str, Any] = {
    "build": {"context": "/srv/app"},
    "container_name": "own",
    "depends_on": {"db": {}},
    "depends_on.*.condition": "service_completed_successfully",
    "depends_on.*.required": False,
    "deploy.replicas": 2,
    "image": "other",
    "platform": "linux/arm64",
    "post_start": _HOOK,
    "pre_start": _HOOK,
    "pre_stop": _HOOK,
    "provider": {"type": "x"},
    "pull_policy": "always",
    "restart": "on-failure",
    "scale": 2,
}
"""Values of what changes no request, but what is made of a whole project."""

SHOWN_ELSEWHERE: dict[str, str] = {
    "services.*.links": "test_spec_network.test_names_in_every_network",
    "services.*.volumes.*.bind.create_host_path": (
        "test_spec_storage.TestBindMounts.test_unless_the_file_forbids_it"
    ),
}
"""Attributes that change something else than the container of the service that says them."""


@pytest.mark.parametrize("path", SERVICE)
def test_of_a_service(path: str) -> None:
    inside = path.removeprefix("services.*.")
    if nearest(ELSEWHERE, inside) or path in SHOWN_ELSEWHERE:
        return
    before, after = asked_for(inside, said=False), asked_for(inside, said=True)
    assert before != after, f"nothing that composer asks of Podman depends on {path}"


def asked_for(path: str, *, said: bool) -> Any:
    """Request, copied files and warnings for a service that says ``path``, or does not."""
    wanted = context(saying(path, said=said), secrets=files("token"), configs=files("conf"))
    return container_spec(wanted), wanted.files, wanted.warnings


def saying(
    path: str,
    *,
    said: bool,
    values: Mapping[str, Any] | None = None,
    bases: Mapping[str, Any] | None = None,
    **more: Any,
) -> Service:
    """A service that says ``path``, or what makes sense of that alone, and ``more``.

    ``values`` (by the very path) and ``bases`` count before those of this module.
    """
    service: dict[str, Any] = {"name": "web", **more}
    if path != "network_mode":
        service["networks"] = {"front": None}
    base = nearest(bases or {}, path) or nearest(BASES, path)
    if base is not None and (said or "." in path):
        service[path.partition(".")[0]] = copy.deepcopy(base)
    if said:
        own = (values or {}).get(path)
        put(service, f"services.*.{path}", value_for("services", path) if own is None else own)
    return msgspec.convert(service, Service, dec_hook=lambda kind, number: kind(number))


def value_for(kind: str, path: str) -> Any:
    """A value that ``path`` can have."""
    found = nearest(VALUES, path)
    return BY_TYPE[attributes(kind)[f"{kind}.*.{path}"]] if found is None else found


def files(name: str) -> dict[str, FileObject]:
    """Two texts for secrets or configs."""
    return {key: FileObject(key=key, name=key, content=key) for key in (name, "other")}


def nearest(table: Mapping[str, Any], path: str) -> Any:
    """The entry for ``path`` or for the nearest of its parents, None if there is none."""
    while path:
        if path in table:
            return table[path]
        path = path.rpartition(".")[0]
    return None


NETWORK_VALUES: dict[str, Any] = {
    "driver": "macvlan",
    "driver_opts": {"mtu": "1400"},
    "enable_ipv4": False,
    "extensions": {"x-podman.disable_dns": True},
    "ipam.config.*.aux_addresses": {"a": "10.9.0.7"},
    "ipam.config.*.gateway": "10.9.0.9",
    "ipam.config.*.ip_range": "10.9.0.128/25",
    "ipam.config.*.subnet": "10.8.0.0/24",
    "ipam.driver": "dhcp",
}
RESOURCES_ELSEWHERE: dict[str, str] = {
    "networks.*.external": "plan.resources",
    "networks.*.attachable": "every network of Podman is: test_networks_reach_podman",
    "volumes.*.external": "plan.resources",
    "volumes.*.extensions": "there are none",
}
"""What the requests for networks and volumes do not depend on, and why."""


@pytest.mark.parametrize("path", [*attributes("networks"), *attributes("volumes")])
def test_of_networks_and_volumes(path: str) -> None:
    kind, _, inside = path.split(".", 2)
    if path in RESOURCES_ELSEWHERE:
        return
    base: dict[str, Any] = {"key": "n", "name": "n"}
    if inside.startswith("ipam"):
        base["ipam"] = {"config": [{"subnet": "10.9.0.0/24"}]}
    said = copy.deepcopy(base)
    found = nearest(NETWORK_VALUES, inside) if kind == "networks" else None
    put(said, path, BY_TYPE[attributes(kind)[path]] if found is None else found)
    assert requested(kind, base) != requested(kind, said), f"nothing depends on {path}"


def requested(kind: str, said: dict[str, Any]) -> Any:
    """The request for a network or a volume, and what is warned of."""
    warnings: list[str] = []
    if kind == "volumes":
        volume = msgspec.convert(said, Volume)
        project = Project(name="shop", working_dir="/", volumes={volume.key: volume})
        return volume_spec(project, volume.key), warnings
    network = msgspec.convert(said, Network)
    project = Project(name="shop", working_dir="/", networks={network.key: network})
    return network_spec(project, network.key, warnings.append, (4, 3)), warnings


FILE_OBJECTS: dict[str, str] = {
    "key": "engine.spec_storage",
    "name": "engine.spec_storage",
    "file": "engine.spec_storage",
    "environment": "engine.spec_storage",
    "content": "engine.spec_storage",
    "external": "engine.spec_storage",
    "extensions": "engine.spec_storage",
}


@pytest.mark.parametrize("path", [*attributes("secrets"), *attributes("configs")])
def test_of_secrets_and_configs(path: str) -> None:
    assert (path.split(".")[2] in FILE_OBJECTS) != (path in NO_EFFECT)


def test_what_has_no_effect_is_in_the_model() -> None:
    known = {path for kind in KINDS for path in attributes(kind)}
    for path in NO_EFFECT:
        assert any(
            f"{path}.".startswith(f"{each}.") or f"{each}.".startswith(f"{path}.") for each in known
        ), path


def test_what_is_carried_out_elsewhere_is_read_there() -> None:
    places = {**ELSEWHERE, **FILE_OBJECTS}
    for path, module in places.items():
        source = inspect.getsource(importlib.import_module(f"composer.{module}"))
        assert module == "spec.output" or path.rpartition(".")[2] in source, (path, module)


def test_what_is_shown_elsewhere_is_shown_there() -> None:
    for place in SHOWN_ELSEWHERE.values():
        module, _, name = place.partition(".")
        found: Any = importlib.import_module(f"tests.unit.engine.{module}")
        for word in name.split("."):
            found = getattr(found, word)
        assert callable(found)


def test_every_mapped_attribute_is_one_of_the_model() -> None:
    assert MAPPINGS.keys() <= set(Service.__struct_fields__)
