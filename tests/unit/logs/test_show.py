"""The logs of containers as they are: merged, prefixed, selected."""

import pytest

from composer.engine.api import LogLine
from composer.errors import EngineError
from composer.logs import Selection, show
from composer.logs.prefix import colour_of
from composer.logs.printer import ERASE
from tests.unit.logs.fakes import LogEngine, Recorder, at, container

SHOP = Selection("shop")
APP, DB = container("app"), container("db")


def test_streams_are_merged_in_order_of_time() -> None:
    engine, printer = LogEngine(), Recorder()
    engine.streams[APP.id] = [[[at(1, "one"), at(3, "three")]]]
    engine.streams[DB.id] = [[[at(2, "two")], [at(4, "four")]]]
    show(engine.api, [APP, DB], printer, selection=SHOP)
    assert printer.lines == ["app-1  | one", "db-1   | two", "app-1  | three", "db-1   | four"]


def test_a_single_stream_is_asked_for_without_times() -> None:
    engine, printer = LogEngine(), Recorder()
    engine.streams[APP.id] = [[[LogLine("stdout", b"one"), LogLine("stderr", b"two")]]]
    show(engine.api, [APP], printer, selection=SHOP, since="5m", tail=2)
    assert engine.requests == [(APP.id, "5m", 2, False)]
    assert printer.out == b"app-1  | one\napp-1  | two\n"
    assert printer.error == b""


def test_timestamps_stand_before_the_text() -> None:
    engine, printer = LogEngine(), Recorder()
    engine.streams[APP.id] = [[[at(1, "one")]]]
    show(engine.api, [APP], printer, selection=SHOP, timestamps=True)
    assert printer.lines == ["app-1  | 2026-01-01T00:00:01.000000000Z one"]


def test_without_prefix_the_bytes_are_the_containers() -> None:
    engine, printer = LogEngine(), Recorder(colour=False)
    raw = b"\xff\x1b[31mred\rover"
    engine.streams[APP.id] = [[[LogLine("stdout", raw)]]]
    show(engine.api, [APP], printer, selection=SHOP, prefix=False)
    assert printer.out == raw + b"\n"


def test_on_a_terminal_no_line_can_hide_what_follows() -> None:
    engine, printer = LogEngine(), Recorder(terminal=True, colour=True)
    hidden = b"\x1b]0;title that never ends \x1b[8m"
    engine.streams[APP.id] = [[[LogLine("stdout", hidden), LogLine("stdout", b"plain")]]]
    show(engine.api, [APP], printer, selection=SHOP)
    prefix = f"\x1b[38;5;{colour_of('app-1')}mapp-1  | \x1b[0m".encode()
    assert printer.out == prefix + hidden + ERASE + b"\n" + prefix + b"plain\n"


def test_only_selected_containers_are_read() -> None:
    engine, printer = LogEngine(), Recorder()
    everything = [
        APP,
        container("app", 2),
        DB,
        container("app", 3, oneoff=True),
    ]
    for each in everything:
        engine.streams[each.id] = [[[at(1, each.name)]]]
    show(engine.api, everything, printer, selection=Selection("shop", {"app"}))
    assert printer.lines == ["app-1  | shop-app-1", "app-2  | shop-app-2"]
    assert [request[0] for request in engine.requests] == ["id-app-1", "id-app-2"]


def test_an_index_selects_one_replica() -> None:
    engine, printer = LogEngine(), Recorder()
    second = container("app", 2)
    engine.streams[second.id] = [[[at(1, "hello")]]]
    show(engine.api, [APP, second], printer, selection=Selection("shop", ("app",), 2))
    assert printer.lines == ["app-2  | hello"]


def test_many_lines_take_few_writes() -> None:
    engine, printer = LogEngine(), Recorder()
    for each in (APP, DB):
        engine.streams[each.id] = [
            [[at(second, "x")] * 500 for second in range(10)],
        ]
    show(engine.api, [APP, DB], printer, selection=SHOP)
    assert len(printer.lines) == 10_000
    assert printer.writes <= 21


def test_a_reader_that_left_ends_it_quietly() -> None:
    class Left(Recorder):
        def write(self, data: bytes) -> None:
            raise BrokenPipeError

    engine = LogEngine()
    engine.streams[APP.id] = [[[at(1, "one")]]]
    show(engine.api, [APP], Left(), selection=SHOP)
    assert engine.requests


def test_what_the_engine_refuses_is_raised() -> None:
    engine = LogEngine()
    engine.streams[APP.id] = [[EngineError("this log driver cannot be read", status=500)]]
    with pytest.raises(EngineError, match="log driver"):
        show(engine.api, [APP, DB], Recorder(), selection=SHOP)


def test_no_containers_is_no_output() -> None:
    printer = Recorder()
    show(LogEngine().api, [], printer, selection=SHOP)
    show(LogEngine().api, [], printer, selection=SHOP, follow=True)
    assert printer.writes == 0
