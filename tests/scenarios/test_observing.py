"""What goes on in containers: top, stats, events, wait."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests import rootless
from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.recorder import Recorder
from tests.scenarios.steps import Scenario
from tests.scenarios.terminal import on_terminal
from tests.testbed import wait_until

pytestmark = pytest.mark.engine

TWO = {
    "services": {
        "app": {
            "image": "busybox",
            "command": ["sh", "-c", "while [ ! -e /end ]; do sleep 0.1; done; exit 3"],
            "network_mode": "none",
            "stop_signal": "SIGKILL",
            "labels": {"mine": "yes"},
        },
        "db": {
            "image": "busybox",
            "command": ["sleep", "600"],
            "network_mode": "none",
            "stop_signal": "SIGKILL",
        },
    }
}


def two(scenario: ScenarioOf) -> Scenario:
    """A project whose ``app`` ends with 3 when a file is there, and whose ``db`` goes on."""
    work = scenario("plain")
    (work.folder / "compose.yaml").write_text(json.dumps(TWO))
    work.ok("up", "-d")
    return work


def end_app(work: Scenario) -> None:
    assert work.inside(f"{work.name}-app-1", "touch", "/end").returncode == 0


def test_top_must_list_the_processes_of_what_runs(scenario: ScenarioOf) -> None:
    work = two(scenario)
    header, *lines = work.ok("top").splitlines()
    columns = ["SERVICE", "#", "UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
    assert header.split() == columns
    rows = [line.split(maxsplit=9) for line in lines]
    assert {row[0] for row in rows} == {"app", "db"}
    first = next(row for row in rows if row[0] == "db")
    assert first[1:6] == ["1", "0", "1", "0", "0"] or first[2] == "root"
    assert re.fullmatch(r"\d\d:\d\d", first[6])
    assert first[8:] == ["00:00:00", "sleep 600"]
    assert lines[0].index("sh -c") == header.index("CMD")
    assert all(line.startswith("db ") for line in work.ok("top", "db").splitlines()[1:])
    if rootless.groups():
        work.testbed.podman("pause", f"{work.name}-db-1")
        assert "db" not in {line.split()[0] for line in work.ok("top").splitlines()}
        work.testbed.podman("unpause", f"{work.name}-db-1")
    done = work.run("top", "dbb")
    assert (done.returncode, done.stdout) == (1, "")
    work.ok("kill")
    assert work.ok("top") == ""


@pytest.mark.skipif(not rootless.groups(), reason="Podman cannot measure containers here")
def test_stats_must_be_those_of_docker_compose(scenario: ScenarioOf) -> None:
    work = two(scenario)
    lines = work.ok("stats", "--no-stream", "--format", "json").splitlines()
    found = {row["Name"]: row for row in map(json.loads, lines)}
    assert set(found) == {f"{work.name}-app-1", f"{work.name}-db-1"}
    row = found[f"{work.name}-db-1"]
    keys = ["BlockIO", "CPUPerc", "Container", "ID", "MemPerc", "MemUsage", "Name", "NetIO", "PIDs"]
    assert list(row) == keys
    assert row["Container"] == work.container("db")["Id"]
    assert row["ID"] == row["Container"][:12]
    assert re.fullmatch(r"\d+\.\d\d%", row["CPUPerc"])
    assert re.fullmatch(r"[\d.]+[KM]iB / [\d.]+GiB", row["MemUsage"])
    assert re.fullmatch(r"[\d.]+k?B / [\d.]+k?B", row["NetIO"])
    assert row["PIDs"] == "1"

    header, line = work.ok("stats", "--no-stream", "--no-trunc", "db").splitlines()
    assert re.split(r" {2,}", header) == [
        "CONTAINER ID", "NAME", "CPU %", "MEM USAGE / LIMIT", "MEM %",
        "NET I/O", "BLOCK I/O", "PIDS",
    ]  # fmt: skip
    assert line.split()[0] == row["Container"]
    shown = work.ok("stats", "--no-stream", "--format", "{{.Name}}={{.PIDs}}", "db")
    assert shown == f"{work.name}-db-1=1\n"

    work.ok("kill", "db")
    assert f"{work.name}-db-1" not in work.ok("stats", "--no-stream")
    (rest,) = [one for one in work.ok("stats", "--no-stream", "-a").splitlines() if "-db-1" in one]
    assert rest.split()[2:6] == ["0.00%", "0B", "/", "0B"]

    command = work.command("stats", "app")
    with on_terminal(command, work.folder, work.environ()) as terminal:
        terminal.until("\x1b[H")
        terminal.until(f"{work.name}-app-1")
        terminal.until("\x1b[H")
        terminal.until(f"{work.name}-app-1")
        terminal.type("\x03")
        assert terminal.ended() == 130


def test_events_must_be_told_while_they_happen_and_afterwards(scenario: ScenarioOf) -> None:
    work = two(scenario)
    with work.running("events", "--json", "app") as process:
        # What begins to listen may miss what happens at that moment: both are stopped in turn.
        def told() -> str:
            work.testbed.podman("restart", "-t0", f"{work.name}-app-1", f"{work.name}-db-1")
            return work.output()

        wait_until(told, what="an event")
        assert work.interrupt(process) == 130
    live = [json.loads(line) for line in work.output().splitlines()]
    assert {event["service"] for event in live} == {"app"}
    assert {event["id"] for event in live} == {work.container("app")["Id"]}

    end_app(work)
    wait_until(lambda: work.states()["app-1"] == "exited")
    work.ok("kill", "db")
    work.ok("run", "--rm", "-T", "db", "true")
    past = work.ok("events", "--json", "--since", "5m", "--until", "0s").splitlines()
    events = [json.loads(line) for line in past]
    assert list(events[0]) == ["action", "attributes", "id", "service", "time", "type"]
    assert all(
        re.fullmatch(r"20\d\d-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)", e["time"]) for e in events
    )
    died = [e["attributes"] for e in events if e["action"] == "die" and e["service"] == "app"]
    assert died[-1] == {
        "exitCode": "3",
        "image": "docker.io/library/busybox:latest",
        "mine": "yes",
        "name": f"{work.name}-app-1",
    }
    assert {e["id"] for e in events} == set(work.ids()), "one-off containers are not told of"
    text = work.ok("events", "--since", "5m", "--until", "0s")
    first = events[0]
    assert len(text.strip().split("\n\n")) == len(events)
    said = f" container {first['action']} {first['id']} (image=docker.io/library/busybox:latest, "
    assert re.match(r"\d{4}-\d\d-\d\d [\d:]{8}\.\d{6}" + re.escape(said), text)
    done = work.run("events", "--since", "soon")
    assert done.returncode == 1
    assert "'soon' is not a time" in done.stderr


def test_wait_must_give_the_exit_code(scenario: ScenarioOf, tmp_path: Path) -> None:
    work = two(scenario)
    identity = work.container("app")["Id"]
    recorder = Recorder(tmp_path / "engine.sock", work.testbed.socket)
    work.env = {"CONTAINER_HOST": recorder.url}

    def waits() -> bool:
        return any(path.partition("?")[0].endswith("/wait") for _, path in recorder.requests)

    with work.running("wait", "app") as process:
        wait_until(waits)
        end_app(work)
        assert process.wait(60) == 3
    assert work.output() == f'container "{identity}" exited with status code 3\n'
    done = work.run("wait", "app")
    assert done.returncode == 1
    assert "no containers" in done.stderr

    work.ok("up", "-d", "--force-recreate")
    recorder.requests.clear()
    with work.running("wait", "app", "db", "--down-project") as process:
        wait_until(waits)
        end_app(work)
        assert process.wait(60) == 3
    recorder.close()
    assert work.containers() == []
