"""Logs, events and ends of containers on a real Podman."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from composer.engine.api import ContainerEvent, LogLine
from composer.engine.log_source import follow_logs
from tests.integration.conftest import Workbench, service, wait_until

pytestmark = pytest.mark.engine

TALK = "echo one; echo two >&2; printf 'thr'; printf 'ee\\n\\n'; echo é; printf unfinished"


def talker(bench: Workbench, script: str, **more: Any) -> str:
    wanted = service("a", network_mode="none", networks={}, command=("sh", "-c", script), **more)
    return bench.up(bench.project(wanted), "a")


def texts(bench: Workbench, container: str, **more: Any) -> list[tuple[str, str]]:
    batches = bench.engine.logs(container, **more)
    return [(line.stream, line.text.decode()) for batch in batches for line in batch]


def over_the_api(bench: Workbench, container: str, **more: Any) -> list[LogLine]:
    said: dict[str, Any] = {"follow": False, "since": None, "until": None, "tail": None}
    said |= {"timestamps": False, **more}
    batches = follow_logs(bench.engine._libpod, container, stop=None, **said)
    return [line for batch in batches for line in batch]


def test_whole_lines_from_the_file_and_over_the_api(bench: Workbench) -> None:
    container = talker(bench, TALK)
    assert bench.engine.wait_exit(container, lambda: False) == 0
    expected = {
        "stdout": ["one", "three", "", "é", "unfinished"],
        "stderr": ["two"],
    }
    for lines in (
        texts(bench, container),
        [(line.stream, line.text.decode()) for line in over_the_api(bench, container)],
    ):
        for stream, wanted in expected.items():
            assert [text for said, text in lines if said == stream] == wanted


def test_times_can_be_compared(bench: Workbench) -> None:
    begin = time.time()
    container = talker(bench, "echo a; echo b")
    bench.engine.wait_exit(container, lambda: False)
    lines = [x for batch in bench.engine.logs(container, timestamps=True) for x in batch]
    assert [line.text for line in lines] == [b"a", b"b"]
    assert [line.time for line in lines] == sorted(line.time for line in lines)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(begin)).encode()
    assert all(line.time >= stamp and len(line.time) == 30 for line in lines)
    assert [x.time[:19] for x in over_the_api(bench, container, timestamps=True)] == [
        line.time[:19] for line in lines
    ]


def test_tail_since_and_until(bench: Workbench) -> None:
    container = talker(bench, "for i in 1 2 3 4; do echo $i; done")
    bench.engine.wait_exit(container, lambda: False)
    assert [text for _, text in texts(bench, container, tail=2)] == ["3", "4"]
    assert texts(bench, container, tail=0) == []
    assert len(texts(bench, container, since="1h")) == 4
    assert texts(bench, container, until="1h") == []


def test_a_followed_log_ends_with_its_container(bench: Workbench) -> None:
    container = talker(bench, "echo a; sleep 0.5; echo b; exit 3")
    assert [text for _, text in texts(bench, container, follow=True)] == ["a", "b"]
    assert bench.engine.wait_exit(container, lambda: False) == 3


def test_a_silent_log_can_be_left(bench: Workbench) -> None:
    container = talker(bench, "sleep 300")
    stopped = threading.Event()
    ended = threading.Event()

    def follow() -> None:
        for _ in bench.engine.logs(container, follow=True, stop=stopped.is_set):
            pass
        ended.set()

    thread = threading.Thread(target=follow)
    thread.start()
    assert not ended.wait(0.3)
    stopped.set()
    thread.join(10)
    assert ended.is_set()


def test_a_wait_can_be_left(bench: Workbench) -> None:
    container = talker(bench, "sleep 300")
    asked: list[None] = []

    def stop() -> bool:
        asked.append(None)
        return len(asked) > 2

    assert bench.engine.wait_exit(container, stop) is None


def test_events_of_the_project_and_of_no_other(bench: Workbench) -> None:
    seen: list[ContainerEvent] = []
    done = threading.Event()

    project = bench.project(
        service("a", network_mode="none", networks={}, command=("sh", "-c", "exit 5"))
    )
    collected = bench.engine.events(bench.name, done.is_set)

    def collect() -> None:
        for event in collected:
            seen.append(event)
            if event.action == "died":
                done.set()

    listener = threading.Thread(target=collect)
    listener.start()
    name = f"{bench.name}-a-1"
    container = bench.engine.create_container(project, "a", 1, name=name)
    other = bench.testbed.podman("create", "busybox", "true").stdout.strip()
    # The listener may not have been there in time for the first run.
    wait_until(lambda: _run(bench, container, done), 20)
    listener.join(10)
    bench.engine.remove(other)
    died = next(event for event in seen if event.action == "died")
    assert (died.name, died.id, died.exit_code) == (name, container, 5)
    assert died.labels["com.docker.compose.service"] == "a"
    assert {event.id for event in seen} == {container}


def _run(bench: Workbench, container: str, done: threading.Event) -> bool:
    bench.engine.start(container)
    bench.engine.wait_exit(container, done.is_set)
    return done.is_set()


def test_a_restart_gives_the_container_its_time(bench: Workbench) -> None:
    script = "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.1; done"
    container = talker(bench, script, stop_signal=None)
    wait_until(lambda: ("stdout", "up") in texts(bench, container))
    bench.engine.restart(container)
    assert ("stdout", "bye") in texts(bench, container)
    bench.engine.kill(container)
    assert bench.engine.wait_exit(container, lambda: False) == 137
