"""The renderers: which one is chosen, and what each writes."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest

from composer.errors import ComposerError
from composer.scheduler.events import (
    Event,
    Failed,
    Finished,
    Notice,
    Planned,
    Progressed,
    Skipped,
    Started,
    Warned,
)
from composer.ui.colour import Ansi, wants_colour
from composer.ui.live import LiveView
from composer.ui.progress import Mode, renderer


class Terminal(StringIO):
    """A text stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


EVENTS: tuple[Event, ...] = (
    Planned(3),
    Started("1", "Container", "shop-db-1", "Creating"),
    Finished("1", "Container", "shop-db-1", "Created", 0.1),
    Started("2", "Image", "app", "Building"),
    Progressed("2", "STEP 1/2: FROM debian"),
    Failed("2", "Image", "app", ComposerError("no Containerfile", hint="write one")),
    Skipped("3", "Container", "shop-app-1", "app was not built"),
    Warned("FOO is not set"),
    Notice("waiting for another composer"),
)


def played(mode: Mode, ansi: Ansi = "auto", stream: StringIO | None = None) -> str:
    stream = StringIO() if stream is None else stream
    with renderer(mode, ansi=ansi, stream=stream, environ={"TERM": "xterm"}) as show:
        for event in EVENTS:
            show(event)
    return stream.getvalue()


def test_piped_progress_is_docker_composes_lines() -> None:
    assert played("auto").splitlines() == [
        " Container shop-db-1  Creating",
        " Container shop-db-1  Created",
        " Image app  Building",
        " Image app  STEP 1/2: FROM debian",
        " Image app  Error",
        " Container shop-app-1  Skipped: app was not built",
        "Warning: FOO is not set",
        "waiting for another composer",
    ]


def test_quiet_still_warns() -> None:
    assert played("quiet") == "Warning: FOO is not set\n"


def test_json_is_an_object_a_line() -> None:
    lines = [json.loads(line) for line in played("json").splitlines()]
    assert lines[0] == {"id": "Container shop-db-1", "status": "Creating"}
    assert lines[4] == {
        "id": "Image app",
        "status": "Error",
        "text": "no Containerfile",
        "error": True,
    }
    assert (lines[6]["level"], lines[6]["msg"]) == ("warning", "FOO is not set")


@pytest.mark.parametrize(
    ("mode", "ansi", "terminal", "environ", "live"),
    [
        ("auto", "auto", True, {}, True),
        ("auto", "auto", False, {}, False),
        ("auto", "never", True, {}, False),
        ("auto", "always", False, {}, False),
        ("auto", "auto", True, {"TERM": "dumb"}, False),
        ("auto", "auto", True, {"NO_COLOR": "1"}, True),
        ("plain", "auto", True, {}, False),
        ("tty", "auto", False, {}, True),
    ],
)
def test_the_view_is_live_only_where_it_can_be(
    mode: Mode, ansi: Ansi, terminal: bool, environ: dict[str, str], live: bool
) -> None:
    stream = Terminal() if terminal else StringIO()
    shown = renderer(mode, ansi=ansi, stream=stream, environ=environ)
    assert isinstance(shown, LiveView) is live


@pytest.mark.parametrize(
    ("ansi", "terminal", "environ", "colour"),
    [
        ("auto", True, {}, True),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", False, {}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {}, False),
    ],
)
def test_colour_is_asked_of_ansi_then_no_color_then_the_terminal(
    ansi: Ansi, terminal: bool, environ: dict[str, str], colour: bool
) -> None:
    assert wants_colour(ansi, Terminal() if terminal else StringIO(), environ) is colour


def test_the_last_picture_of_a_live_view_has_all_rows_and_no_hidden_cursor() -> None:
    written = played("tty", stream=Terminal())
    assert "Warning:" in written
    last = written.rpartition("[+] Running")[2]
    assert last.startswith(" 3/3")
    assert "shop-db-1" in last
    assert "Error" in last
    assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l")


def test_no_color_moves_the_cursor_but_colours_nothing() -> None:
    stream = Terminal()
    with LiveView(stream, colour=False) as view:
        for event in EVENTS:
            view(event)
    assert "\x1b[?25l" in stream.getvalue()
    assert "\x1b[32m" not in stream.getvalue()
    assert "\x1b[33m" not in stream.getvalue()


def test_a_live_view_leaves_the_terminal_whole_when_the_work_raises() -> None:
    stream = Terminal()

    def interrupted() -> None:
        with LiveView(stream, colour=True) as view:
            view(EVENTS[1])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert stream.getvalue().rindex("\x1b[?25h") > stream.getvalue().rindex("\x1b[?25l")


@pytest.mark.parametrize("mode", ["tty", "plain"])
def test_events_of_many_threads_are_all_shown(mode: Mode) -> None:
    stream = Terminal()
    with renderer(mode, stream=stream, environ={}) as show, ThreadPoolExecutor(8) as pool:

        def work(number: int) -> None:
            name = f"app-{number}"
            show(Started(name, "Container", name, "Starting"))
            show(Warned(f"warning {number}"))
            show(Finished(name, "Container", name, "Started", 0.0))

        list(pool.map(work, range(50)))
    written = stream.getvalue()
    for number in range(50):
        assert f"warning {number}\n" in written
    assert written.rpartition("[+] Running")[2].count("Started") == 50 or mode == "plain"
    assert written.count("Started") >= 50


def loaded_after(code: str) -> set[str]:
    """The packages that a fresh interpreter has loaded after ``code``."""
    code += "\nimport sys; print(*{name.split('.')[0] for name in sys.modules})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_a_live_view_without_work_does_not_load_rich() -> None:
    code = """
from composer.scheduler.events import Notice, Planned
from composer.ui.progress import renderer
with renderer("tty") as show:
    show(Planned(0))
    show(Notice("all is running"))
"""
    assert "rich" not in loaded_after(code)


def test_looking_loads_no_heavy_library() -> None:
    code = "from composer.ui import errors, ls, ps; from composer import logs"
    assert not loaded_after(code) & {"rich", "networkx", "podman"}


def test_bytes_are_told_to_programs_and_not_line_by_line_to_people() -> None:
    events = (
        Started("1", "Image", "big", "Pulling"),
        Progressed("1", "1 of 3 parts", 1, 4),
        Progressed("1", "STEP 1/2: FROM x", 0, 2, "steps"),
    )
    plain, told = StringIO(), StringIO()
    for mode, stream in (("plain", plain), ("json", told)):
        with renderer(mode, stream=stream, environ={}) as show:  # type: ignore[arg-type]
            for event in events:
                show(event)
    assert plain.getvalue().splitlines() == [" Image big  Pulling", " Image big  STEP 1/2: FROM x"]
    line = json.loads(told.getvalue().splitlines()[1])
    assert (line["current"], line["total"], line["percent"]) == (1, 4, 25)
    assert line["id"] == "Image big"
