"""Runs a command in a container with this process's standard streams, where they are no terminal.

POST /libpod/exec/{id}/start turns into a connection both ways: standard input there, both outputs
back, in the frames of logs. The ``podman`` program does the same, but on Podman 4 it loses now and
then what a command writes at once.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress

import msgspec

from composer.engine.inside import START, Settings, begin, exit_code
from composer.engine.libpod import Answer, Libpod, address
from composer.engine.unix import UnixStream, UnixTransport

_CHUNK = 1 << 16
_HEADER = 8


def run_piped(
    libpod: Libpod,
    transport: UnixTransport,
    container: str,
    command: Sequence[str],
    settings: Settings,
    *,
    interactive: bool,
) -> int:
    """The exit code of ``command``; 126 or 127 if there is no such program, as in a shell.

    With ``interactive`` it gets the standard input. Raises ``EngineError``, and ``BrokenPipeError``
    when nobody reads its output any more.
    """
    what = f"exec in {container}"
    identity = begin(libpod, container, command, settings, what, stdin=interactive)
    path, body = address(f"/exec/{identity}/start"), msgspec.json.encode(START)
    with transport.stream("POST", path, body) as stream:
        answer = Answer(stream, what)
        first = None
        while first is None and not stream.status:
            first = answer.read()
        if interactive:
            # Not before it has answered: what comes earlier may be taken for a part of the request.
            threading.Thread(target=_give, args=(stream,), daemon=True).start()
        for number, text in _frames(first or b"", answer):
            _write(number, text)
    return exit_code(libpod, identity, what)


def _give(stream: UnixStream) -> None:
    """Send the standard input, until it ends or nobody takes it."""
    with suppress(OSError):
        while data := os.read(sys.stdin.fileno(), _CHUNK):
            stream.write(data)
        stream.end_input()


def _frames(data: bytes, answer: Answer) -> Iterator[tuple[int, bytes]]:
    """The stream's number and the text of each frame, in pieces as they arrive."""
    while data or (data := answer.read() or b""):
        while len(data) < _HEADER:
            more = answer.read()
            if not more:
                return
            data += more
        number, left = data[0], int.from_bytes(data[4:_HEADER])
        data = data[_HEADER:]
        while True:
            yield number, data[:left]
            left, data = left - len(data[:left]), data[left:]
            if not left:
                break
            data = answer.read() or b""
            if not data:
                return


def _write(number: int, text: bytes) -> None:
    """Write to standard output, or for stream 2 to standard error."""
    target = sys.stderr if number == 2 else sys.stdout
    while text:
        text = text[os.write(target.fileno(), text) :]
