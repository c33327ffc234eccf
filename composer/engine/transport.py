"""How bytes get to a Podman service and back: one narrow interface with two implementations.

``composer.engine.unix`` serves local sockets, also those that lead to another machine
(``composer.engine.tunnel``), and is quick to import; ``composer.engine.remote`` serves TCP. Both
may be used from several threads at once.
"""

from __future__ import annotations

from types import TracebackType
from typing import IO, NamedTuple, Protocol, Self

from composer.errors import EngineError


class Response(NamedTuple):
    """A whole answer."""

    status: int
    body: bytes
    service_version: str = ""
    """Podman's version, as the ``Libpod-API-Version`` header has it."""


class Stream(Protocol):
    """An answer that is read while it arrives."""

    status: int
    """The HTTP status; 0 as long as ``read`` has given nothing but None."""

    def read(self, timeout: float | None = None) -> bytes | None:
        """The next bytes; ``b""`` at the end; None when none came within ``timeout`` seconds."""

    def close(self) -> None:
        """Give up the rest of the answer. May be called twice."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class Transport(Protocol):
    """A way to one Podman service. Raises ``EngineError`` with status 0 when it cannot be reached.

    ``url`` says where the service is.
    """

    url: str

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        content_type: str = "application/json",
        timeout: float | None = None,
    ) -> Response:
        """One exchange. ``path`` starts with a slash; ``timeout`` (seconds) bounds each wait."""

    def upload(self, method: str, path: str, file: IO[bytes], content_type: str) -> Response:
        """One exchange whose body is the rest of ``file``, read while it is sent."""

    def stream(self, method: str, path: str, body: bytes = b"") -> Stream:
        """Send a request and return at once.

        Podman sends even the status only when it has something to say, which for the log of a
        silent container may take for ever.
        """

    def close(self) -> None:
        """Close all idle connections."""


def unreachable(url: str, reason: object) -> EngineError:
    """The error for a service that does not answer at ``url``."""
    return EngineError(
        f"cannot reach Podman at {url}: {reason}",
        hint="check that its service runs (systemctl --user start podman.socket), or unset "
        "CONTAINER_HOST and DOCKER_HOST to let composer start one by itself",
    )
