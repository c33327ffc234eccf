"""A service's hash changes exactly when its containers have to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.spec.projects import project

BASE = {
    "image": "x",
    "environment": "[A=1]",
    "ports": '["80:80", "81:81"]',
    "labels": "{a: b}",
    "configs": "[c]",
}


def digest(folder: Path, changed: dict[str, str], content: str = "one", env: str = "1") -> str:
    service = ", ".join(f"{key}: {value}" for key, value in {**BASE, **changed}.items())
    text = (
        f"services: {{a: {{{service}}}, b: {{image: y}}}}\nconfigs: {{c: {{content: {content}}}}}\n"
    )
    return project(folder, text, environ={"FROM_SHELL": env}).services["a"].config_hash


@pytest.mark.parametrize(
    "changed",
    [
        {"depends_on": "[b]"},
        {"build": "."},
        {"scale": "3"},
        {"deploy": "{replicas: 3}"},
        {"pull_policy": "always"},
        {"ports": '["81:81", "80:80"]'},
        {"environment": "{A: 1}"},
        {"labels": "[a=b]"},
    ],
)
def test_what_does_not_matter_to_a_container(tmp_path: Path, changed: dict[str, str]) -> None:
    assert digest(tmp_path, changed) == digest(tmp_path, {})


@pytest.mark.parametrize(
    "changed",
    [
        {"image": "z"},
        {"environment": "[A=2]"},
        {"environment": "[A=1, B]"},
        {"ports": '["80:80"]'},
        {"labels": "{a: c}"},
        {"command": "run"},
        {"deploy": "{resources: {limits: {memory: 1g}}}"},
        {"x-podman": "{pod: p}"},
        {"dns": "[1.1.1.1]"},
    ],
)
def test_what_does(tmp_path: Path, changed: dict[str, str]) -> None:
    assert digest(tmp_path, changed) != digest(tmp_path, {})


def test_the_order_of_name_servers_matters(tmp_path: Path) -> None:
    one, other = {"dns": "[1.1.1.1, 2.2.2.2]"}, {"dns": "[2.2.2.2, 1.1.1.1]"}
    assert digest(tmp_path, one) != digest(tmp_path, other)


def test_the_content_of_a_config_and_the_environment_count(tmp_path: Path) -> None:
    assert digest(tmp_path, {}, content="two") != digest(tmp_path, {})
    taken = {"environment": "[FROM_SHELL]"}
    assert digest(tmp_path, taken, env="2") != digest(tmp_path, taken, env="1")


def test_env_files_count_by_what_they_set(tmp_path: Path) -> None:
    (tmp_path / "a.env").write_text("A=1\n")
    said = {"env_file": "[a.env]", "environment": "{}"}
    assert digest(tmp_path, said) == digest(tmp_path, {})
    (tmp_path / "a.env").write_text("A=2\n")
    assert digest(tmp_path, said) != digest(tmp_path, {})
