"""Podman services that are not a local socket: podman-py's client over TCP and SSH.

Imported only when such a service was chosen: podman-py takes 140 ms to import.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Any, Self

import requests
from podman.api.client import APIClient
from podman.errors import PodmanError

from composer.engine.transport import Response, unreachable

_CHUNK = 1 << 18
_PROBLEMS = (requests.RequestException, PodmanError, OSError)


class RemoteTransport:
    """A ``Transport`` to ``url`` (``tcp://host:port``, ``ssh://user@host/path``).

    ``identity`` is the private key file for SSH, empty for the agent's keys. A client is used by
    one thread at a time, because ``requests`` shares none safely, and kept for the next, because
    each new one over SSH is a new login.
    """

    def __init__(self, url: str, identity: str = "") -> None:
        self.url = url
        self._identity = identity
        self._idle: list[Any] = []
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
        client = self._take()
        try:
            answer = _send(client, method, path, body, content_type, timeout=timeout, stream=False)
        except _PROBLEMS as error:
            client.close()
            raise unreachable(self.url, _reason(error)) from error
        with self._lock:
            self._idle.append(client)
        version = answer.headers.get("Libpod-API-Version", "")
        return Response(answer.status_code, answer.content, version)

    def stream(self, method: str, path: str, body: bytes = b"") -> RemoteStream:
        """See ``Transport.stream``."""
        client = self._take()
        try:
            answer = _send(client, method, path, body, "application/json", stream=True)
        except _PROBLEMS as error:
            client.close()
            raise unreachable(self.url, _reason(error)) from error
        return RemoteStream(client, answer)

    def close(self) -> None:
        """Close the idle clients."""
        with self._lock:
            idle, self._idle = self._idle, []
        for client in idle:
            client.close()

    def _take(self) -> Any:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        options = {"identity": self._identity} if self._identity else {}
        return APIClient(base_url=self.url, **options)


class RemoteStream:
    """A ``Stream`` read by a thread of its own, because ``requests`` cannot wait with a limit."""

    def __init__(self, client: Any, answer: requests.Response) -> None:
        self.status = answer.status_code
        self._client = client
        self._answer = answer
        self._parts: list[bytes] = []
        self._ended = False
        self._news = threading.Condition()
        threading.Thread(target=self._fetch, name="composer-stream", daemon=True).start()

    def read(self, timeout: float | None = None) -> bytes | None:
        """See ``Stream.read``."""
        with self._news:
            if not self._news.wait_for(lambda: self._parts or self._ended, timeout):
                return None
            parts, self._parts = self._parts, []
            return b"".join(parts)

    def close(self) -> None:
        """See ``Stream.close``."""
        with self._news:
            self._ended = True
        # The reading thread holds the lock of the response: only its socket can be ended from here.
        connected: Any = getattr(getattr(self._answer.raw, "connection", None), "sock", None)
        with contextlib.suppress(OSError, AttributeError):
            connected.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _fetch(self) -> None:
        try:
            while not self._ended and (part := self._answer.raw.read1(_CHUNK)):
                with self._news:
                    self._parts.append(part)
                    self._news.notify_all()
        except (*_PROBLEMS, ValueError, AttributeError):
            # The connection is gone, or close() took it away: the stream ends here either way.
            pass
        finally:
            with self._news:
                self._ended = True
                self._news.notify_all()
            self._answer.close()
            self._client.close()


def _send(
    client: Any,
    method: str,
    path: str,
    body: bytes,
    content_type: str,
    *,
    timeout: float | None = None,
    stream: bool,
) -> requests.Response:
    # Over SSH the host in the address means nothing: podman-py's adapter knows the machine.
    base = client.base_url
    host = base.netloc if base.scheme == "http" else "podman"
    return requests.Session.request(
        client,
        method,
        f"http://{host}{path}",
        data=body,
        headers={"Content-Type": content_type},
        timeout=timeout,
        stream=stream,
    )


def _reason(error: BaseException) -> str:
    """The innermost cause: ``requests`` wraps it several times."""
    deepest: BaseException | None = error
    reason = str(error)
    while deepest is not None:
        if isinstance(deepest, OSError) and deepest.strerror:
            reason = deepest.strerror
        deepest = deepest.__cause__ or deepest.__context__
    return reason
