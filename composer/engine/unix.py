"""HTTP to a local socket, for the hot path: no imports beyond ``socket``, idle connections kept.

Single answers use HTTP/1.1 with keep-alive. Streams use HTTP/1.0 on a connection of their own: then
the service neither splits the body into chunks nor keeps the connection, so that bytes arrive as
Podman wrote them and the end of the stream is the end of the connection.
"""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from os import SEEK_END
from types import TracebackType
from typing import IO, Self

from composer.engine.transport import Response, unreachable

_CONNECT_SECONDS = 5.0
_CHUNK = 1 << 18
_MOST_IDLE = 8


class UnixTransport:
    """A ``Transport`` to the socket file ``path``.

    ``revive`` is called when nobody listens any more, and then it is tried once more: a service
    that composer started ends when it is idle, and a long wait may be over only after that.
    ``url`` is where the engine is if the socket is only the way to it; ``ended`` is called last.
    """

    def __init__(
        self,
        path: str,
        revive: Callable[[], object] | None = None,
        *,
        url: str = "",
        ended: Callable[[], object] | None = None,
    ) -> None:
        self.path = path
        self._revive = revive
        self._ended = ended
        self.url = url or f"unix://{path}"
        self._idle: list[_Connection] = []
        self._lock = threading.Lock()

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        content_type: str = "application/json",
        timeout: float | None = None,
    ) -> Response:
        """See ``Transport.request``."""
        head = _head("1.1", method, path, len(body), content_type)
        try:
            return self._exchange(head + body, timeout)
        except (OSError, ValueError) as error:
            # A question may be asked twice; an order may have been carried out already.
            if method != "GET" or isinstance(error, TimeoutError):
                raise unreachable(self.url, error) from error
        try:
            return self._exchange(head + body, timeout)
        except (OSError, ValueError) as error:
            raise unreachable(self.url, error) from error

    def upload(self, method: str, path: str, file: IO[bytes], content_type: str) -> Response:
        """See ``Transport.upload``."""
        try:
            begin = file.tell()
            size = file.seek(0, SEEK_END) - begin
            file.seek(begin)
            connection = _Connection(self._connect())
            try:
                connection.socket.sendall(_head("1.1", method, path, size, content_type))
                # It may have answered, and refuse the rest.
                with suppress(BrokenPipeError, ConnectionResetError):
                    while part := file.read(_CHUNK):
                        connection.socket.sendall(part)
                return connection.answer()
            finally:
                connection.close()
        except (OSError, ValueError) as error:
            raise unreachable(self.url, error) from error

    def stream(self, method: str, path: str, body: bytes = b"") -> UnixStream:
        """See ``Transport.stream``."""
        try:
            connected = self._connect()
            try:
                connected.sendall(_head("1.0", method, path, len(body), "application/json") + body)
                return UnixStream(connected, self.url)
            except BaseException:
                connected.close()
                raise
        except (OSError, ValueError) as error:
            raise unreachable(self.url, error) from error

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
        if self._ended is not None:
            self._ended()

    def _exchange(self, message: bytes, timeout: float | None) -> Response:
        connection = self._take()
        try:
            connection.socket.settimeout(timeout)
            connection.socket.sendall(message)
            answer = connection.answer()
        except BaseException:
            connection.close()
            raise
        self._give_back(connection)
        return answer

    def _take(self) -> _Connection:
        """An idle connection that the service has not closed meanwhile, else a new one."""
        while True:
            with self._lock:
                if not self._idle:
                    break
                connection = self._idle.pop()
            if connection.usable():
                return connection
            connection.close()
        return _Connection(self._connect())

    def _connect(self) -> socket.socket:
        try:
            return _connect(self.path)
        except OSError:
            if self._revive is None:
                raise
        self._revive()
        return _connect(self.path)

    def _give_back(self, connection: _Connection) -> None:
        with self._lock:
            if connection.reusable and len(self._idle) < _MOST_IDLE:
                self._idle.append(connection)
                return
        connection.close()


