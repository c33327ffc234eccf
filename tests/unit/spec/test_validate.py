"""What a file may not say, and how it is told: all of it, with places and suggestions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.spec.projects import problems

PORT_FORM = "[[HOST_IP:]HOST_PORT:]CONTAINER_PORT[/PROTOCOL] is expected"

WRONG = """\
services:
  web:
    imge: nginx
    ports:
      - "80:80"
      - "a:b"
      - [x]
    restart: 5
    tty: maybe
    depends_on: {db: {condition: service_heathy}}
    environment:
      A: ${A:?say A}
      B: [1]
  db:
    image: x
    image: y
    stop_grace_period: 5
netwroks: {}
"""


def test_all_problems_of_a_file_are_told_in_the_order_of_their_places(tmp_path: Path) -> None:
    found = problems(tmp_path, WRONG)
    assert [text.partition(": ")[0].removeprefix("compose.yaml:") for text in found] == [
        "3:5",
        "6:9",
        "7:9",
        "8:5",
        "9:5",
        "10:23",
        "12:7",
        "13:7",
        "16:5",
        "17:5",
        "18:1",
    ]


@pytest.mark.parametrize(
    ("service", "column", "expected"),
    [
        (
            "{image: x, restrat: always}",
            17,
            "restrat: unknown attribute\n  did you mean restart?",
        ),
        (
            "{image: x, logging: {zzz: 1}}",
            27,
            "logging.zzz: unknown attribute\n  known here: driver, options",
        ),
        (
            "{image: x, ports: 80}",
            17,
            "ports: the number 80 is not allowed; a list is expected",
        ),
        (
            "{image: x, ports: }",
            17,
            "ports: null (no value) is not allowed; a list is expected",
        ),
        (
            "{image: x, tty: 5}",
            17,
            "tty: the number 5 is not allowed; text or true or false is expected",
        ),
        (
            "{image: x, cgroup: hots}",
            17,
            "cgroup: 'hots' is not allowed; host, private can be said\n  did you mean host?",
        ),
        (
            "{image: x, oom_score_adj: 2000}",
            17,
            "oom_score_adj: 2000 is out of range; -1000 to 1000 is allowed",
        ),
        (
            "{image: x, ports: ['80:80', 'a:b']}",
            34,
            "ports[1]: 'a:b' is not a port mapping; " + PORT_FORM,
        ),
        (
            "{image: x, volumes: [{target: /a}]}",
            27,
            "volumes[0]: type is missing",
        ),
        (
            "{image: x, mem_limit: lots}",
            17,
            "mem_limit: 'lots' is not a size; write for example 512m, 1.5g or bytes",
        ),
        (
            "{image: x, security_opt: [a, a]}",
            35,
            "security_opt[1]: 'a' is said twice",
        ),
    ],
)
def test_a_problem_says_where_what_and_what_is_allowed(
    tmp_path: Path, service: str, column: int, expected: str
) -> None:
    assert problems(tmp_path, f"services:\n  a: {service}\n") == [
        f"compose.yaml:2:{column}: services.a.{expected}"
    ]


def test_the_file_is_shown_relative_to_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert problems(tmp_path, "nope: 1\n")[0].startswith("compose.yaml:1:1: nope")


def test_names_are_checked(tmp_path: Path) -> None:
    assert "is no name" in problems(tmp_path, 'services: {"a b": {image: x}}')[0]


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, "# nothing\n") == ["compose.yaml:1:1: empty compose file"]
