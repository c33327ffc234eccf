"""No attribute of a service is dropped: each changes a manifest, or a warning says why not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from composer.kube.generate import manifests
from composer.spec.model import (
    Attachment,
    ByteSize,
    Dependency,
    Ipam,
    Mount,
    Network,
    Pod,
    Port,
    Project,
    Service,
    Volume,
)
from composer.spec.pod_members import into_pods
from tests.unit.engine import test_every_attribute as table
from tests.unit.engine.sample import project

QUIET = {
    "attach": "`up` alone follows logs",
    "build": "a manifest has an image",
    "config_hash": "a label of Podman's containers",
    "cpu_period": "what cpu_quota is a part of",
    "depends_on.*.required": "clusters know no order",
    "depends_on.*.restart": "clusters know no order",
    "develop": "`watch` alone follows files",
    "devices.*.permissions": "warned of as a whole",
    "devices.*.source": "warned of as a whole",
    "devices.*.target": "warned of as a whole",
    "env_file": "read by the loader",
    "healthcheck.start_interval": "what start_period is divided by: test_generated_parts",
    "init": "seldom missed, and in many files: docs/kubernetes.md has it",
    "label_file": "read by the loader",
    "logging.driver": "warned of as a whole",
    "logging.options": "warned of as a whole",
    "pod": "tests of pods",
    "pod_init": "tests of pods",
    "ports.*.mode": "every node answers",
    "pre_start.*.per_replica": "of one replica there is nothing to tell",
    "profiles": "which services there are",
    "ulimits": "warned of as a whole",
    "volumes.*.bind.selinux": "nodes label what they mount themselves",
    "volumes.*.image.subpath": "warned of as a whole",
    "volumes.*.volume.labels": "an emptyDir has none",
    "volumes.*.volume.nocopy": "Kubernetes copies nothing into volumes",
}
"""What changes no manifest and is not told of, and why."""

VALUES: dict[str, Any] = {**table.OF_PLANS, "deploy.endpoint_mode": "dnsrr"}


@pytest.mark.parametrize("path", table.SERVICE)
def test_of_a_service(path: str) -> None:
    inside = path.removeprefix("services.*.")
    if table.nearest(QUIET, inside):
        return
    assert made(inside, say=False) != made(inside, say=True), f"no manifest depends on {path}"


def made(path: str, *, say: bool) -> Any:
    """Manifests and warnings for a service that says ``path``, or does not."""
    more: dict[str, Any] = {} if path == "expose" else {"expose": ["80"]}
    service = table.saying(path, said=say, values=VALUES, image="busybox", **more)
    return manifests(around(service))


def around(service: Service) -> Project:
    other = Service(name="db", image="postgres")
    return project(service, other, secrets=table.files("token"), configs=table.files("conf"))


def test_what_is_quiet_is_in_the_model() -> None:
    known = {path.removeprefix("services.*.") for path in table.SERVICE}
    assert all(any(f"{each}.".startswith(f"{path}.") for each in known) for path in QUIET)


# --- pods, networks, volumes --------------------------------------------------------------------

OF_PODS: dict[str, Any] = {
    "annotations": {"a": "b"},
    "cpus": 1.0,
    "cpuset": "0",
    "depends_on": {"db": Dependency()},
    "dns": ("10.0.0.9",),
    "dns_opt": ("ndots:1",),
    "dns_search": ("a.b",),
    "domainname": "a.b",
    "exit_policy": "stop",
    "extra_hosts": ("a=10.0.0.1",),
    "hostname": "h",
    "infra": None,
    "labels": {"a": "b"},
    "mac_address": "02:00:00:00:00:01",
    "mem_limit": ByteSize(1 << 20),
    "networks": {"back": Attachment(aliases=("shop",))},
    "ports": (Port(target=80, published="8000"),),
    "restart": "always",
    "scale": 2,
    "security_opt": ("no-new-privileges",),
    "share": ("net",),
    "shm_size": ByteSize(1 << 20),
    "sysctls": {"net.core.somaxconn": "9"},
    "userns_mode": "host",
    "volumes": (Mount(type="volume", source="data", target="/x"),),
}
QUIET_OF_PODS = {
    "config_hash": "a label of Podman's pods",
    "depends_on": "the loader says it of the members",
    "exit_policy": "a pod of a workload is made again as that says",
    "infra": "a cluster has its own",
    "profiles": "which pods there are",
    "restart": "the loader says it of the members",
    "single": "podman-compose's",
    "volumes": "the loader says it of the members",
}


@pytest.mark.parametrize("name", sorted(set(Pod.__struct_fields__) - {"key", "members"}))
def test_of_a_pod(name: str) -> None:
    if name in QUIET_OF_PODS:
        return
    assert of_pod() != of_pod(**{name: OF_PODS[name]}), f"no manifest depends on {name}"


def of_pod(**said: Any) -> Any:
    services = [Service(name=n, image="x", networks={"front": None}) for n in ("app", "side")]
    pod = Pod(key="web", members=("app", "side"), **said)
    return manifests(into_pods(project(*services, Service(name="db", image="x")), [pod]))


OF_NETWORKS: dict[str, Any] = {
    "driver": "macvlan",
    "driver_opts": {"mtu": "1400"},
    "enable_ipv4": False,
    "enable_ipv6": True,
    "extensions": {"x-podman.disable_dns": True},
    "external": True,
    "internal": True,
    "ipam": Ipam(driver="dhcp"),
    "labels": {"a": "b"},
}
QUIET_OF_NETWORKS = {"attachable": "policies say who may talk", "name": "policies have the key"}


@pytest.mark.parametrize("name", sorted(set(Network.__struct_fields__) - {"key"}))
def test_of_a_network(name: str) -> None:
    if name in QUIET_OF_NETWORKS:
        return
    assert of_network() != of_network(**{name: OF_NETWORKS[name]}), f"nothing depends on {name}"


def of_network(**said: Any) -> Any:
    around = project(Service(name="web", image="x", networks={"front": None}))
    front = Network(**{"key": "front", "name": "shop_front", **said})
    return manifests(msgspec.structs.replace(around, networks={"front": front}))


OF_VOLUMES: dict[str, Any] = {
    "driver": "nfs",
    "driver_opts": {"type": "btrfs"},
    "extensions": {"x-podman": {"temporary": True}},
    "external": True,
    "labels": {"a": "b"},
}
QUIET_OF_VOLUMES = {"name": "what is external is called so: tests of volumes"}


@pytest.mark.parametrize("name", sorted(set(Volume.__struct_fields__) - {"key"}))
def test_of_a_volume(name: str) -> None:
    if name in QUIET_OF_VOLUMES:
        return
    assert of_volume() != of_volume(**{name: OF_VOLUMES[name]}), f"nothing depends on {name}"


def of_volume(**said: Any) -> Any:
    mount = Mount(type="volume", source="data", target="/x")
    around = project(Service(name="web", image="x", volumes=(mount,)))
    data = Volume(**{"key": "data", "name": "shop_data", **said})
    return manifests(msgspec.structs.replace(around, volumes={"data": data}))
