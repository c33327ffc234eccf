"""Containers followed as they write, restart, appear and end."""

from collections.abc import Callable
from threading import Event

import msgspec
import pytest

from composer.engine.api import LogLine
from composer.errors import EngineError
from composer.logs import Exit, Selection, show
from tests.unit.logs.fakes import LogEngine, Recorder, at, container, texts

SHOP = Selection("shop")
APP, DB = container("app"), container("db")
LIMIT = 10.0


def waits_for(condition: Event) -> Callable[[], None]:
    """A step of a stream that goes on once the test says so."""

    def step() -> None:
        assert condition.wait(LIMIT), "the step was never released"

    return step


class Watcher(Recorder):
    """A printer that sets an event once a text is printed."""

    def __init__(self, **watched: Event) -> None:
        super().__init__()
        self._watched = watched

    def write(self, data: bytes) -> None:
        super().write(data)
        for text, event in self._watched.items():
            if text.encode() in self.out:
                event.set()


def test_it_ends_when_all_containers_have_ended() -> None:
    engine, printer = LogEngine(), Recorder()
    engine.streams[APP.id] = [[[at(1, "a"), at(2, "b")]]]
    engine.streams[DB.id] = [[[at(1, "c")]]]
    engine.ended(APP, 0)
    engine.ended(DB, 1)
    show(engine.api, [APP, DB], printer, selection=SHOP, follow=True)
    assert texts(printer.lines, "app-1") == ["a", "b"]
    assert texts(printer.lines, "db-1") == ["c"]
    assert len(printer.lines) == 3


def test_it_ends_when_told_to_while_containers_run() -> None:
    engine, seen = LogEngine(), Event()
    printer = Watcher(hello=seen)
    engine.streams[APP.id] = [[[at(1, "hello")], waits_for(seen)]]
    engine.ended(APP, 0, status="running")
    show(engine.api, [APP], printer, selection=SHOP, follow=True, stop=seen.is_set)
    assert printer.lines == ["app-1  | hello"]


def test_a_container_that_starts_later_is_shown_from_its_first_line() -> None:
    engine, seen = LogEngine(), Event()
    printer = Watcher(newcomer=seen)
    late, other = container("worker", 10), container("web")
    engine.streams[APP.id] = [[[at(1, "early")], waits_for(seen), [at(9, "after")]]]
    engine.streams[late.id] = [[[at(2, "newcomer")]]]
    engine.ended(APP, 0)
    engine.ended(late, 0)
    engine.happen("start", other)
    engine.happen("start", late)
    show(
        engine.api,
        [APP],
        printer,
        selection=Selection("shop", ("app", "worker")),
        follow=True,
        tail=0,
    )
    assert texts(printer.lines, "app-1") == ["early", "after"]
    assert printer.lines[-2:] == ["worker-10  | newcomer", "app-1      | after"]
    assert (late.id, None, None, True) in engine.requests
    assert all(request[0] != other.id for request in engine.requests)


@pytest.mark.parametrize("fraction", ["000000000", "123456789"])
def test_after_a_restart_no_line_is_lost_or_shown_twice(fraction: str) -> None:
    engine, printer = LogEngine(), Recorder()
    last = at(2, "last", fraction)
    again = at(2, "said again in the same moment", fraction)

    def running() -> None:
        engine.ended(APP, 0, status="running")

    def ended() -> None:
        engine.ended(APP, 0)

    engine.streams[APP.id] = [
        [[at(1, "first")], [last, again], running],
        [[at(1, "first"), last], [again, at(2, "new", fraction)], ended],
    ]
    show(engine.api, [APP], printer, selection=SHOP, follow=True, tail=5)
    assert texts(printer.lines, "app-1") == [
        "first",
        "last",
        "said again in the same moment",
        "new",
    ]
    assert [request[1:3] for request in engine.requests] == [
        (None, 5),
        (last.time.decode(), None),
    ]


def test_a_restart_without_a_line_before_does_not_bring_back_old_lines() -> None:
    engine, printer = LogEngine(), Recorder()
    engine.streams[APP.id] = [
        [lambda: engine.ended(APP, 0, status="running")],
        [lambda: engine.ended(APP, 0)],
    ]
    show(engine.api, [APP], printer, selection=SHOP, follow=True, tail=0)
    first, second = engine.requests
    assert first[1:3] == (None, 0)
    assert second[2] is None
    assert second[1] is not None


