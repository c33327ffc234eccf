"""A developer reads and follows the logs of several containers as one."""

from __future__ import annotations

import itertools
import re
import signal
import subprocess

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario
from tests.testbed import wait_until

pytestmark = pytest.mark.engine

LINE = re.compile(r"^(?P<name>[a-z]+-\d+) +\| (?P<text>.*)$")
COLOURED = re.compile(r"^(?P<colour>\x1b\[[0-9;]*m)(?P<name>[a-z]+-\d+) +\|")


@pytest.fixture(scope="module")
def talk(shared: ScenarioOf) -> Scenario:
    """Three replicas that talk: for tests that only listen."""
    made = shared("talk")
    made.ok("up", "-d", "--scale", "talker=3")
    return made


def test_following_must_prefix_whole_lines_of_all_replicas_until_interrupted(
    talk: Scenario,
) -> None:
    names = {f"talker-{number}" for number in (1, 2, 3)}
    with talk.running("logs", "-f", "talker") as process:
        wait_until(lambda: all(f"{name} " in talk.output() for name in names))
        so_far = len(talk.output())
        wait_until(lambda: len(talk.output()) > so_far + 500, what="lines that come later")
        code = talk.interrupt(process)
    assert code == 130
    lines = [LINE.match(line) for line in talk.output().splitlines() if line.strip()]
    assert all(lines), "a line without prefix"
    assert {match["name"] for match in lines if match} == names
    whole = re.compile(r"(count \d+ of [0-9a-f]+ end|ready)$")
    assert [match["text"] for match in lines if match and not whole.match(match["text"])] == []


def test_following_must_colour_replicas_apart(talk: Scenario) -> None:
    with talk.running("--ansi", "always", "logs", "-f", "talker") as process:
        wait_until(lambda: all(f"talker-{n}" in talk.output() for n in (1, 2, 3)))
        talk.interrupt(process)
    seen = {
        match["name"]: match["colour"]
        for match in map(COLOURED.match, talk.output().splitlines())
        if match
    }
    assert set(seen) == {"talker-1", "talker-2", "talker-3"}
    assert len(set(seen.values())) == 3


def test_logs_without_follow_must_be_merged_in_order_of_time(talk: Scenario) -> None:
    wait_until(lambda: all(len(talk.logs_of(one)) > 300 for one in talk.ids("talker")))
    printed = talk.ok("logs", "--timestamps").splitlines()
    times, names = [], []
    for line in printed:
        match = LINE.match(line)
        assert match, line
        times.append(match["text"].split()[0])
        names.append(match["name"])
    assert times == sorted(times)
    switches = sum(first != second for first, second in itertools.pairwise(names))
    assert switches > 3, "not merged: one container after the other"


def test_tail_must_limit_each_container(talk: Scenario) -> None:
    wait_until(lambda: all(len(talk.logs_of(one)) > 300 for one in talk.ids("talker")))
    printed = talk.ok("logs", "--tail", "2", "talker").splitlines()
    assert len(printed) == 6
    assert len(talk.ok("logs", "--tail", "1", "--no-log-prefix", "talker").splitlines()) == 3


def test_logs_of_nothing_running_must_end_by_themselves(scenario: ScenarioOf) -> None:
    talk = scenario("talk")
    talk.ok("up", "-d")
    wait_until(lambda: talk.logs_of(talk.ids("talker")[0]), what="something to show")
    talk.ok("kill", "-s", "SIGKILL")
    with talk.running("logs", "-f") as process:
        assert process.wait(60) == 0
    assert "talker-1" in talk.output()


def test_attached_up_must_show_logs_and_stop_all_on_interrupt(scenario: ScenarioOf) -> None:
    talk = scenario("talk")
    with talk.running("up") as process:
        wait_until(lambda: re.search(r"^talker-1 +\| count", talk.output(), re.M))
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert set(talk.states().values()) == {"exited"}


def shown(work: Scenario, *arguments: str) -> bytes:
    """The bytes that a ``logs`` command prints."""
    words = work.command("logs", *arguments)
    done = subprocess.run(words, cwd=work.folder, env=work.environ(), capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


def test_lines_must_stay_whole_whatever_is_in_them(scenario: ScenarioOf) -> None:
    said = scenario("said")
    said.ok("up", "-d", "odd", "terminal")
    wait_until(lambda: set(said.states().values()) == {"exited"})
    lines = [
        "grüße 日本 🙂".encode(),
        b"\xff\xfe\x00\x01 binary",
        b"x" * 1048576,
        b"no end",
    ]
    for how in ((), ("-f",), ("-t",), ("--tail", "4"), ("-f", "--tail", "4")):
        raw = shown(said, *how, "--no-log-prefix", "odd").splitlines()
        found = [line.split(b" ", 1)[1] for line in raw] if "-t" in how else raw
        assert [line == wanted for line, wanted in zip(found, lines, strict=True)] == [True] * 4
        named = shown(said, *how, "--no-color", "odd").splitlines()
        assert all(line.startswith(b"odd-1  | ") for line in named), how
        assert len(named) == 4

    terminal = shown(said, "--no-log-prefix", "terminal")
    assert terminal.startswith(b"/dev/")
    assert b"\none\r\n\x1b[31mred\x1b[0m\r\nno end" in terminal, "as the terminal got it"
    assert shown(said, "-f", "--no-log-prefix", "terminal") == terminal


def test_following_must_show_what_starts_later_and_again(scenario: ScenarioOf) -> None:
    said = scenario("said")
    said.ok("up", "-d", "counted")
    with said.running("logs", "-f", "--since", "1h", "counted") as process:
        wait_until(lambda: "counted-1  | began" in said.output())
        said.ok("up", "-d", "--scale", "counted=2", "counted")
        wait_until(lambda: "counted-2  | began" in said.output())
        said.ok("restart", "counted")
        wait_until(lambda: said.output().count("began as") == 4)
        assert said.interrupt(process) == 130
    text = said.output()
    assert [text.count(f"counted-{n}  | began as ") for n in (1, 2)] == [2, 2]

    assert len(shown(said, "--index", "2", "counted").splitlines()) == 2
    assert shown(said, "--tail", "-1", "counted") == shown(said, "counted")
    assert shown(said, "--until", "1h") == shown(said, "--tail", "0") == b""
    moment = shown(said, "-t", "--no-log-prefix", "--index", "1", "counted").split()[0].decode()
    assert len(shown(said, "--since", moment, "--index", "1", "counted").splitlines()) == 2
    for words in (("--index", "9", "counted"), ("--since", "soon"), ("--tail", "few")):
        done = said.run("logs", *words)
        assert (done.returncode, done.stdout) == (1, "")
        assert words[1] in done.stderr
