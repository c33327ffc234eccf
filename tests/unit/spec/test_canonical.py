"""Short syntaxes become long ones, and what is implicit is filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.spec.projects import canonical, problems, services


def service(folder: Path, said: str) -> Any:
    return services(folder, f"services: {{a: {{image: x, {said}}}, b: {{image: y}}}}\n")["a"]


@pytest.mark.parametrize(
    ("said", "key", "expected"),
    [
        ("command: run it", "command", ["run", "it"]),
        ("environment: [A=1, B]", "environment", {"A": "1", "B": None}),
        (
            "environment: {A: 2024-01-01, B: 2024-01-01 10:00:00}",
            "environment",
            {"A": "2024-01-01", "B": "2024-01-01 10:00:00"},
        ),
        ("environment: [A=2024-01-01]", "environment", {"A": "2024-01-01"}),
        ("command: [since, 2024-01-01]", "command", ["since", "2024-01-01"]),
        ("x-day: 2024-01-01", "x-day", "2024-01-01"),
        ("labels: [A=1, B]", "labels", {"A": "1", "B": ""}),
        ("labels: {A: 1.50, B: true}", "labels", {"A": "1.5", "B": "true"}),
        ("dns: 1.1.1.1", "dns", ["1.1.1.1"]),
        ("tmpfs: /run", "tmpfs", ["/run"]),
        (
            "depends_on: [b]",
            "depends_on",
            {"b": {"condition": "service_started", "required": True}},
        ),
        ("healthcheck: {test: run it}", "healthcheck", {"test": ["CMD-SHELL", "run it"]}),
        ("mem_limit: 1k", "mem_limit", "1024"),
        ("stop_grace_period: 90s", "stop_grace_period", "1m30s"),
        ("extra_hosts: {b: 2.2.2.2, a: 1.1.1.1}", "extra_hosts", ["a=1.1.1.1", "b=2.2.2.2"]),
        ("gpus: all", "gpus", [{"count": -1}]),
        ("tty: 'yes'", "tty", True),
        ("cpus: '0.5'", "cpus", 0.5),
        ("ulimits: {nproc: '5'}", "ulimits", {"nproc": 5}),
        ("pull_policy: if_not_present", "pull_policy", "missing"),
        (
            "links: ['b:db']",
            "depends_on",
            {"b": {"condition": "service_started", "restart": True, "required": True}},
        ),
        (
            "volumes_from: [b]",
            "depends_on",
            {"b": {"condition": "service_started", "required": True}},
        ),
    ],
)
def test_forms(tmp_path: Path, said: str, key: str, expected: Any) -> None:
    assert service(tmp_path, said)[key] == expected


def test_builds(tmp_path: Path) -> None:
    assert service(tmp_path, "build: ./app")["build"] == {
        "context": f"{tmp_path}/app",
        "dockerfile": "Dockerfile",
    }
    found = service(tmp_path, "build: {ssh: {default: , key: /k}, dockerfile_inline: FROM x}")
    assert found["build"] == {
        "context": str(tmp_path),
        "dockerfile_inline": "FROM x",
        "ssh": ["default", "key=/k"],
    }


def test_build_arguments_without_a_value_come_from_the_environment(tmp_path: Path) -> None:
    text = "services: {a: {build: {args: [A, B, C=1]}}}\n"
    found = services(tmp_path, text, environ={"A": "shell"})
    assert found["a"]["build"]["args"] == {"A": "shell", "C": "1"}


def test_what_is_remote_stays_as_it_is(tmp_path: Path) -> None:
    for context in ("https://x/y.git#main", "git@x:y.git", "github.com/x/y", "ssh://x/y"):
        assert service(tmp_path, f"build: '{context}'")["build"]["context"] == context
    found = problems(tmp_path, "include: ['https://x/y.yaml']\nservices: {a: {image: x}}\n")
    assert "https://x/y.yaml is not a local file" in found[0]


def test_a_service_is_on_the_default_network_unless_it_says_otherwise(tmp_path: Path) -> None:
    text = (
        "services:\n"
        "  a: {image: x}\n"
        "  b: {image: x, network_mode: none}\n"
        "  c: {image: x, networks: [n]}\n"
        "networks: {n: }\n"
    )
    mapping = canonical(tmp_path, text, project_name="p").mapping
    assert mapping["services"]["a"]["networks"] == {"default": None}
    assert "networks" not in mapping["services"]["b"]
    assert mapping["networks"] == {"default": {"name": "p_default"}, "n": {"name": "p_n"}}


def test_external_resources_keep_their_key_as_name(tmp_path: Path) -> None:
    text = (
        "services: {a: {image: x, networks: [n, o, q]}}\n"
        "networks:\n"
        "  n: {external: true}\n"
        "  o: {external: {name: oo}}\n"
        "  q: {external: true, name: qq}\n"
    )
    networks = canonical(tmp_path, text).mapping["networks"]
    assert [one["name"] for one in networks.values()] == ["n", "oo", "qq"]
    assert all(one["external"] is True for one in networks.values())


def test_only_named_services_and_what_they_need_are_selected(tmp_path: Path) -> None:
    text = (
        "services:\n"
        "  a: {image: x, depends_on: [b], networks: [n]}\n"
        "  b: {image: x, networks: [n]}\n"
        "  c: {image: x}\n"
        "networks: {n: }\n"
    )
    loaded = canonical(tmp_path, text)
    chosen = loaded.selected(["a"])
    assert list(chosen["services"]) == ["a", "b"]
    assert list(chosen["networks"]) == ["n"]
    assert loaded.selected([]) == loaded.mapping


def test_variables_are_left_where_nothing_is_interpolated(tmp_path: Path) -> None:
    said = 'image: "x:${T}", tty: "${Y}", command: "a ${B:-c d}", ports: ["${P}:80"]'
    found = canonical(tmp_path, f"services: {{a: {{{said}}}}}\n", interpolate=False)
    assert found.mapping["services"]["a"] == {
        "image": "x:${T}",
        "tty": "${Y}",
        "command": "a ${B:-c d}",
        "ports": ["${P}:80"],
        "networks": {"default": None},
    }
    assert found.warnings == ()
