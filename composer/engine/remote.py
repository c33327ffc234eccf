"""Podman services that are not a local socket: podman-py's client over TCP and SSH.

Imported only when such a service was chosen: podman-py takes 140 ms to import.
"""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any, Self

import requests
from podman.api.client import APIClient
from podman.errors import PodmanError

from composer.engine.transport import Response, unreachable

_CHUNK = 1 << 18


class RemoteTransport:
    """A ``Transport`` to ``url`` (``tcp://host:port``, ``ssh://user@host/path``).

    ``identity`` is the private key file for SSH, empty for the agent's keys.
    """

    def __init__(self, url: str, identity: str = "") -> None:
        self.url = url
        self._identity = identity
        self._local = threading.local()
        self._clients: list[Any] = []
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
        answer = self._send(method, path, body, content_type, timeout=timeout, stream=False)
        version = answer.headers.get("Libpod-API-Version", "")
        return Response(answer.status_code, answer.content, version)

    def stream(self, method: str, path: str, body: bytes = b"") -> RemoteStream:
        """See ``Transport.stream``."""
        answer = self._send(method, path, body, "application/json", timeout=None, stream=True)
        return RemoteStream(answer)

    def close(self) -> None:
        """Close the sessions of all threads."""
        with self._lock:
            clients, self._clients = self._clients, []
        for client in clients:
            client.close()

    def _send(
        self,
        method: str,
        path: str,
        body: bytes,
        content_type: str,
        *,
        timeout: float | None,
        stream: bool,
    ) -> requests.Response:
        client = self._client()
        # The address that podman-py gives SSH's and sockets' requests: the adapter ignores it.
        base = client.base_url
        host = base.netloc if base.scheme == "http" else "podman"
        try:
            return requests.Session.request(
                client,
                method,
                f"http://{host}{path}",
                data=body,
                headers={"Content-Type": content_type},
                timeout=timeout,
                stream=stream,
            )
        except (requests.RequestException, PodmanError, OSError) as error:
            raise unreachable(self.url, error) from error

    def _client(self) -> Any:
        """This thread's session: ``requests`` does not share sessions safely."""
        client = getattr(self._local, "client", None)
        if client is None:
            options = {"identity": self._identity} if self._identity else {}
            client = APIClient(base_url=self.url, **options)
            self._local.client = client
            with self._lock:
                self._clients.append(client)
        return client


class RemoteStream:
    """A ``Stream`` read by a thread of its own, because ``requests`` cannot wait with a limit."""

    def __init__(self, answer: requests.Response) -> None:
        self.status = answer.status_code
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
        self._answer.close()

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
        raw = self._answer.raw
        read = getattr(raw, "read1", None)
        try:
            while not self._ended:
                part = read(_CHUNK) if read is not None else raw.read(1 << 12)
                if not part:
                    break
                with self._news:
                    self._parts.append(part)
                    self._news.notify_all()
        except (OSError, ValueError, requests.RequestException, AttributeError):
            # The connection is gone, or close() took it away: the stream ends here either way.
            pass
        finally:
            with self._news:
                self._ended = True
                self._news.notify_all()
