"""What keeps a project from running that loads well."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from composer.spec import check_runnable
from tests.unit.spec.projects import project


def complaints(folder: Path, text: str, scale: Mapping[str, int] | None = None) -> list[str]:
    loaded = project(folder, f"services:\n{text}")
    return [str(error).replace(f"{folder}/", "") for error in check_runnable(loaded, scale)]


def test_a_fixed_port_has_no_room_for_replicas(tmp_path: Path) -> None:
    text = '  a: {image: x, ports: ["8080:80"]}\n'
    assert complaints(tmp_path, text) == []
    said = "compose.yaml:2:25: services.a.ports[0]: host port 8080 has room for 1 of 3 replicas"
    hint = "publish a range that is large enough, or the container's port alone"
    assert complaints(tmp_path, text, {"a": 3}) == [f"{said}\n  {hint}"]


def test_a_range_has_room_for_as_many_as_it_has_ports(tmp_path: Path) -> None:
    text = '  a: {image: x, ports: ["8080-8082:80"]}\n'
    assert complaints(tmp_path, text, {"a": 3}) == []
    assert "has room for 3 of 4" in complaints(tmp_path, text, {"a": 4})[0]


def test_a_port_that_the_engine_chooses_is_free(tmp_path: Path) -> None:
    assert complaints(tmp_path, '  a: {image: x, ports: ["80"]}\n', {"a": 5}) == []


def test_a_container_name_is_for_one(tmp_path: Path) -> None:
    text = "  a: {image: x, container_name: one}\n"
    assert complaints(tmp_path, text) == []
    assert "can name one container only" in complaints(tmp_path, text, {"a": 2})[0]


@pytest.mark.parametrize(
    ("one", "other", "collide"),
    [
        ("80:80", "80:90", True),
        ("80:80", "80:80/udp", False),
        ("127.0.0.1:80:80", "127.0.0.2:80:80", False),
        ("127.0.0.1:80:80", "127.0.0.1:80:80", True),
        ("0.0.0.0:80:80", "127.0.0.1:80:80", True),
        ("80:80", "127.0.0.1:80:80", True),
        ("80:80", "81:80", False),
        ("80", "80", False),
    ],
)
def test_two_services_cannot_publish_the_same_port(
    tmp_path: Path, one: str, other: str, collide: bool
) -> None:
    text = f'  a: {{image: x, ports: ["{one}"]}}\n  b: {{image: x, ports: ["{other}"]}}\n'
    found = complaints(tmp_path, text)
    assert len(found) == int(collide)
    if collide:
        assert "is already published by service a" in found[0]
        assert found[0].startswith("compose.yaml:3:")


def test_a_service_scaled_to_nothing_claims_no_port(tmp_path: Path) -> None:
    text = '  a: {image: x, ports: ["80:80"]}\n  b: {image: x, ports: ["80:80"]}\n'
    assert complaints(tmp_path, text, {"a": 0}) == []


POD = '  a: {image: x, ports: ["8080:80"], x-podman: {pod: p}}\n  b: {image: x, x-podman.pod: p}\n'


def test_a_fixed_port_of_a_pod_has_no_room_for_replicas(tmp_path: Path) -> None:
    assert complaints(tmp_path, POD) == []
    (said,) = complaints(tmp_path, POD, {"a": 3, "b": 3})
    assert said.startswith(
        "compose.yaml:2:25: services.a.ports[0]: host port 8080 has room for 1 of 3 replicas"
    )


def test_a_pod_and_a_service_publish_one_port(tmp_path: Path) -> None:
    (said,) = complaints(tmp_path, POD + '  c: {image: x, ports: ["8080:81"]}\n')
    assert "services.a.ports[0]: host port 8080/tcp is already published by service c" in said
