"""``x-podman.pods``: what a file may say of pods, and what its members become."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.spec import Project
from composer.spec.model import Attachment, Dependency, Infra, Port
from tests.unit.spec.projects import canonical, problems, project, write

WHOLE = """\
services:
  app:
    image: x
    hostname: mypod
    ports: ["8080:80"]
    extra_hosts: ["db:10.0.0.1"]
    networks: {front: {aliases: [shop]}}
    x-podman: {pod: app}
  log:
    image: x
    expose: [9000]
    dns: 10.0.0.53
    x-podman.pod: app
  setup:
    image: x
    x-podman: {pod: app, init: once}
  db:
    image: x
    healthcheck: {test: "true"}
x-podman:
  pods:
    app:
      networks: {front: {ipv4_address: 10.1.0.9}}
      ports: ["8080:80", "53:53/udp"]
      labels: [tier=front]
      annotations: {a: b}
      cpus: "1.5"
      mem_limit: 1g
      volumes: ["./logs:/logs", "data:/data:ro"]
      restart: on-failure:2
      depends_on: {db: {condition: service_healthy}}
      infra: {image: pause, command: sleep forever}
networks: {front: }
volumes: {data: }
"""


@pytest.fixture
def whole(tmp_path: Path) -> Project:
    return project(tmp_path, WHOLE)


def test_what_members_share_moves_to_their_pod(whole: Project, tmp_path: Path) -> None:
    pod = whole.pods["app"]
    assert pod.members == ("app", "log", "setup")
    assert pod.hostname == "mypod"
    assert pod.networks == {"front": Attachment(ipv4_address="10.1.0.9", aliases=("shop",))}
    udp = Port(target=53, published="53", protocol="udp")
    assert pod.ports == (Port(target=80, published="8080"), udp), "what is said twice counts once"
    assert pod.extra_hosts == ("db=10.0.0.1",)
    assert pod.dns == ("10.0.0.53",)
    assert pod.labels == {"tier": "front"}
    assert (pod.cpus, pod.mem_limit) == (1.5, 2**30)
    assert pod.infra == Infra(image="pause", command=("sleep", "forever"))
    for name in ("app", "log"):
        member = whole.services[name]
        assert member.pod == "app"
        assert member.networks == {"front": None}
        assert (member.hostname, member.ports, member.expose, member.dns) == (None, (), (), ())
        assert member.annotations == {"a": "b"}
        assert member.restart == "on-failure:2"
        assert [m.source for m in member.volumes] == [f"{tmp_path}/logs", "data"]
    assert whole.services["db"].networks == {"default": None}
    assert "data" in whole.volumes
    only_db = {name for name, s in whole.services.items() if "default" in s.networks}
    assert only_db == {"db"}


def test_needs_of_pods_and_init_containers_are_those_of_members(whole: Project) -> None:
    healthy = Dependency(condition="service_healthy")
    done = Dependency(condition="service_completed_successfully")
    assert whole.services["app"].depends_on == {"setup": done, "db": healthy}
    assert whole.services["setup"].depends_on == {"db": healthy}
    assert whole.services["setup"].pod_init == "once"


def test_who_needs_a_pod_needs_all_its_members(tmp_path: Path) -> None:
    text = """\
services:
  a: {image: x, x-podman: {pod: app}}
  b: {image: x, x-podman: {pod: app}}
  first: {image: x, x-podman: {pod: app, init: always}}
  after: {image: x, x-podman: {depends_on: {app: {condition: service_healthy}}}}
"""
    after = project(tmp_path, text).services["after"]
    need = Dependency(condition="running_or_healthy")
    assert after.depends_on == {"a": need, "b": need}


def test_config_prints_pods_as_they_stand(tmp_path: Path) -> None:
    printed = canonical(tmp_path, WHOLE).mapping
    assert printed["x-podman"]["pods"]["app"]["labels"] == ["tier=front"]
    assert printed["services"]["app"]["ports"][0]["target"] == 80
    assert "data" not in printed.get("volumes", {}), "Docker Compose sees nobody that uses it"


def test_files_are_merged_as_sections_of_the_specification_are(tmp_path: Path) -> None:
    first = write(
        tmp_path,
        """\
services: {a: {image: x, x-podman: {pod: p}}}
x-podman: {pods: {p: {ports: ["80:80"], labels: [a=1, b=1], share: [net, pid], dns: 10.0.0.1}}}
""",
    )
    second = write(
        tmp_path,
        """\
x-podman:
  pods: {p: {ports: ["80:80", "81:81"], labels: {b: "2"}, share: [net], dns: !reset null}}
""",
        "second.yaml",
    )
    from composer.spec import Options, load

    pod = load(Options(files=(str(first), str(second)), environ={})).pods["p"]
    assert [p.target for p in pod.ports] == [80, 81]
    assert pod.labels == {"a": "1", "b": "2"}
    assert pod.share == ("net",)
    assert pod.dns == ()


def test_pods_of_included_files_have_their_own_folder(tmp_path: Path) -> None:
    text = """\
