"""Parts of a model that do not fit together."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.spec.cycles import find_cycle
from tests.unit.spec.projects import problems, services

APP = "services: {a: {image: x, %s}, b: {image: y}}\n"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("networks: [nett]", "services.a.networks.nett: refers to undefined network nett"),
        ("volumes: ['vol:/v']", "services.a.volumes[0]: refers to undefined volume vol"),
        ("secrets: [s]", "services.a.secrets[0]: refers to undefined secret s"),
        ("configs: [c]", "services.a.configs[0]: refers to undefined config c"),
        ("build: {secrets: [{target: t}]}", "services.a.build.secrets[0]: source is missing"),
        ("depends_on: [z]", "services.a.depends_on.z: refers to undefined service z"),
        ("links: ['z:alias']", "services.a.links[0]: refers to undefined service z"),
        (
            "scale: 2, container_name: one",
            "services.a.container_name: a container name must be unique, but scale asks for 2",
        ),
        ("healthcheck: {test: [curl]}", "services.a.healthcheck.test: starts with 'curl'"),
        ("scale: 2, deploy: {replicas: 3}", "services.a.scale: differs from deploy.replicas"),
        ("scale: -1", "services.a.scale: -1 is out of range"),
        (
            "develop: {watch: [{path: ., action: sync}]}",
            "services.a.develop.watch[0]: target is required",
        ),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, said: str, expected: str) -> None:
    found = problems(tmp_path, APP % said)
    assert len(found) == 1
    assert found[0].startswith(("compose.yaml:1:", "services.a"))
    assert expected in found[0]


@pytest.mark.parametrize("said", ["scale: '${N}'", "deploy: {replicas: '${N}'}"])
def test_a_variable_that_is_left_asks_for_no_number_of_replicas(tmp_path: Path, said: str) -> None:
    text = f"services: {{a: {{image: x, container_name: one, {said}}}}}\n"
    (service,) = services(tmp_path, text, interpolate=False).values()
    assert "${N}" in (service.get("scale"), service.get("deploy", {}).get("replicas"))


def test_network_mode_excludes_networks(tmp_path: Path) -> None:
    text = "services: {a: {image: x, networks: [n], network_mode: host}}\nnetworks: {n: }\n"
    (found,) = problems(tmp_path, text)
    assert "network_mode and networks exclude each other\n  remove networks to keep" in found


def test_a_service_needs_an_image_or_a_build(tmp_path: Path) -> None:
    text = "services:\n  a:\n    restart: always\n"
    assert problems(tmp_path, text) == [
        "compose.yaml:2:3: services.a: has neither an image nor a build context specified"
    ]


def test_a_container_name_is_used_once(tmp_path: Path) -> None:
    text = "services:\n  a: {image: x, container_name: one}\n  b: {image: x, container_name: one}\n"
    found = problems(tmp_path, text)
    assert len(found) == 1
    assert found[0].startswith("compose.yaml:3:17: services.b.container_name: container name 'one'")
    assert found[0].endswith("is already in use by service a")


def test_a_container_name_that_is_none_is_told_what_is_one(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, APP % "container_name: 'é'")
    assert "it must match" in found
    assert "\n  two or more letters, digits, underscores, dots and dashes, of which" in found


def test_the_nearest_name_is_suggested(tmp_path: Path) -> None:
    text = "services: {a: {image: x, networks: [frontt]}}\nnetworks: {front: }\n"
    assert problems(tmp_path, text)[0].endswith("\n  did you mean front?")


def test_a_dependency_of_an_inactive_profile_is_refused_unless_optional(tmp_path: Path) -> None:
    text = "services: {a: {image: x, depends_on: {b: %s}}, b: {image: y, profiles: [p]}}\n"
    required = text % "{condition: service_started}"
    assert "none of its profiles is active" in problems(tmp_path, required)[0]
    optional = text % "{condition: service_started, required: false}"
    assert list(services(tmp_path, optional)) == ["a"]


def test_a_cycle_is_refused_with_its_path(tmp_path: Path) -> None:
    text = "".join(f"  {n}: {{image: x, depends_on: [{m}]}}\n" for n, m in ("ab", "bc", "ca"))
    found = problems(tmp_path, f"services:\n{text}")
    place = "compose.yaml:2:30: services.a.depends_on.b"
    assert len(found) == 1
    assert found[0].startswith(
        f"{place}: dependency cycle detected: a -> b -> c -> a\n  remove one "
    )


def test_cycles_are_found_in_long_chains_without_recursion() -> None:
    chain = {str(n): [str(n + 1)] for n in range(50_000)}
    assert find_cycle({**chain, "50000": []}) is None
    found = find_cycle({**chain, "50000": ["49999"]})
    assert found == ["49999", "50000", "49999"]


def test_a_cycle_off_the_way_is_found() -> None:
    assert find_cycle({"a": ["b", "c"], "b": [], "c": ["d"], "d": ["c"]}) == ["c", "d", "c"]
    assert find_cycle({"a": ["a"]}) == ["a", "a"]


def test_secrets_say_in_one_way_where_they_come_from(tmp_path: Path) -> None:
    both = "services: {a: {image: x}}\nsecrets: {s: {file: x, environment: Y}}\n"
    assert "file and environment exclude each other" in problems(tmp_path, both)[0]
    none = "services: {a: {image: x}}\nsecrets: {s: {name: x}}\n"
    assert "one of file, environment must be set" in problems(tmp_path, none)[0]
