"""``environment``, ``env_file`` and ``label_file``."""

from __future__ import annotations

from pathlib import Path

from tests.unit.spec.projects import problems, services, write


def test_what_the_service_says_wins_and_later_files_win(tmp_path: Path) -> None:
    write(tmp_path, "A=1\nB=1\nC=1\n", "one.env")
    write(tmp_path, "B=2\nC=2\n", "two.env")
    text = "services: {a: {image: x, env_file: [one.env, two.env], environment: {C: 3}}}\n"
    assert services(tmp_path, text)["a"]["environment"] == {"A": "1", "B": "2", "C": "3"}


def test_values_without_a_value_come_from_the_environment(tmp_path: Path) -> None:
    text = "services: {a: {image: x, environment: [A, B]}}\n"
    found = services(tmp_path, text, environ={"A": "shell"})
    assert found["a"]["environment"] == {"A": "shell", "B": None}


def test_a_missing_file_is_an_error_unless_it_is_not_required(tmp_path: Path) -> None:
    text = "services:\n  a: {image: x, env_file: [{path: no.env%s}]}\n"
    assert problems(tmp_path, text % "") == [
        "compose.yaml:2:28: services.a.env_file[0]: env file no.env not found"
    ]
    assert "environment" not in services(tmp_path, text % ", required: false")["a"]


def test_a_malformed_file_is_told_with_its_own_place(tmp_path: Path) -> None:
    write(tmp_path, "A=1\nB='x\n", "a.env")
    text = "services: {a: {image: x, env_file: a.env}}\n"
    assert problems(tmp_path, text) == ["a.env:2:3: a quoted value is not terminated"]


def test_files_of_inactive_services_are_not_read(tmp_path: Path) -> None:
    text = "services: {a: {image: x}, b: {image: y, env_file: no.env, profiles: [p]}}\n"
    assert list(services(tmp_path, text)) == ["a"]


def test_labels_from_files(tmp_path: Path) -> None:
    write(tmp_path, "A=file\nB=file\n", "l")
    text = "services: {a: {image: x, label_file: l, labels: {B: own}}}\n"
    assert services(tmp_path, text)["a"]["labels"] == {"A": "file", "B": "own"}
