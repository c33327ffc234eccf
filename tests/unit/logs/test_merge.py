"""Streams of lines become one in order of time."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from composer.logs.merge import Batch, merge


def stream(*batches: list[tuple[str, str]]) -> Iterator[Batch]:
    for batch in batches:
        yield [time.encode() for time, _ in batch], [f"{text}\n".encode() for _, text in batch]


def merged(*streams: Iterator[Batch]) -> list[str]:
    return b"".join(merge(streams)).decode().split()


def test_lines_of_several_streams_come_in_order_of_time() -> None:
    a = stream([("1", "a1"), ("4", "a4")], [("5", "a5")])
    b = stream([("2", "b2")], [("3", "b3"), ("6", "b6")])
    assert merged(a, b) == ["a1", "b2", "b3", "a4", "a5", "b6"]


def test_equal_times_keep_the_order_of_the_streams_over_batches() -> None:
    a = stream([("1", "a1")], [("1", "a2")], [("1", "a3"), ("2", "a4")])
    b = stream([("1", "b1"), ("1", "b2")], [("2", "b3")])
    assert merged(b, a) == ["b1", "b2", "a1", "a2", "a3", "b3", "a4"]


def test_a_clock_set_back_does_not_change_the_order_within_a_stream() -> None:
    a = stream([("5", "a1"), ("2", "a2")], [("3", "a3"), ("9", "a4")])
    b = stream([("4", "b1"), ("6", "b2")])
    assert merged(a, b) == ["b1", "a1", "a2", "a3", "b2", "a4"]


def test_the_rest_of_an_ended_stream_waits_for_its_time() -> None:
    a = stream([("1", "a1"), ("8", "a8")])
    b = stream([("2", "b2")], [("3", "b3")], [("9", "b9")])
    assert merged(a, b) == ["a1", "b2", "b3", "a8", "b9"]


def test_empty_batches_and_empty_streams_are_nothing() -> None:
    assert merged(stream(), stream([], [("1", "a")], []), stream([])) == ["a"]
    assert list(merge([])) == []


def test_no_more_is_read_than_the_merge_needs() -> None:
    read = []

    def endless() -> Iterator[Batch]:
        for number in range(1, 1000):
            read.append(number)
            yield [f"{number:04}".encode()], [b"line\n"]

    pieces = merge([endless(), endless()])
    next(pieces)
    assert len(read) < 6


_times = st.lists(st.integers(0, 9).map(str), max_size=12).map(sorted)


@given(st.lists(_times, max_size=5), st.integers(1, 4))
def test_it_is_a_stable_sort(streams: list[list[str]], size: int) -> None:
    named = [
        [(time, f"{number}.{place}") for place, time in enumerate(times)]
        for number, times in enumerate(streams)
    ]
    batched = [
        stream(*(lines[at : at + size] for at in range(0, len(lines), size))) for lines in named
    ]
    everything = [pair for lines in named for pair in lines]
    assert merged(*batched) == [text for _, text in sorted(everything, key=lambda pair: pair[0])]
