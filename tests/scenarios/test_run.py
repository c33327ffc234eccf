"""One command in a container of its own: streams, exit code, terminal, and what is left of it."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario, free_port, started
from tests.scenarios.terminal import on_terminal
from tests.testbed import wait_until

pytestmark = pytest.mark.engine


def piped(work: Scenario, *arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a command of the program with ``data`` as its whole standard input."""
    command = work.command(*arguments)
    environ = work.environ()
    return subprocess.run(
        command, cwd=work.folder, env=environ, input=data, capture_output=True, timeout=120
    )


def oneoffs(work: Scenario) -> list[dict[str, Any]]:
    """The one-off containers of the service ``app``."""
    label = "com.docker.compose.oneoff"
    return [one for one in work.containers("app") if one["Config"]["Labels"][label] == "True"]


def test_a_command_must_have_its_streams_its_dependencies_and_its_exit_code(
    scenario: ScenarioOf,
) -> None:
    work = scenario("oneoff")
    data = bytes(range(256)) * 4096
    done = piped(work, "run", "app", "sh", "-c", "cat; echo talk >&2; exit 7", data=data)
    assert done.returncode == 7
    assert done.stdout == data
    assert b"talk\n" in done.stderr
    assert work.states()["db-1"] == "running"
    assert work.container("db")["State"]["Health"]["Status"] == "healthy"
    (left,) = oneoffs(work)
    labels = left["Config"]["Labels"]
    slug = labels["com.docker.compose.slug"]
    assert left["Name"] == f"{work.name}-app-run-{slug[:12]}"
    assert left["State"]["ExitCode"] == 7
    assert "com.docker.compose.container-number" not in labels
    first = started(work.container("db"))

    done = piped(work, "run", "--rm", "-T", "app", "sh", "-c", "exit 9")
    assert (done.returncode, done.stdout) == (9, b"")
    done = piped(work, "run", "--rm", "app", "no-such-program")
    assert done.returncode == 1
    assert b"no-such-program" in done.stderr
    assert [one["Id"] for one in oneoffs(work)] == [left["Id"]], "--rm leaves nothing"
    assert started(work.container("db")) == first, "what runs is left alone"

    work.ok("down", "-t0")
    assert work.containers() == []


