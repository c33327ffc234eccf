"""Nothing that composer prints itself carries a control sequence out of a container.

Names, labels, errors and exit texts come from others: they could hide, move or forge what stands
on the user's terminal. Lines of logs are the program's own output and pass as they are.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest

from composer.engine.api import LogLine
from composer.errors import ComposerError, EngineError, OperationsFailed
from composer.graph.build import build
from composer.graph.render import to_dot, to_mermaid, to_text
from composer.logs.prefix import Prefixes
from composer.logs.printer import ERASE, with_ends
from composer.plan.operations import RemoveContainer
from composer.plan.plan import Plan
from composer.printable import printable, printable_json
from composer.scheduler.conditions import quoted
from composer.scheduler.events import Failed, Finished, Notice, Planned, Progressed, Started, Warned
from composer.spec.model import Project, Service
from composer.state import CONFIG_FILES, PROJECT, SERVICE, Container
from composer.ui import lines, ls, plan, ps
from composer.ui.board import Board
from composer.ui.errors import print_error, warning
from composer.ui.view import ASCII, lay_out

EVIL = "a\x1b[2J\x1b]0;title\x07\x9b31m\r\x08\u202eb"
CONTAINER = Container(
    id="1",
    name=EVIL,
    image=EVIL,
    status=EVIL,
    command=(EVIL,),
    labels={PROJECT: EVIL, SERVICE: EVIL, CONFIG_FILES: EVIL},
    networks=(EVIL,),
    mounts=(EVIL,),
)


def harmless(text: str) -> bool:
    """No character of ``text`` steers a terminal."""
    return all(char.isprintable() or char in "\n\t" for char in text)


def said_by(error: ComposerError) -> str:
    stream = io.StringIO()
    print_error(error, stream, colour=False)
    return stream.getvalue()


def the_plan() -> str:
    made = Plan()
    made.warnings.append(EVIL)
    made.kept.append(CONTAINER)
    made.add(RemoveContainer(id="x", cause=EVIL, container="1", name=EVIL))
    return plan.to_text(made)


def the_graph(draw: Callable[..., str]) -> str:
    service = Service(name=EVIL, image="x")
    return draw(build(Project(name="p", working_dir="/", services={EVIL: service})), EVIL)


def progress(describe: Callable[..., str | None]) -> str:
    events = [
        Warned(EVIL),
        Notice(EVIL),
        Started("1", "Container", EVIL, EVIL),
        Progressed("1", EVIL),
        Finished("1", "Container", EVIL, EVIL, 0.0),
        Failed("1", "Container", EVIL, EngineError(EVIL)),
    ]
    return "\n".join(describe(event, EVIL) or "" for event in events)


def board() -> str:
    shown = Board()
    shown.apply(Planned(1), 0.0)
    shown.apply(Started("1", "Container", EVIL, "Starting"), 0.0)
    shown.apply(Progressed("1", EVIL), 0.0)
    laid = lay_out(shown, width=200, height=None, now=0.0, marks=ASCII)
    return "\n".join(text for line in laid for text, _ in line)


def prefix() -> str:
    prefixes = Prefixes(shown=True, colour=False)
    prefixes.add("1", EVIL)
    return prefixes.of("1").decode() + prefixes.label("1")


PRINTED: dict[str, Callable[[], str]] = {
    "ps": lambda: ps.to_table([CONTAINER], 1.0, truncate=False),
    "ps --format json": lambda: ps.to_json([CONTAINER], 1.0),
    "ls": lambda: ls.to_table(ls.rows([CONTAINER], stopped=True)),
    "ls --format json": lambda: ls.to_json(ls.rows([CONTAINER], stopped=True)),
    "graph": lambda: the_graph(to_text),
    "graph --format mermaid": lambda: the_graph(to_mermaid),
    "graph --format dot": lambda: the_graph(to_dot),
    "plan": the_plan,
    "error": lambda: said_by(EngineError(EVIL, hint=EVIL)),
    "errors": lambda: said_by(OperationsFailed([EngineError(EVIL), ComposerError(EVIL)])),
    "warning": lambda: warning(EVIL, colour=False),
    "progress plain": lambda: progress(lines.plain(colour=False)),
    "progress quiet": lambda: progress(lines.quiet(colour=False)),
    "progress json": lambda: progress(lines.json),
    "progress on a terminal": board,
    "prefix of log lines": prefix,
    "last output of a container": lambda: quoted([EVIL]) or "",
}


@pytest.mark.parametrize("what", PRINTED)
def test_is_harmless(what: str) -> None:
    printed = PRINTED[what]()
    assert "title" in printed
    assert harmless(printed), repr(printed)


def test_escapes_show_what_was_there() -> None:
    assert printable("a\x1b[1m\n") == "a\\x1b[1m\\n"
    assert printable("a\tb\nc\x07", "\n\t") == "a\tb\nc\\x07"
    assert printable("grün 漢字 ✔") == "grün 漢字 ✔"


def test_json_means_the_same() -> None:
    said = {"a": EVIL + "\U000e0001", "b": "ü"}
    text = json.dumps(said, ensure_ascii=False)
    assert json.loads(printable_json(text)) == said


def test_lines_of_logs_pass_as_they_are() -> None:
    """As with Docker Compose: programs colour their output. What a line began ends with it."""
    line = LogLine(stream="stdout", text=b"\x1b[31mred", time=b"")
    assert with_ends([line], terminal=False, timestamps=False) == [b"\x1b[31mred\n"]
    assert with_ends([line], terminal=True, timestamps=False) == [b"\x1b[31mred" + ERASE + b"\n"]