services: {a: {image: x, x-podman: {pod: p}}}
x-podman: {pods: {p: {volumes: ["./here:/x"], cpus: 1}}}
"""
    write(tmp_path, text, "sub/compose.yaml")
    text = "include: [sub/compose.yaml]\nx-podman: {pods: {p: {cpus: 2}}}\n"
    loaded = project(tmp_path, text)
    assert loaded.pods["p"].cpus == 2
    assert loaded.services["a"].volumes[0].source == f"{tmp_path}/sub/here"


def test_a_network_that_no_member_is_on_any_more_is_not_made(tmp_path: Path) -> None:
    text = """\
services: {a: {image: x, x-podman: {pod: p}}}
x-podman: {pods: {p: {networks: [front]}}}
networks: {front: }
"""
    assert list(project(tmp_path, text).networks) == ["front"]
    assert set(project(tmp_path, text, all_resources=True).networks) == {"default", "front"}


def test_a_pod_that_is_only_named_has_defaults(tmp_path: Path) -> None:
    loaded = project(tmp_path, "services: {a: {image: x, x-podman: {pod: p}}}")
    pod = loaded.pods["p"]
    assert pod.networks == {"default": None}
    assert pod.share == ("ipc", "net", "uts")
    assert loaded.pod_name("p", 2).endswith("-p-2")


def test_each_service_in_a_pod_of_its_own(tmp_path: Path) -> None:
    text = """\
services:
  a: {image: x}
  b: {image: x, x-podman: {pod: a}}
  c: {image: x, network_mode: host}
x-podman: {pod_per_service: true}
"""
    loaded = project(tmp_path, text)
    assert {name: s.pod for name, s in loaded.services.items()} == {"a": "a", "b": "a", "c": None}


def test_what_is_not_shared_stays_with_the_members(tmp_path: Path) -> None:
    text = """\
services:
  a: {image: x, ports: ["80:80"], hostname: one, x-podman: {pod: p}}
  b: {image: x, ports: ["81:80"], hostname: two, network_mode: host, x-podman: {pod: p}}
x-podman: {pods: {p: {share: [ipc]}}}
"""
    loaded = project(tmp_path, text)
    assert loaded.services["a"].ports == (Port(target=80, published="80"),)
    assert loaded.services["b"].hostname == "two"
    assert (loaded.pods["p"].ports, loaded.pods["p"].networks) == ((), {})


def test_members_have_the_replicas_of_their_pod(tmp_path: Path) -> None:
    text = """\
services:
  a: {image: x, scale: 3, x-podman: {pod: p}}
  b: {image: x, x-podman: {pod: p}}
"""
    loaded = project(tmp_path, text)
    assert loaded.pods["p"].scale == 3
    assert loaded.services["b"].replicas == 3


def test_a_pod_whose_profile_is_not_active_has_no_members(tmp_path: Path) -> None:
    text = """\
services: {a: {image: x, x-podman: {pod: p}}, b: {image: x}}
x-podman: {pods: {p: {profiles: [more]}}}
"""
    assert list(project(tmp_path, text).services) == ["b"]
    assert "a" in project(tmp_path, text).disabled_services
    assert "a" in project(tmp_path, text, profiles=("more",)).services
    assert "a" in project(tmp_path, text, services=("a",)).services


def hash_of(folder: Path, text: str) -> tuple[str, str]:
    loaded = project(folder, text)
    return loaded.pods["p"].config_hash, loaded.services["a"].config_hash


@pytest.mark.parametrize(
    ("said", "pod_changes", "member_changes"),
    [
        ("{cpus: 2}", True, False),
        ("{hostname: x}", True, False),
        ("{restart: always}", False, True),
        ('{volumes: ["/x:/x"]}', False, True),
        ("{scale: 4}", False, False),
    ],
)
def test_what_changes_a_pod_and_what_its_members(
    tmp_path: Path, said: str, pod_changes: bool, member_changes: bool
) -> None:
    text = "services: {{a: {{image: x, x-podman: {{pod: p}}}}}}\nx-podman: {{pods: {{p: {}}}}}\n"
    before, after = hash_of(tmp_path, text.format("{}")), hash_of(tmp_path, text.format(said))
    assert (before[0] != after[0], before[1] != after[1]) == (pod_changes, member_changes)


TWO = """\
services:
  a:
    image: x
    {a}
    x-podman: {{pod: p}}
  b:
    image: x
    {b}
    x-podman: {{pod: p}}
