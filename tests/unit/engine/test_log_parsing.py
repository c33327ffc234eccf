"""Whole lines from Podman's frames and from its log files, however they are cut."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.engine.api import LogLine
from composer.engine.log_file import FileReader
from composer.engine.log_frames import LineReader, TimeNormaliser
from composer.engine.log_source import file_logs, moment


def frame(text: bytes, stream: int = 1) -> bytes:
    return bytes([stream, 0, 0, 0]) + len(text).to_bytes(4, "big") + text


def read(*blocks: bytes, timestamps: bool = False) -> list[LogLine]:
    reader = LineReader(timestamps=timestamps)
    return [line for block in blocks for line in reader.feed(block)] + reader.finish()


class TestFrames:
    def test_a_line_a_frame(self) -> None:
        assert read(frame(b"a\n") + frame(b"b\n", 2)) == [
            LogLine("stdout", b"a"),
            LogLine("stderr", b"b"),
        ]

    def test_a_line_in_several_frames(self) -> None:
        frames = frame(b"a") + frame(b"err\n", 2) + frame(b"b") + frame(b"c\n")
        assert read(frames) == [LogLine("stderr", b"err"), LogLine("stdout", b"abc")]

    def test_several_lines_in_a_frame(self) -> None:
        assert [line.text for line in read(frame(b"a\nb\n\nc"))] == [b"a", b"b", b"", b"c"]

    def test_an_empty_frame_is_nothing(self) -> None:
        assert [line.text for line in read(frame(b"") + frame(b"a\n"))] == [b"a"]

    def test_the_last_line_needs_no_end(self) -> None:
        assert [line.text for line in read(frame(b"a\n") + frame(b"rest"))] == [b"a", b"rest"]

    def test_a_terminals_carriage_returns_stay(self) -> None:
        assert [line.text for line in read(frame(b"a\r\n"))] == [b"a\r"]

    def test_times_stand_before_each_piece(self) -> None:
        piece = b"2026-11-24T07:43:18Z "
        frames = frame(piece + b"a") + frame(b"2026-11-24T07:43:19+01:00 b c\n")
        assert read(frames, timestamps=True) == [
            LogLine("stdout", b"ab c", b"2026-11-24T07:43:18.000000000Z")
        ]

    def test_a_line_of_a_mebibyte(self) -> None:
        text = b"x" * (1 << 20)
        pieces = [text[i : i + 8192] for i in range(0, len(text), 8192)]
        frames = b"".join(frame(piece) for piece in pieces) + frame(b"\n")
        assert [len(line.text) for line in read(frames)] == [1 << 20]

    @given(
        lines=st.lists(st.text(alphabet="aé日\r ", max_size=6), max_size=8),
        cuts=st.lists(st.integers(0, 120), max_size=6),
    )
    def test_it_does_not_matter_where_the_bytes_are_cut(
        self, lines: list[str], cuts: list[int]
    ) -> None:
        data = b"".join(frame(line.encode() + b"\n") for line in lines)
        edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
        blocks = [data[a:b] for a, b in pairwise(edges)]
        assert [line.text.decode() for line in read(*blocks)] == lines


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (b"2026-01-02T03:04:05Z", b"2026-01-02T03:04:05.000000000Z"),
        (b"2026-01-02T03:04:05.5Z", b"2026-01-02T03:04:05.500000000Z"),
        (b"2026-01-02T03:04:05.123456789+00:00", b"2026-01-02T03:04:05.123456789Z"),
        (b"2026-01-01T23:04:05.000000001-04:00", b"2026-01-02T03:04:05.000000001Z"),
        (b"no time", b"no time"),
    ],
)
def test_times_are_comparable_as_bytes(time: bytes, expected: bytes) -> None:
    assert TimeNormaliser()(time) == expected


LOG = (
    b"2026-11-24T07:43:18.1+00:00 stdout F a\n"
    b"2026-11-24T07:43:18.2+00:00 stdout P b\n"
    b"2026-11-24T07:43:18.3+00:00 stderr F err\n"
    b"2026-11-24T07:43:18.4+00:00 stdout F c\n"
    b"2026-11-24T07:43:18.5+00:00 stdout F \n"
    b"2026-11-24T07:43:19.6+00:00 stdout P rest\n"
)
LINES = [
    LogLine("stdout", b"a", b"2026-11-24T07:43:18.100000000Z"),
    LogLine("stderr", b"err", b"2026-11-24T07:43:18.300000000Z"),
    LogLine("stdout", b"bc", b"2026-11-24T07:43:18.200000000Z"),
    LogLine("stdout", b"", b"2026-11-24T07:43:18.500000000Z"),
    LogLine("stdout", b"rest", b"2026-11-24T07:43:19.600000000Z"),
]


class TestFiles:
    @given(st.integers(0, len(LOG)))
    def test_whole_lines_wherever_the_file_is_cut(self, cut: int) -> None:
        reader = FileReader()
        assert reader.feed(LOG[:cut]) + reader.feed(LOG[cut:]) + reader.finish() == LINES

    def test_what_is_no_entry_is_skipped(self) -> None:
        assert FileReader().feed(b"garbage\n\n" + LOG.splitlines(keepends=True)[0]) == LINES[:1]

    @pytest.mark.parametrize("tail", [None, 0, 1, 2, 5, 9])
    def test_tail(self, tail: int | None, tmp_path: Path) -> None:
        path = tmp_path / "ctr.log"
        path.write_bytes(LOG)
        lines = [
            line
            for batch in file_logs(path, since=b"", until=b"", tail=tail, stop=None)
            for line in batch
        ]
        assert lines == (LINES if tail is None else LINES[max(0, len(LINES) - tail) :])

    def test_the_tail_of_a_long_file(self, tmp_path: Path) -> None:
        path = tmp_path / "ctr.log"
        entry = b"2026-11-24T07:43:18.1+00:00 stdout F %d " + b"x" * 100 + b"\n"
        path.write_bytes(b"".join(entry % number for number in range(50_000)))
        batches = file_logs(path, since=b"", until=b"", tail=20_000, stop=None)
        lines = [line for batch in batches for line in batch]
        assert len(lines) == 20_000
        assert lines[0].text.startswith(b"30000 ")

    def test_between_two_times(self, tmp_path: Path) -> None:
        path = tmp_path / "ctr.log"
        path.write_bytes(LOG)
        since, until = LINES[1].time, LINES[3].time
        batches = file_logs(path, since=since, until=until, tail=None, stop=None)
        assert [line.text for batch in batches for line in batch] == [b"err", b""]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, b""),
        ("", b""),
        ("1h", b"2023-11-14T21:13:20.000000000Z"),
        ("1m30s", b"2023-11-14T22:11:50.000000000Z"),
        ("1700000000.5", b"2023-11-14T22:13:20.500000000Z"),
        ("2023-11-14T22:13:20Z", b"2023-11-14T22:13:20.000000000Z"),
        ("2023-11-14T23:13:20.123456789+01:00", b"2023-11-14T22:13:20.123456789Z"),
        ("yesterday", None),
    ],
)
def test_since_and_until(text: str | None, expected: bytes | None) -> None:
    assert moment(text, 1_700_000_000.0) == expected
