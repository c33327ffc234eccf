"""One row for each resource, laid out for terminals of any size."""

import pytest

from composer.errors import ComposerError
from composer.scheduler.events import Failed, Finished, Planned, Progressed, Skipped, Started
from composer.ui.board import Board
from composer.ui.table import width as text_width
from composer.ui.view import ASCII, UNICODE, lay_out

DB = ("Container", "three-tier-db-1")


def started(id_: str, subject: str, doing: str) -> Started:
    return Started(id_, "Container", subject, doing)


def finished(id_: str, subject: str, done: str) -> Finished:
    return Finished(id_, "Container", subject, done, 0.1)


def texts(board: Board, width: int = 80, height: int | None = None, now: float = 9.0) -> list[str]:
    lines = lay_out(board, width=width, height=height, now=now, marks=ASCII)
    return ["".join(text for text, _ in line).rstrip() for line in lines]


def test_operations_on_one_resource_share_a_row() -> None:
    board = Board()
    board.apply(Planned(3), 0.0)
    board.apply(started("1", "db-1", "Creating"), 0.0)
    board.apply(finished("1", "db-1", "Created"), 0.5)
    board.apply(started("2", "db-1", "Starting"), 2.0)
    assert texts(board, now=2.1) == ["[+] Running 0/3", " / Container db-1  Starting 0.6s"]
    board.apply(finished("2", "db-1", "Started"), 2.4)
    assert texts(board) == ["[+] Running 1/3", " + Container db-1  Started 0.9s"]


def test_a_row_works_until_its_last_operation_ended() -> None:
    board = Board()
    for id_ in "12":
        board.apply(started(id_, "db-1", "Waiting"), 0.0)
    board.apply(finished("1", "db-1", "Healthy"), 1.0)
    assert board.rows[0].state == "working"
    assert board.rows[0].word == "Waiting"
    board.apply(finished("2", "db-1", "Healthy"), 2.0)
    assert (board.rows[0].state, board.rows[0].word) == ("done", "Healthy")


def test_a_failure_stays_visible() -> None:
    board = Board()
    for id_ in "12":
        board.apply(started(id_, "db-1", "Starting"), 0.0)
    board.apply(Failed("1", "Container", "db-1", ComposerError("no")), 1.0)
    board.apply(finished("2", "db-1", "Healthy"), 2.0)
    assert (board.rows[0].state, board.rows[0].word) == ("failed", "Error")


def test_what_was_skipped_counts_as_ended() -> None:
    board = Board()
    board.apply(Planned(1), 0.0)
    board.apply(Skipped("1", "Container", "app-1", "db failed"), 0.0)
    assert texts(board) == ["[+] Running 1/1", " . Container app-1  Skipped 0.0s"]


def test_more_operations_than_planned_do_not_exceed_the_total() -> None:
    board = Board()
    board.apply(started("1", "a", "Starting"), 0.0)
    board.apply(started("2", "b", "Starting"), 0.0)
    assert (board.ended, board.total) == (0, 2)


def test_progress_is_shown_while_it_works() -> None:
    board = Board()
    board.apply(Started("1", "Image", "app", "Building"), 0.0)
    board.apply(Progressed("1", "STEP 1/2: FROM debian"), 0.1)
    board.apply(Progressed("unknown", "nothing"), 0.1)
    assert texts(board, now=1.0)[1].endswith("Image app  Building 1.0s  STEP 1/2: FROM debian")
    assert texts(board, width=30, now=1.0)[1] == " - Image app  Building 1.0s  S"
    board.apply(Finished("1", "Image", "app", "Built", 1.0), 2.0)
    assert texts(board)[1] == " + Image app  Built 2.0s"


def many(count: int) -> Board:
    board = Board()
    for number in range(1, count + 1):
        name = f"three-tier-application-{number}"
        board.apply(started(name, name, "Starting"), 0.0)
        if number % 2:
            board.apply(finished(name, name, "Started"), number / 10)
    return board


@pytest.mark.parametrize("width", [1, 5, 12, 20, 24, 30, 40, 80, 200])
@pytest.mark.parametrize("height", [1, 2, 3, 9, 100, None])
def test_no_terminal_is_too_small(width: int, height: int | None) -> None:
    lines = lay_out(many(20), width=width, height=height, now=5.0, marks=UNICODE)
    assert max(text_width("".join(text for text, _ in line)) for line in lines) <= width
    if height is not None:
        assert len(lines) <= max(height, 3)


def test_a_narrow_terminal_keeps_the_number_of_the_replica() -> None:
    lines = texts(many(10), width=30)
    assert all(line.split("  ")[0].endswith(str(n)) for n, line in enumerate(lines[1:], 1))
    assert "Container" not in "".join(lines)


def test_a_low_terminal_shows_what_is_at_work_and_counts_the_rest() -> None:
    lines = texts(many(10), height=7)
    assert len(lines) == 7
    assert sum("Starting" in line for line in lines) == 5
    assert lines[-1] == "   ~ 5 more"
    tall = texts(many(10), height=9)
    shown = [line.split()[2] for line in tall[1:-1]]
    assert "three-tier-application-9" in shown
    assert "three-tier-application-1" not in shown


def test_names_of_wide_characters_stay_within_the_width() -> None:
    board = Board()
    board.apply(started("1", "日本語のとても長い名前のコンテナ", "Starting"), 0.0)
    lines = lay_out(board, width=30, height=None, now=1.0, marks=UNICODE)
    assert text_width("".join(text for text, _ in lines[1])) <= 30


def test_a_pull_shows_percent_and_bytes_and_a_build_its_step() -> None:
    board = Board()
    board.apply(Started("1", "Image", "big", "Pulling"), 0.0)
    board.apply(Progressed("1", "1 of 3 parts", 12_300_000, 49_200_000), 1.0)
    board.apply(Started("2", "Image", "app", "Building"), 0.0)
    board.apply(Progressed("2", "STEP 2/5: RUN make", 1, 5, "steps"), 1.0)
    board.apply(Progressed("2", "cc -c a.c"), 1.0)
    _, pulled, built = texts(board, width=100)
    assert pulled.endswith("=====---------------  25%  12.3MB/49.2MB")
    assert built.endswith("2/5  cc -c a.c")
    board.apply(Finished("1", "Image", "big", "Pulled", 2.0), 2.0)
    assert texts(board, width=100)[1].endswith("Pulled   2.0s")
    for width in (20, 40, 60):
        assert all(text_width(line) <= width for line in texts(board, width=width))