def test_options_must_reach_the_container(scenario: ScenarioOf) -> None:
    work = scenario("oneoff")
    work.env = {"PORT": str(free_port()), "RESTART": "always"}
    (work.folder / "more.env").write_text("FROM=file\nGIVEN=lower\n")
    flags = ["--no-deps", "-d", "-e", "GIVEN=flag", "-e", "TAKEN", "--env-from-file", "more.env"]
    flags += ["-u", "7:8", "-w", "/opt/x", "-l", "own=1", "-v", "./:/here:ro", "-v", "/own"]
    flags += ["--cap-add", "NET_ADMIN", "--cap-drop", "CHOWN", "--entrypoint", "sh -c"]
    port = free_port()
    flags += ["-p", f"127.0.0.1:{port}:81", "--name", f"{work.name}-named", "--use-aliases"]
    done = work.run("run", *flags, "app", "exec sleep 600", env={"TAKEN": "here"})
    assert done.returncode == 0, done.stderr
    (made,) = oneoffs(work)
    assert done.stdout == made["Id"] + "\n"
    assert made["Name"] == f"{work.name}-named"
    config, host = made["Config"], made["HostConfig"]
    assert (config["User"], config["WorkingDir"]) == ("7:8", "/opt/x")
    assert config["Entrypoint"] in ("sh -c", ["sh", "-c"])
    assert config["Cmd"] == ["exec sleep 600"]
    assert {"GIVEN=flag", "TAKEN=here", "FROM=file", "KEPT=file"} <= set(config["Env"])
    assert config["Labels"]["own"] == "1"
    assert config["Tty"] is False
    assert host["RestartPolicy"]["Name"] in ("", "no")
    assert list(host["PortBindings"]) == ["81/tcp"]
    assert host["PortBindings"]["81/tcp"][0]["HostPort"] == str(port)
    assert "CAP_NET_ADMIN" in made["EffectiveCaps"] or made["EffectiveCaps"] is None
    assert "CAP_CHOWN" not in (made["BoundingCaps"] or [])
    mounts = {mount["Destination"]: mount for mount in made["Mounts"]}
    assert Path(mounts["/here"]["Source"]) == work.folder.resolve()
    assert mounts["/here"]["RW"] is False
    assert mounts["/own"]["Type"] == "volume"
    done = work.run("run", "--rm", "--no-deps", "--name", f"{work.name}-named", "app", "true")
    assert done.returncode == 1
    assert [one["Id"] for one in oneoffs(work)] == [made["Id"]], "--rm removes its own alone"
    assert "Would run in" in work.ok("run", "--dry-run", "app", "true")
    assert len(oneoffs(work)) == 1
    (network,) = made["NetworkSettings"]["Networks"].values()
    assert {"app", "front"} <= set(network["Aliases"])
    assert work.containers("db") == []

    flags = ["--no-deps", "--rm", "--service-ports", "--privileged", "-d", "-q", "--quiet-pull"]
    assert work.ok("run", *flags, "app", "sleep", "600") == ""
    second = next(one for one in oneoffs(work) if one["Id"] != made["Id"])
    assert list(second["HostConfig"]["PortBindings"]) == ["80/tcp"]
    assert second["HostConfig"]["Privileged"] is True
    (network,) = second["NetworkSettings"]["Networks"].values()
    assert not {"app", "front"} & set(network["Aliases"])
    work.testbed.podman("kill", second["Id"])

    def gone() -> bool:
        return work.testbed.podman("container", "exists", second["Id"], check=False).returncode == 1

    wait_until(gone, what="removal of the container with --rm")
    work.ok("down", "-t0", "-v")
    assert work.containers() == []
    assert work.resources("network") == set()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-P", "-p", "80:80", "app"], "--service-ports and --publish are incompatible"),
        (["-l", "word", "app"], "label must be set as KEY=VALUE"),
        (["-t", "-T", "app"], "--tty and --no-TTY can't be used together"),
        (["-t", "app"], "the input device is not a TTY"),
        (["-p", "nonsense", "app"], "--publish: "),
        (["appp"], "no such service: appp"),
    ],
)
def test_what_cannot_be_must_be_said(scenario: ScenarioOf, arguments: list[str], said: str) -> None:
    work = scenario("oneoff")
    done = work.run("run", *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stdout == ""
    assert work.containers() == []


def test_a_terminal_must_be_the_containers_own(scenario: ScenarioOf) -> None:
    work = scenario("oneoff")
    command = work.command("run", "--rm", "--no-deps", "app", "sh")
    with on_terminal(command, work.folder, work.environ()) as terminal:
        terminal.hold_a_shell()
        terminal.type("exit 5\r")
        assert terminal.ended() == 5
        assert terminal.echoes(), "the terminal is as it was before"
    assert work.containers() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_must_reach_a_command_without_a_terminal(
    scenario: ScenarioOf, number: signal.Signals
) -> None:
    work = scenario("oneoff")
    script = (
        f"trap 'echo caught; exit 3' {number.name[3:]}; echo waiting; while :; do sleep 0.1; done"
    )
    with work.running("run", "--rm", "--no-deps", "-T", "app", "sh", "-c", script) as process:
        wait_until(lambda: "waiting" in work.output())
        process.send_signal(number)
        assert process.wait(60) == 3
    assert "caught" in work.output()
    assert work.containers() == []


def test_ctrl_c_on_a_terminal_must_reach_a_command_that_has_none(scenario: ScenarioOf) -> None:
    work = scenario("oneoff")
    script = "trap 'echo caught; exit 3' INT; echo waiting; while :; do sleep 0.1; done"
    command = work.command("run", "--rm", "--no-deps", "-T", "app", "sh", "-c", script)
    with on_terminal(command, work.folder, work.environ()) as terminal:
        terminal.until("waiting")
        terminal.type("\x03")
        terminal.until("caught")
        assert terminal.ended() == 3
    assert work.containers() == []


def test_the_third_ctrl_c_must_end_what_does_not_listen(scenario: ScenarioOf) -> None:
    work = scenario("oneoff")
    script = "trap 'echo heard' INT; echo waiting; while :; do sleep 0.1; done"
    command = work.command("run", "--rm", "--no-deps", "-T", "app", "sh", "-c", script)
    with on_terminal(command, work.folder, work.environ()) as terminal:
        terminal.until("waiting")
        for _ in range(2):
            terminal.type("\x03")
            terminal.until("heard")
        terminal.type("\x03")
        assert terminal.ended() == 137
    assert work.containers() == []


def test_a_service_that_runs_must_stay_as_it_is(scenario: ScenarioOf) -> None:
    work = scenario("oneoff")
    work.ok("up", "-d")
    before = {one["Id"]: started(one) for one in work.containers()}
    work.ok("run", "app", "true", env={"DB": "one"})
    after = {one["Id"]: started(one) for one in work.containers() if one not in oneoffs(work)}
    assert before.items() <= after.items()
    assert len(oneoffs(work)) == 1
    work.ok("up", "-d", "--remove-orphans")
    assert oneoffs(work) == []
    assert {one["Id"]: started(one) for one in work.containers()} == before