def test_an_ended_container_is_picked_up_by_the_event_of_its_start() -> None:
    engine, app_ended, over = LogEngine(), Event(), Event()
    printer = Watcher(second=over)

    def restart() -> None:
        engine.happen("start", APP)

    engine.streams[APP.id] = [[[at(1, "first")]], [[at(2, "second")]]]
    engine.streams[DB.id] = [[waits_for(app_ended), restart, waits_for(over)]]
    engine.ended(APP, 0)
    engine.ended(DB, 0)

    def on_exit(exit_: Exit) -> None:
        app_ended.set()

    show(engine.api, [APP, DB], printer, selection=SHOP, follow=True, on_exit=on_exit)
    assert texts(printer.lines, "app-1") == ["first", "second"]


def test_attached_tells_who_exited_with_what() -> None:
    engine, printer = LogEngine(), Recorder()
    exits: list[Exit] = []
    engine.streams[APP.id] = [[[at(1, "out"), LogLine("stderr", b"bad", at(2, "").time)]]]
    engine.ended(APP, 3)
    show(engine.api, [APP], printer, selection=SHOP, follow=True, on_exit=exits.append)
    assert exits == [Exit(APP.id, "shop-app-1", 3)]
    assert printer.out == b"app-1  | out\napp-1 exited with code 3\n"
    assert printer.error == b"app-1  | bad\n"


def test_attached_waits_for_a_container_that_its_policy_restarts() -> None:
    engine, printer = LogEngine(), Recorder()
    exits: list[Exit] = []
    restarted = Event()

    def died() -> None:
        engine.ended(APP, 1, policy="on-failure")

    def ended_well() -> None:
        restarted.set()
        engine.ended(APP, 0, policy="on-failure")

    engine.streams[APP.id] = [[[at(1, "first")], died], [[at(2, "second")], ended_well]]
    show(engine.api, [APP], printer, selection=SHOP, follow=True, on_exit=exits.append)
    assert [exit_.exit_code for exit_ in exits] == [0]
    assert printer.lines == ["app-1  | first", "app-1  | second", "app-1 exited with code 0"]


def test_attached_knows_the_exit_code_of_a_container_that_is_gone() -> None:
    engine, printer = LogEngine(), Recorder()
    exits: list[Exit] = []
    engine.happen("died", APP, exit_code=7)
    engine.streams[APP.id] = [[waits_for(engine.heard), [at(1, "x")]]]
    show(engine.api, [APP], printer, selection=SHOP, follow=True, on_exit=exits.append)
    assert [exit_.exit_code for exit_ in exits] == [7]


def test_attached_waits_for_the_event_that_tells_how_a_removed_container_ended() -> None:
    engine, printer = LogEngine(), Recorder()
    exits: list[Exit] = []

    def tell() -> None:
        engine.happen("died", APP, exit_code=9)

    engine.streams[APP.id] = [[[at(1, "x")]], [tell, waits_for(engine.heard)]]
    show(engine.api, [APP], printer, selection=SHOP, follow=True, on_exit=exits.append)
    assert exits == [Exit(APP.id, "shop-app-1", 9)]


def test_a_container_that_never_ran_is_not_said_to_have_exited() -> None:
    engine, printer = LogEngine(), Recorder()
    created = msgspec.structs.replace(DB, status="created")
    engine.streams[APP.id] = [[[at(1, "x")]]]
    engine.ended(APP, 0)
    exits: list[Exit] = []
    show(engine.api, [APP, created], printer, selection=SHOP, follow=True, on_exit=exits.append)
    assert [exit_.name for exit_ in exits] == ["shop-app-1"]
    assert [request[0] for request in engine.requests] == [APP.id]


def test_a_stream_that_cannot_be_read_is_an_error_after_the_others() -> None:
    engine, printer = LogEngine(), Recorder()
    engine.streams[APP.id] = [[EngineError("this log driver cannot be read", status=500)]]
    engine.streams[DB.id] = [[[at(1, "works")]]]
    engine.ended(DB, 0)
    with pytest.raises(EngineError, match="log driver"):
        show(engine.api, [APP, DB], printer, selection=SHOP, follow=True)
    assert texts(printer.lines, "db-1") == ["works"]
