"""A developer reads and follows the logs of several containers as one."""

from __future__ import annotations

import itertools
import re
import signal

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.testbed import wait_until

pytestmark = pytest.mark.engine

LINE = re.compile(r"^(?P<name>[a-z]+-\d+) +\| (?P<text>.*)$")
COLOURED = re.compile(r"^(?P<colour>\x1b\[[0-9;]*m)(?P<name>[a-z]+-\d+) +\|")


def test_following_must_prefix_whole_lines_of_all_replicas_until_interrupted(
    scenario: ScenarioOf,
) -> None:
    talk = scenario("talk")
    talk.ok("up", "-d", "--scale", "talker=3")
    names = {f"talker-{number}" for number in (1, 2, 3)}
    with talk.running("logs", "-f", "talker") as process:
        wait_until(lambda: all(f"{name} " in talk.output() for name in names), 30)
        so_far = len(talk.output())
        wait_until(lambda: len(talk.output()) > so_far + 500, 30, what="lines that come later")
        code = talk.interrupt(process)
    assert code == 130
    lines = [LINE.match(line) for line in talk.output().splitlines() if line.strip()]
    assert all(lines), "a line without prefix"
    assert {match["name"] for match in lines if match} == names
    whole = re.compile(r"(count \d+ of [0-9a-f]+ end|ready)$")
    assert [match["text"] for match in lines if match and not whole.match(match["text"])] == []


def test_following_must_colour_replicas_apart(scenario: ScenarioOf) -> None:
    talk = scenario("talk")
    talk.ok("up", "-d", "--scale", "talker=3")
    with talk.running("--ansi", "always", "logs", "-f", "talker") as process:
        wait_until(lambda: all(f"talker-{n}" in talk.output() for n in (1, 2, 3)), 30)
        talk.interrupt(process)
    seen = {
        match["name"]: match["colour"]
        for match in map(COLOURED.match, talk.output().splitlines())
        if match
    }
    assert set(seen) == {"talker-1", "talker-2", "talker-3"}
    assert len(set(seen.values())) == 3


def test_logs_without_follow_must_be_merged_in_order_of_time(scenario: ScenarioOf) -> None:
    talk = scenario("talk")
    talk.ok("up", "-d", "--scale", "talker=3")
    wait_until(lambda: all(len(talk.logs_of(one)) > 300 for one in talk.ids("talker")), 30)
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


def test_tail_must_limit_each_container(scenario: ScenarioOf) -> None:
    talk = scenario("talk")
    talk.ok("up", "-d", "--scale", "talker=2")
    wait_until(lambda: all(len(talk.logs_of(one)) > 300 for one in talk.ids("talker")), 30)
    printed = talk.ok("logs", "--tail", "2", "talker").splitlines()
    assert len(printed) == 4
    assert len(talk.ok("logs", "--tail", "1", "--no-log-prefix", "talker").splitlines()) == 2


def test_logs_of_nothing_running_must_end_by_themselves(scenario: ScenarioOf) -> None:
    talk = scenario("talk")
    talk.ok("up", "-d")
    talk.ok("kill", "-s", "SIGKILL")
    with talk.running("logs", "-f") as process:
        assert process.wait(30) == 0
    assert "talker-1" in talk.output()


def test_attached_up_must_show_logs_and_stop_all_on_interrupt(scenario: ScenarioOf) -> None:
    talk = scenario("talk")
    with talk.running("up") as process:
        wait_until(lambda: re.search(r"^talker-1 +\| count", talk.output(), re.M), 30)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert set(talk.states().values()) == {"exited"}