class UnixStream:
    """A ``Stream`` over a connection of its own."""

    def __init__(self, connected: socket.socket, url: str) -> None:
        self.status = 0
        self._socket = connected
        self._url = url
        self._head = b""

    def read(self, timeout: float | None = None) -> bytes | None:
        """See ``Stream.read``."""
        if timeout is not None and not readable(self._socket.fileno(), timeout):
            return None
        try:
            part = self._socket.recv(_CHUNK)
        except OSError:
            part = b""
        return part if self.status else self._begin(part)

    def _begin(self, part: bytes) -> bytes | None:
        """Read the head; the bytes that came behind it, None when none did yet."""
        self._head += part
        lines, end, rest = self._head.partition(b"\r\n\r\n")
        if end:
            self.status = _status(lines.split(b"\r\n", 1)[0])
            return rest or None
        if not part:
            raise unreachable(self._url, "the connection ended before an answer")
        return None

    def write(self, data: bytes) -> None:
        """Send ``data`` to one who takes more than the request. Raises ``OSError``."""
        self._socket.sendall(data)

    def end_input(self) -> None:
        """Say that no more is sent; the answer goes on. Raises ``OSError``."""
        self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """See ``Stream.close``."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Connection:
    """One keep-alive connection. Used by one thread at a time."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self.reusable = True
        self._file = connected.makefile("rb")

    def usable(self) -> bool:
        """Whether the service still holds it: an idle connection with news has been closed."""
        return not readable(self.socket.fileno(), 0)

    def answer(self) -> Response:
        """Read one whole answer. Raises ``ValueError`` when it is cut off or no HTTP."""
        file = self._file
        status = _status(_line(file))
        length, chunked, version = 0, False, ""
        while line := _line(file):
            name, _, value = line.partition(b":")
            name, value = name.strip().lower(), value.strip().lower()
            if name == b"content-length":
                length = int(value)
            elif name == b"transfer-encoding":
                chunked = value == b"chunked"
            elif name == b"connection" and value == b"close":
                self.reusable = False
            elif name == b"libpod-api-version":
                version = value.decode("ascii")
        return Response(status, _chunks(file) if chunked else _exactly(file, length), version)

    def close(self) -> None:
        self._file.close()
        self.socket.close()


def readable(descriptor: int, seconds: float) -> bool:
    """Whether something can be read, or the other end is closed, within so many ``seconds``.

    ``select.select`` knows no descriptors from 1024 on; who follows many logs has as many.
    """
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def listening(path: str) -> bool:
    """Whether somebody listens on the socket file ``path``."""
    try:
        _connect(path).close()
    except OSError:
        return False
    return True


def _connect(path: str) -> socket.socket:
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connected.settimeout(_CONNECT_SECONDS)
        connected.connect(path)
        connected.settimeout(None)
    except BaseException:
        connected.close()
        raise
    return connected


def _head(version: str, method: str, path: str, size: int, content_type: str) -> bytes:
    lines = f"{method} {path} HTTP/{version}\r\nHost: podman\r\nUser-Agent: composer\r\n"
    if size or method in ("POST", "PUT"):
        lines += f"Content-Type: {content_type}\r\nContent-Length: {size}\r\n"
    return (lines + "\r\n").encode("ascii")


def _status(line: bytes) -> int:
    words = line.split(b" ", 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/"):
        raise ValueError("the answer is not HTTP")
    return int(words[1])


def _line(file: IO[bytes]) -> bytes:
    line = file.readline()
    if not line.endswith(b"\n"):
        raise ValueError("the connection ended within an answer")
    return line.rstrip(b"\r\n")


def _exactly(file: IO[bytes], length: int) -> bytes:
    body = file.read(length)
    if len(body) != length:
        raise ValueError("the connection ended within an answer")
    return body


def _chunks(file: IO[bytes]) -> bytes:
    parts = []
    while size := int(_line(file).partition(b";")[0], 16):
        parts.append(_exactly(file, size))
        _line(file)
    while _line(file):
        pass
    return b"".join(parts)
