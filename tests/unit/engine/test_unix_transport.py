"""The HTTP client for local sockets, against a server that answers as it is told."""

from __future__ import annotations

import fcntl
import os
import resource
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from composer.engine.capabilities import CapabilityProbe
from composer.engine.libpod import Answer, Libpod
from composer.engine.unix import UnixStream, UnixTransport, listening, readable
from composer.errors import EngineError


def test_a_service_that_ends_after_its_first_answer_is_told(
    server: Server, transport: UnixTransport, tmp_path: Path
) -> None:
    server.answers += [b"HTTP/1.1 200 OK\r\nLibpod-API-Version: 4.3.1\r\nContent-Length: 0\r\n\r\n"]
    probe = CapabilityProbe(Libpod(transport), f"unix://{tmp_path}/gone.sock")
    with pytest.raises(EngineError, match=r"cannot reach Podman at unix://.*/gone.sock"):
        probe.get()


@pytest.mark.parametrize(
    ("cause", "status"), [("no such container", 404), ("network is being used", 409), ("odd", 500)]
)
def test_the_cause_counts_more_than_podmans_own_failure(
    server: Server, transport: UnixTransport, cause: str, status: int
) -> None:
    body = f'{{"cause":"{cause}","message":"x: {cause}","response":500}}'
    head = f"HTTP/1.1 500 Internal Server Error\r\nContent-Length: {len(body)}\r\n\r\n"
    server.answers += [(head + body).encode()] * 2
    with pytest.raises(EngineError, match=f"stop a: x: {cause}") as caught:
        Libpod(transport).call("POST", "/containers/a/stop", what="stop a")
    assert caught.value.status == status
    assert Libpod(transport).call("POST", "/x", ok=(status,)).status == status


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_NOFILE)[0] <= 1024, reason="too few")
def test_descriptors_of_any_number_can_be_waited_for() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        high = fcntl.fcntl(ours, fcntl.F_DUPFD, 1024)
        try:
            assert not readable(high, 0)
            theirs.send(b"x")
            assert readable(high, 10)
        finally:
            os.close(high)


class Server:
    """Answers each request with the next of ``answers``; None closes the connection."""

    def __init__(self, path: Path) -> None:
        self.answers: list[bytes | None] = []
        self.requests: list[bytes] = []
        self.connections = 0
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            while request := self._request(connection):
                self.requests.append(request)
                answer = self.answers.pop(0)
                if answer is None:
                    return
                connection.sendall(answer)
                if answer.startswith(b"HTTP/1.0") or b"Connection: close" in answer:
                    return

    def _request(self, connection: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            try:
                part = connection.recv(65536)
            except OSError:
                return b""
            if not part:
                return b""
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b": ")
            while name == b"Content-Length" and len(body) < int(value):
                body += connection.recv(65536)
        return head + b"\r\n\r\n" + body


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path / "s")
    yield running
    running.close()


@pytest.fixture
def transport(server: Server, tmp_path: Path) -> Iterator[UnixTransport]:
    client = UnixTransport(str(tmp_path / "s"))
    yield client
    client.close()


def read_all(stream: UnixStream | Answer) -> bytes:
    data = b""
    while (part := stream.read(5.0)) != b"":
        data += part or b""
    return data


def ok(body: bytes, more: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (more, len(body), body)


def test_one_connection_serves_many_requests(server: Server, transport: UnixTransport) -> None:
    server.answers = [ok(b"one"), ok(b"two", b"Libpod-Api-Version: 4.3.1\r\n")]
    assert transport.request("GET", "/a") == (200, b"one", "")
    assert transport.request("POST", "/b", b"{}") == (200, b"two", "4.3.1")
    assert server.connections == 1
    assert server.requests[0].startswith(b"GET /a HTTP/1.1\r\n")
    assert server.requests[1].endswith(b"Content-Length: 2\r\n\r\n{}")


def test_chunks_are_put_together(server: Server, transport: UnixTransport) -> None:
    chunks = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
    )
    server.answers = [chunks, ok(b"next")]
    assert transport.request("GET", "/").body == b"abcde"
    assert transport.request("GET", "/").body == b"next"


def test_a_connection_that_was_closed_is_not_used_again(
    server: Server, transport: UnixTransport
) -> None:
    server.answers = [ok(b"one", b"Connection: close\r\n"), ok(b"two")]
    assert transport.request("POST", "/").body == b"one"
    assert transport.request("POST", "/").body == b"two"
    assert server.connections == 2


def test_a_question_is_asked_again_when_the_connection_breaks(
    server: Server, transport: UnixTransport
) -> None:
    server.answers = [None, ok(b"two")]
    assert transport.request("GET", "/").body == b"two"


def test_an_order_is_not_given_twice(server: Server, transport: UnixTransport) -> None:
    server.answers = [None, ok(b"two")]
    with pytest.raises(EngineError, match="cannot reach Podman"):
        transport.request("POST", "/")
    assert len(server.requests) == 1


def test_a_stream_gives_bytes_as_they_come(server: Server, transport: UnixTransport) -> None:
    server.answers = [b"HTTP/1.0 200 OK\r\nX: y\r\n\r\nfirst"]
    with transport.stream("GET", "/") as stream:
        data = read_all(stream)
    assert (stream.status, data) == (200, b"first")


def test_a_silent_stream_can_be_left(server: Server, transport: UnixTransport) -> None:
    server.answers = [b""]
    with transport.stream("GET", "/") as stream:
        assert stream.read(0.01) is None
        assert stream.status == 0


def test_a_refused_stream_raises_what_podman_said(server: Server, transport: UnixTransport) -> None:
    server.answers = [b'HTTP/1.0 404 Not Found\r\n\r\n{"cause":"c","message":"no such thing"}']
    with (
        Libpod(transport).stream("GET", "/x", what="logs of x") as answer,
        pytest.raises(EngineError, match="logs of x: no such thing") as caught,
    ):
        read_all(answer)
    assert caught.value.status == 404


def test_a_refused_call_raises_what_podman_said(server: Server, transport: UnixTransport) -> None:
    body = b'{"cause":"x","message":"container ' + b"ab" * 32 + b' is running","response":409}'
    server.answers = [b"HTTP/1.1 409 No\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)] * 2
    libpod = Libpod(transport)
    with pytest.raises(EngineError, match="remove x: container abababababab is running") as caught:
        libpod.call("DELETE", "/x", what="remove x")
    assert caught.value.status == 409
    assert libpod.call("DELETE", "/x", ok=(409,)).status == 409


def test_a_service_that_ended_is_revived(tmp_path: Path) -> None:
    path = tmp_path / "s"
    revived: list[Server] = []

    def revive() -> None:
        revived.append(Server(path))
        revived[0].answers = [ok(b"here again")]

    transport = UnixTransport(str(path), revive)
    assert transport.request("GET", "/").body == b"here again"
    transport.close()
    revived[0].close()


def test_nobody_listens(tmp_path: Path) -> None:
    assert not listening(str(tmp_path / "s"))
    with pytest.raises(EngineError, match="cannot reach Podman at unix://") as caught:
        UnixTransport(str(tmp_path / "s")).request("GET", "/")
    assert caught.value.status == 0