x-podman: {{pods: {{p: {pod}}}}}
networks: {{front: , back: }}
"""


@pytest.mark.parametrize(
    ("a", "b", "pod", "message"),
    [
        (
            'ports: ["80:80"]',
            "expose: [80]",
            "{}",
            (
                "compose.yaml:8:14: services.b.expose[0]: port 80/tcp is that of "
                "service a in pod p: "
                "services.a.ports[0] (compose.yaml:4:13)"
            ),
        ),
        (
            'ports: ["80:80"]',
            'ports: ["80:81"]',
            "{}",
            (
                "compose.yaml:8:13: services.b.ports[0]: host port 80/tcp is published "
                "for port 80 by "
                "services.a.ports[0] (compose.yaml:4:13)"
            ),
        ),
        (
            "networks: [front]",
            "networks: [back]",
            "{}",
            (
                "compose.yaml:8:5: services.b.networks: back differs from front, which "
                "pod p is on by "
                "services.a.networks (compose.yaml:4:5)"
            ),
        ),
        (
            "hostname: one",
            "hostname: two",
            "{}",
            (
                "compose.yaml:8:5: services.b.hostname: 'two' differs from 'one', "
                "which pod p has by "
                "services.a.hostname (compose.yaml:4:5)"
            ),
        ),
        (
            "hostname: one",
            "init: true",
            "{hostname: two}",
            (
                "compose.yaml:4:5: services.a.hostname: 'one' differs from 'two', "
                "which pod p has by "
                "x-podman.pods.p.hostname (compose.yaml:10:23)"
            ),
        ),
        (
            "network_mode: host",
            "init: true",
            "{}",
            (
                "compose.yaml:4:5: services.a.network_mode: a member of a pod has the "
                "pod's network, "
                "and it is in pod p: services.a.x-podman.pod (compose.yaml:5:16)"
            ),
        ),
        (
            "scale: 2",
            "scale: 3",
            "{}",
            (
                "compose.yaml:8:5: services.b.scale: 3 replicas differ from 2, which pod p has by "
                "services.a.scale (compose.yaml:4:5)"
            ),
        ),
        (
            "init: true",
            "init: true",
            '{infra: none, ports: ["80:80"]}',
            (
                "compose.yaml:10:36: x-podman.pods.p.ports: has no effect: the members "
                "do not share "
                "it, because infra is none"
            ),
        ),
        (
            "init: true",
            "init: true",
            "{networks: [fron]}",
            "compose.yaml:10:34: x-podman.pods.p.networks.fron: refers to undefined network fron",
        ),
        (
            "init: true",
            "init: true",
            "{depends_on: [c]}",
            "compose.yaml:10:36: x-podman.pods.p.depends_on.c: refers to undefined pod or service",
        ),
        (
            "depends_on: [b]",
            "x-podman.depends_on: [a]",
            "{}",
            "compose.yaml:2:3: services.a: dependency cycle detected: a -> b -> a\n  remove one of",
        ),
        (
            "init: true",
            "init: true",
            "{hostnam: x}",
            "compose.yaml:10:23: x-podman.pods.p.hostnam: unknown attribute",
        ),
        (
            "init: true",
            "x-podman.init: often",
            "{}",
            (
                "compose.yaml:8:5: services.b.x-podman.init: 'often' is not allowed; "
                "once, always can "
                "be said"
            ),
        ),
    ],
)
def test_conflicts_name_both_places(tmp_path: Path, a: str, b: str, pod: str, message: str) -> None:
    found = problems(tmp_path, TWO.format(a=a, b=b, pod=pod))
    assert any(problem.startswith(message) for problem in found), found


def test_a_misspelt_key_gets_the_nearest_name(tmp_path: Path) -> None:
    text = TWO.format(a="init: true", b="init: true", pod="{exit_policy: stopp}")
    (problem,) = problems(tmp_path, text)
    assert "did you mean stop?" in problem


def test_an_init_container_has_to_be_in_a_pod(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "services: {a: {image: x, x-podman: {init: once}}}")
    assert "is for members of a pod" in problem


@pytest.mark.parametrize("said", ["5", "[[b]]", "[{b: 1}]", "[5]", "{b: 5}", "{b: text}"])
def test_dependencies_that_are_none_are_refused(tmp_path: Path, said: str) -> None:
    text = f"services: {{a: {{image: x, x-podman: {{depends_on: {said}}}}}, b: {{image: y}}}}\n"
    (problem,) = problems(tmp_path, text)
    assert problem == (
        "compose.yaml:1:37: services.a.x-podman.depends_on: a list of names, or a mapping of names "
        "to mappings, is expected"
    )


def test_a_condition_that_is_none_is_no_part_of_a_cycle(tmp_path: Path) -> None:
    said = "depends_on: [b], x-podman: {depends_on: {b: {condition: nope}}}"
    (problem,) = problems(tmp_path, f"services: {{a: {{image: x, {said}}}, b: {{image: y}}}}\n")
    assert "depends_on.b.condition: 'nope' is not allowed" in problem


def test_unknown_keys_of_the_file_are_warned_of(tmp_path: Path) -> None:
    text = "services: {a: {image: x}}\nx-podman: {pod: {}, in_pod: false}\n"
    (warning,) = canonical(tmp_path, text).warnings
    assert "x-podman.pod: is unknown; did you mean pods?" in warning
