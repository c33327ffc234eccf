"""A growing log file followed to its container's end."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from composer.engine.detail import Inspected
from composer.engine.libpod import Libpod
from composer.engine.log_follow import follow_file


def entry(number: int, text: str, tag: str = "F") -> str:
    return f"2026-01-01T00:00:00.{number:09}+00:00 stdout {tag} {text}\n"


class Deaths:
    """The stream of events: does a step each time it is asked; then tells of the death."""

    def __init__(self, steps: list[Callable[[], object]]) -> None:
        self._steps = steps

    def __enter__(self) -> "Deaths":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def read(self, _timeout: float) -> bytes | None:
        if not self._steps:
            return b'{"Action": "died"}'
        self._steps.pop(0)()
        return None


class Podman:
    """Stands in for the connection; remembers what was asked."""

    def __init__(self, *steps: Callable[[], object], now: str = "running") -> None:
        self.steps = list(steps)
        self.asked: list[str] = []
        self._now = now

    def stream(self, method: str, path: str, query: object) -> Deaths:
        self.asked.append(f"{method} {path}")
        return Deaths(self.steps)

    def get(self, path: str, **_: object) -> object:
        self.asked.append(f"GET {path}")
        return inspected(self._now)


def inspected(status: str) -> "Inspected":
    state: Any = type("State", (), {"status": status})()
    found: Any = type("Inspected", (), {"id": "abc", "name": "shop-app-1", "state": state})()
    return cast("Inspected", found)


def followed(
    path: Path,
    podman: Podman,
    *,
    status: str = "running",
    since: bytes = b"",
    tail: int | None = None,
    stop: Callable[[], bool] | None = None,
) -> list[str]:
    batches = follow_file(
        cast("Libpod", podman),
        inspected(status),
        path,
        since=since,
        tail=tail,
        stop=stop,
    )
    return [line.text.decode() for batch in batches for line in batch]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "ctr.log"
    path.write_text("".join(entry(number, f"old {number}") for number in range(5)))
    return path


def append(path: Path, text: str) -> Callable[[], None]:
    def step() -> None:
        with path.open("a") as file:
            file.write(text)

    return step


def test_an_ended_container_is_read_to_its_end_without_waiting(log: Path) -> None:
    podman = Podman()
    append(log, entry(7, "cut off", "P"))()
    assert followed(log, podman, status="exited")[-2:] == ["old 4", "cut off"]
    assert podman.asked == []


def test_a_death_before_anybody_listened_is_seen(log: Path) -> None:
    def must_not_wait() -> None:
        raise AssertionError

    assert len(followed(log, Podman(must_not_wait, now="exited"))) == 5


def test_lines_come_as_they_are_written_and_whole(log: Path) -> None:
    line = entry(6, "second")
    podman = Podman(
        append(log, entry(5, "in two ", "P")),
        append(log, entry(5, "pieces") + line[:20]),
        append(log, line[20:]),
    )
    assert followed(log, podman)[5:] == ["in two pieces", "second"]
    assert podman.asked == ["GET /events", "GET /containers/abc/json"]


def test_tail_counts_lines_that_are_there_and_shows_all_new_ones(log: Path) -> None:
    new = append(log, entry(6, "new 1") + entry(7, "new 2"))
    assert followed(log, Podman(new), tail=1) == ["old 4", "new 1", "new 2"]


def test_a_tail_of_none_begins_with_the_next_line(log: Path) -> None:
    append(log, entry(5, "begun ", "P"))()
    new = append(log, entry(6, "ended"))
    assert followed(log, Podman(new), tail=0) == ["begun ended"]


def test_a_tail_longer_than_the_log_is_all_of_it(log: Path) -> None:
    assert len(followed(log, Podman(), tail=50)) == 5


def test_a_tail_is_found_from_the_end_of_a_large_log(tmp_path: Path) -> None:
    path = tmp_path / "ctr.log"
    filler = "x" * 1000
    path.write_text("".join(entry(n, f"{n} {filler}") for n in range(3000)))
    found = followed(path, Podman(), tail=1500)
    assert [text.split()[0] for text in found] == [str(n) for n in range(1500, 3000)]


def test_since_holds_for_what_is_there(log: Path) -> None:
    since = b"2026-01-01T00:00:00.000000003Z"
    assert followed(log, Podman(), since=since) == ["old 3", "old 4"]


def test_a_replaced_file_is_followed_and_the_old_one_read_to_its_end(log: Path) -> None:
    def replace() -> None:
        append(log, entry(5, "last of the old"))()
        log.rename(log.with_suffix(".old"))
        log.write_text(entry(6, "first of the new"))

    found = followed(log, Podman(replace, lambda: None))
    assert found[5:] == ["last of the old", "first of the new"]


def test_it_stops_when_told_to(log: Path) -> None:
    asked: list[None] = []

    def endless() -> None:
        asked.append(None)

    podman = Podman(*[endless] * 100)
    assert len(followed(log, podman, stop=lambda: len(asked) >= 2)) == 5
    assert len(asked) == 2
