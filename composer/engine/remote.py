"""Podman services behind TCP: podman-py's client.

Imported only when such a service was chosen: podman-py takes 140 ms to import.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import IO, Any, Self

import requests
from podman.api.client import APIClient
from podman.errors import PodmanError
from urllib3.exceptions import HTTPError

from composer.engine.transport import Response, unreachable

_CHUNK = 1 << 18
_PROBLEMS = (requests.RequestException, HTTPError, PodmanError, OSError)


class RemoteTransport:
    """A ``Transport`` to ``url`` (``tcp://host:port``).

    A client is used by one thread at a time, because ``requests`` shares none safely.
    """

    def __init__(self, url: str) -> None:
        self.url = url
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
            answer = _send(client, method, path, body, content_type, timeout=timeout)
        except _PROBLEMS as error:
            client.close()
            raise unreachable(self.url, _reason(error)) from error
        with self._lock:
            self._idle.append(client)
        version = answer.headers.get("Libpod-API-Version", "")
        return Response(answer.status_code, answer.content, version)

    def upload(self, method: str, path: str, file: IO[bytes], content_type: str) -> Response:
        """See ``Transport.upload``."""
        client = self._take()
        try:
            answer = _send(client, method, path, file, content_type)
        except _PROBLEMS as error:
            raise unreachable(self.url, _reason(error)) from error
        finally:
            client.close()
        return Response(answer.status_code, answer.content)

    def stream(self, method: str, path: str, body: bytes = b"") -> RemoteStream:
        """See ``Transport.stream``."""
        send = partial(_send, method=method, path=path, body=body, stream=True)
        return RemoteStream(self._take(), send, self.url)

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
        return APIClient(base_url=self.url)


class RemoteStream:
    """A ``Stream`` read by a thread of its own, because ``requests`` cannot wait with a limit."""

    def __init__(self, client: Any, send: Callable[[Any], requests.Response], url: str) -> None:
        self.status = 0
        self._client = client
        self._send = send
        self._url = url
        self._answer: requests.Response | None = None
        self._error: Exception | None = None
        self._parts: list[bytes] = []
        self._ended = False
        self._news = threading.Condition()
        threading.Thread(target=self._fetch, name="composer-stream", daemon=True).start()

    def read(self, timeout: float | None = None) -> bytes | None:
        """See ``Stream.read``."""
        with self._news:
            if not self._news.wait_for(lambda: self._parts or self._ended, timeout):
                return None
            if self._error is not None and not self.status:
                raise unreachable(self._url, _reason(self._error)) from self._error
            parts, self._parts = self._parts, []
            return b"".join(parts)

    def close(self) -> None:
        """See ``Stream.close``."""
        with self._news:
            self._ended = True
        # The reading thread holds the lock of the response: only its socket can be ended from here.
        connected: Any = getattr(self._connection, "sock", None)
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

    @property
    def _connection(self) -> Any:
        raw = self._answer.raw if self._answer is not None else None
        return getattr(raw, "connection", None)

    def _fetch(self) -> None:
        try:
            self._answer = self._send(self._client)
            self.status = self._answer.status_code
            while not self._ended and (part := self._answer.raw.read1(_CHUNK)):
                with self._news:
                    self._parts.append(part)
                    self._news.notify_all()
        except (*_PROBLEMS, ValueError, AttributeError) as error:
            # Once there is an answer, this is its end: the connection is gone, or close() took it.
            self._error = error
        finally:
            with self._news:
                self._ended = True
                self._news.notify_all()
            self._client.close()


def _send(
    client: Any,
    method: str,
    path: str,
    body: bytes | IO[bytes],
    content_type: str = "application/json",
    *,
    timeout: float | None = None,
    stream: bool = False,
) -> requests.Response:
    return requests.Session.request(
        client,
        method,
        f"http://{client.base_url.netloc}{path}",
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
