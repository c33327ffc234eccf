"""Commands in running containers, and terminals that become theirs: exec and attach."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests import rootless
from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario
from tests.scenarios.terminal import on_terminal
from tests.testbed import wait_until

pytestmark = pytest.mark.engine

TALKS = "trap 'echo caught; exit 4' INT; while :; do echo at work; sleep 0.1; done"
LISTENS = 'while read line; do echo heard $$line; [ "$$line" = end ] && exit 6; done'


@pytest.fixture(scope="module")
def running(shared: ScenarioOf) -> Scenario:
    """``app`` with two replicas, ``talks`` that ends with 4 on SIGINT, ``listens`` with a tty."""
    work = shared("plain")
    common = {"image": "busybox", "network_mode": "none"}
    services = {
        "app": {**common, "command": ["sleep", "600"], "scale": 2},
        "talks": {**common, "command": ["sh", "-c", TALKS]},
        "listens": {**common, "command": ["sh", "-c", LISTENS], "tty": True, "stdin_open": True},
    }
    (work.folder / "compose.yaml").write_text(json.dumps({"services": services}))
    return work


@pytest.fixture
def work(running: Scenario) -> Iterator[Scenario]:
    """All of it running, whatever the test before did."""
    running.ok("up", "-d")
    yield running
    if rootless.groups():
        running.ok("unpause")


def piped(work: Scenario, *arguments: str, data: bytes) -> subprocess.CompletedProcess[bytes]:
    """Run a command of the program with ``data`` as its whole standard input."""
    command, environ = work.command(*arguments), work.environ()
    return subprocess.run(
        command, cwd=work.folder, env=environ, input=data, capture_output=True, timeout=60
    )


def test_exec_must_pass_streams_options_and_the_exit_code(work: Scenario) -> None:
    data = bytes(range(256)) * 2048
    done = piped(work, "exec", "app", "sh", "-c", "cat; echo talk >&2; exit 7", data=data)
    assert (done.returncode, done.stdout) == (7, data)
    assert done.stderr == b"talk\n"
    assert piped(work, "exec", "-i=false", "app", "cat", data=data).stdout == b""
    assert piped(work, "exec", "app", "test", "-t", "0", data=b"").returncode == 1
    closed = ["sh", "-c", '"$@" <&-', "sh", *work.command("exec", "app", "cat")]
    assert subprocess.run(closed, cwd=work.folder, env=work.environ(), timeout=60).returncode == 0
    assert work.run("exec", "app", "no-such-program").returncode == 127

    script = "echo $A $(id -u):$(id -g) $PWD $(hostname)"
    flags = ["-e", "A=b", "-u", "7:8", "-w", "/tmp", "--index", "2"]
    words = work.ok("exec", *flags, "app", "sh", "-c", script).split()
    second = next(one for one in work.containers("app") if one["Name"].endswith("-2"))
    assert words == ["b", "7:8", "/tmp", second["Config"]["Hostname"]]
    assert work.run("exec", "--index", "3", "app", "true").returncode == 1
    few = work.ok("exec", "app", "grep", "CapEff", "/proc/self/status")
    many = work.ok("exec", "--privileged", "app", "grep", "CapEff", "/proc/self/status")
    assert int(many.split()[1], 16) > int(few.split()[1], 16)

    assert work.ok("exec", "-d", "app", "touch", "/done") == ""
    first = f"{work.name}-app-1"
    wait_until(lambda: work.inside(first, "test", "-e", "/done").returncode == 0)


def test_exec_on_a_terminal_must_have_its_size_and_its_keys(work: Scenario) -> None:
    with on_terminal(work.command("exec", "app", "sh"), work.folder, work.environ()) as terminal:
        terminal.hold_a_shell()
        terminal.type("exit 5\r")
        assert terminal.ended() == 5
        assert terminal.echoes()
    command = work.command("exec", "-T", "app", "test", "-t", "0")
    with on_terminal(command, work.folder, work.environ()) as terminal:
        assert terminal.ended() == 1, "-T: no terminal, though there is one"


def test_attach_must_show_a_container_and_pass_signals_on(work: Scenario) -> None:
    with work.running("attach", "--no-stdin", "talks") as process:
        wait_until(lambda: "at work" in work.output())
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 4
    assert "caught" in work.output()
    wait_until(lambda: work.states()["talks-1"] == "exited")
    done = work.run("attach", "talks")
    assert done.returncode == 1
    assert "talks is not running" in done.stderr

    work.ok("start", "talks")
    with work.running("attach", "--sig-proxy=false", "--no-stdin", "talks") as process:
        wait_until(lambda: "at work" in work.output())
        for _ in range(3):
            process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGHUP)
        process.wait(60)
    assert "caught" not in work.output()
    assert work.states()["talks-1"] == "running"
    if rootless.groups():
        work.testbed.podman("pause", f"{work.name}-talks-1")
        done = work.run("attach", "talks")
        assert done.returncode == 1
        assert "cannot attach to a paused container" in done.stderr


def test_attach_must_be_left_by_keys_and_end_with_the_container(work: Scenario) -> None:
    command = work.command("attach", "--detach-keys", "ctrl-x", "listens")
    with on_terminal(command, work.folder, work.environ()) as terminal:
        terminal.type("one\r")
        terminal.until("heard one")
        terminal.type("\x18")
        assert terminal.ended() == 0
        assert terminal.echoes()
    assert work.states()["listens-1"] == "running"
    with on_terminal(work.command("attach", "listens"), work.folder, work.environ()) as terminal:
        terminal.type("end\r")
        terminal.until("heard end")
        assert terminal.ended() == 6
