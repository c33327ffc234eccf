"""What Podman is asked for when a pod is made, and when a container is made in one."""

from __future__ import annotations

from typing import Any

import pytest

from composer import state as labels
from composer.engine.container_spec import container_spec
from composer.engine.pod_spec import pod_spec
from composer.spec.definitions import pod_digests
from composer.spec.model import Attachment, ByteSize, Infra, Pod, Port, Project, Service
from composer.spec.pod_members import into_pods
from composer.state import OneOff
from tests.unit.engine.sample import context, project


def grouped(**said: Any) -> Project:
    """A project with ``app`` and ``side`` in pod ``web``."""
    services = [Service(name=n, image="x", networks={"front": None}) for n in ("app", "side")]
    return into_pods(project(*services), [Pod(key="web", members=("app", "side"), **said)])


def spec(number: int = 1, **said: Any) -> dict[str, Any]:
    p = grouped(**said)
    return pod_spec(p, "web", number, context(p.services["app"]).around, [])


def test_the_infra_container_answers_to_all_names_of_the_replica() -> None:
    made = spec(2, networks={"front": Attachment(aliases=("shop",), ipv4_address="10.0.1.9")})
    assert made["name"] == "shop-web-2"
    assert made["netns"] == {"nsmode": "bridge"}
    front = made["networks"]["shop_front"]
    assert front["static_ips"] == ["10.0.1.9"]
    names = ["web", "shop-web-2", "app", "shop-app-2", "side", "shop-side-2", "shop"]
    assert front["aliases"] == names


def test_labels_say_which_pod_it_is_and_no_service() -> None:
    made, pod = spec(labels={"tier": "front"}), grouped(labels={"tier": "front"}).pods["web"]
    found = made["labels"]
    assert found["tier"] == "front"
    assert found[labels.PROJECT] == found[labels.PODMAN_PROJECT] == "shop"
    assert (found[labels.POD], found[labels.NUMBER]) == ("web", "1")
    assert found[labels.CONFIG_HASH] == pod.config_hash
    assert labels.unpacked(found[labels.DEFINITION]) == pod_digests(pod)
    assert labels.SERVICE not in found


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ({"hostname": "h"}, {"hostname": "h"}),
        ({"ports": (Port(target=80, published="8080"),)}, {"portmappings": [
            {"container_port": 80, "host_port": 8080, "protocol": "tcp"}]}),
        ({"extra_hosts": ("db=10.0.0.1",)}, {"hostadd": ["db:10.0.0.1"]}),
        ({"dns_search": ("a.b",)}, {"dns_search": ["a.b"]}),
        ({"cpus": 1.5}, {"resource_limits": {"cpu": {"quota": 150_000, "period": 100_000}}}),
        ({"cpuset": "0"}, {"resource_limits": {"cpu": {"cpus": "0"}}}),
        ({"mem_limit": ByteSize(64)},
         {"resource_limits": {"memory": {"limit": 64, "swap": 128}, "cpu": {}}}),
        ({"shm_size": ByteSize(4096)}, {"shm_size": 4096}),
        ({"sysctls": {"net.core.somaxconn": "77"}}, {"sysctl": {"net.core.somaxconn": "77"}}),
        ({"security_opt": ("no-new-privileges",)}, {"security_opt": ["no-new-privileges"]}),
        ({"userns_mode": "keep-id"}, {"userns": {"nsmode": "keep-id"}}),
        ({"exit_policy": "stop"}, {"exit_policy": "stop"}),
        ({"share": ("net", "pid")}, {"shared_namespaces": ["net", "pid"]}),
        ({"share": ()}, {"shared_namespaces": ["none"], "netns": {"nsmode": "none"}}),
        ({"infra": Infra(image="pause", command=("wait",))},
         {"infra_image": "pause", "infra_command": ["wait"]}),
        ({"infra": None, "share": ()}, {"no_infra": True}),
    ],
)  # fmt: skip
def test_what_the_file_says_is_asked_for(said: dict[str, Any], asked: dict[str, Any]) -> None:
    made = spec(**said)
    assert {key: made.get(key) for key in asked} == asked


def test_what_nobody_says_is_left_to_podman() -> None:
    assert set(spec()) == {
        *("name", "labels", "exit_policy", "infra_name", "shared_namespaces"),
        *("netns", "networks"),
    }


def asked_for(p: Project, oneoff: OneOff | None = None) -> dict[str, Any]:
    """The body for the first container of ``app``."""
    made = context(p.services["app"], oneoff=oneoff)
    fields = {name: getattr(made, name) for name in ("service", "number", "name", "image")}
    pod = None if oneoff else p.pod_of("app")
    return container_spec(type(made)(project=p, around=made.around, pod=pod, **fields))


def test_a_member_says_its_pod_and_nothing_that_this_has() -> None:
    made = asked_for(grouped(hostname="h", dns_search=("a.b",)))
    assert made["pod"] == "shop-web-1"
    assert not made.keys() & {"netns", "networks", "hostname", "dns_search", "portmappings"}


def test_a_member_of_a_pod_that_shares_no_network_has_its_own() -> None:
    made = asked_for(grouped(share=("ipc",)))
    assert made["pod"] == "shop-web-1"
    assert set(made["networks"]) == {"shop_front"}


def test_a_one_off_container_is_in_the_networks_of_the_pod_and_not_in_it() -> None:
    made = asked_for(grouped(), OneOff())
    assert "pod" not in made
    assert set(made["networks"]) == {"shop_front"}


@pytest.mark.parametrize(("init", "kind"), [("always", "always"), ("once", None), (None, None)])
def test_podman_runs_init_containers_again_only_if_they_always_run(
    init: str | None, kind: str | None
) -> None:
    p = grouped()
    pod = p.pods["web"]
    again = into_pods(p, [pod], init={"app": init})
    assert asked_for(again).get("init_container_type") == kind
