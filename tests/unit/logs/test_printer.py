"""Bytes that go to real descriptors."""

import os
import threading
from pathlib import Path

import pytest

from composer.logs import StreamPrinter


def test_each_stream_gets_its_own_bytes(tmp_path: Path) -> None:
    out, error = tmp_path / "out", tmp_path / "error"
    with out.open("wb") as first, error.open("wb") as second:
        printer = StreamPrinter(first, second, colour=False)
        printer.write(b"one\n")
        printer.write_error(b"two\n")
        assert (out.read_bytes(), error.read_bytes()) == (b"one\n", b"two\n")
        assert printer.terminal is False


def test_a_pipe_that_is_full_and_does_not_block_loses_nothing() -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    data = b"x" * 300_000
    got: list[bytes] = []

    def consume() -> None:
        with os.fdopen(read, "rb") as reader:
            got.append(reader.read())

    with os.fdopen(write, "wb") as stream:
        consumer = threading.Thread(target=consume)
        consumer.start()
        StreamPrinter(stream, stream, colour=False).write(data)
    consumer.join(10)
    assert got == [data]


def test_a_pipe_without_a_reader_says_so() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as stream, pytest.raises(BrokenPipeError):
        StreamPrinter(stream, stream, colour=False).write(b"x")
