"""The journal as lines of logs: whose they are, what is left out, and how it is asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from composer.systemd.journal import Journal, last_lines
from composer.systemd.manager import Manager, SystemdError
from composer.systemd.places import place
from composer.systemd.units import Replica
from tests.unit.systemd.recorder import Recorder

WEB = Replica("web", 1, "p-web-1", "p-web-1.service")
APP = Replica("app", 2, "p-app-2", "p-app@2.service")


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    return Recorder(tmp_path / "systemd")


def journal(recorder: Recorder, *, user: bool = True) -> Journal:
    environ = {**os.environ, "PATH": recorder.path, "XDG_RUNTIME_DIR": str(recorder.folder)}
    return Journal(Manager(place(user=user, environ=environ), environ), [WEB, APP])


def test_lines_belong_to_the_unit_of_their_container(recorder: Recorder) -> None:
    recorder.journal(
        {"MESSAGE": "Starting", "USER_UNIT": WEB.unit},
        {"MESSAGE": "hello\n", "CONTAINER_NAME": "p-app-2", "_SYSTEMD_USER_UNIT": "other.scope"},
        {"MESSAGE": [255, 10, 65], "_SYSTEMD_USER_UNIT": WEB.unit},
        {"MESSAGE": "of somebody else", "CONTAINER_NAME": "q-app-2"},
        {"MESSAGE": None, "CONTAINER_NAME": "p-web-1"},
    )
    found = [(line.unit, line.text) for line in journal(recorder).read()]
    assert found == [
        (WEB.unit, b"Starting"),
        (APP.unit, b"hello"),
        (WEB.unit, b"\xff"),
        (WEB.unit, b"A"),
        (WEB.unit, b""),
    ]
    (call,) = recorder.calls("journalctl")
    assert call == (
        "_SYSTEMD_USER_UNIT=p-app@2.service _SYSTEMD_USER_UNIT=p-web-1.service + "
        "USER_UNIT=p-app@2.service USER_UNIT=p-web-1.service + "
        "CONTAINER_NAME=p-app-2 CONTAINER_NAME=p-web-1"
    )


def test_what_podman_says_for_itself_is_left_out(recorder: Recorder) -> None:
    recorder.journal(
        {"MESSAGE": "container start", "PODMAN_EVENT": "start", "UNIT": WEB.unit},
        {"MESSAGE": "0123456789abcdef" * 4, "_COMM": "podman", "UNIT": WEB.unit},
        {"MESSAGE": "conmon <nwarn>", "SYSLOG_IDENTIFIER": "conmon", "UNIT": WEB.unit},
        {"MESSAGE": "Error: no such image", "_COMM": "podman", "UNIT": WEB.unit},
        {"MESSAGE": "abcdef0123456789" * 4, "CONTAINER_NAME": "p-web-1"},
    )
    found = [line.text for line in journal(recorder, user=False).read()]
    assert found == [b"Error: no such image", b"abcdef0123456789" * 4]


def test_parts_of_a_long_line_are_one(recorder: Recorder) -> None:
    recorder.journal(
        {"MESSAGE": "a", "CONTAINER_NAME": "p-web-1", "CONTAINER_PARTIAL_MESSAGE": "true"},
        {"MESSAGE": "other", "CONTAINER_NAME": "p-app-2"},
        {"MESSAGE": "b\n", "CONTAINER_NAME": "p-web-1"},
    )
    assert [line.text for line in journal(recorder).read()] == [b"other", b"ab"]
    assert [line.text for line in journal(recorder).read(tail=1)] == [b"other", b"ab"]


def test_a_tail_is_that_of_each_unit_in_order_of_time(recorder: Recorder) -> None:
    said = [("p-web-1", "1"), ("p-app-2", "2"), ("p-app-2", "3\n4"), ("p-web-1", "5")]
    recorder.journal(*({"MESSAGE": text, "CONTAINER_NAME": name} for name, text in said))
    lines = list(journal(recorder).read(tail=2))
    assert [line.text for line in lines] == [b"1", b"3", b"4", b"5"]
    assert lines[0].time == b"2023-11-14T22:13:20.000000000Z"
    assert lines[-1].cursor == "c3"
    assert list(journal(recorder).read(tail=0)) == []


def test_times_and_places_are_handed_on(recorder: Recorder) -> None:
    since, until = b"2023-11-14T22:13:20.500000000Z", b"2023-11-14T22:13:30.000000000Z"
    list(journal(recorder).read(since=since, until=until))
    list(journal(recorder).read(after="c7", follow=True))
    text = (recorder.folder / "calls").read_text()
    assert "--since=@1700000000.500000 --until=@1700000010.000000" in text
    assert "--after-cursor=c7 --follow --lines=all" in text
    assert text.count("--user") == 2


def test_a_journal_that_may_not_be_read_says_who_may(recorder: Recorder) -> None:
    recorder.fail("journal", "No journal files were opened due to insufficient permissions.\n")
    with pytest.raises(SystemdError, match="cannot be read by this user") as raised:
        list(journal(recorder).read())
    assert "systemd-journal" in (raised.value.hint or "")
    environ = {"PATH": recorder.path, "XDG_RUNTIME_DIR": "/"}
    manager = Manager(place(user=True, environ=environ), environ)
    assert last_lines(manager, WEB.unit) == []
    recorder.fail("journal", "Failed to add match\n")
    with pytest.raises(SystemdError, match="journalctl: Failed to add match"):
        list(journal(recorder).read())
