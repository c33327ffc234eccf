"""Calls to the libpod API over any transport: paths, queries, JSON, and errors in plain words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar, overload
from urllib.parse import quote

import msgspec

from composer.decoding import decoder
from composer.engine.hints import hint_for, shortened
from composer.engine.transport import Response, Stream, Transport
from composer.errors import EngineError, Interrupted

_PREFIX = "/v4.0.0/libpod"
"""The oldest version with what composer needs; newer services answer it as well."""

_REFUSAL_SECONDS = 5.0
_POLL_SECONDS = 0.2

_BY_CAUSE = {"no such container": 404, "no such pod": 404, "network is being used": 409}
"""The status of what Podman answers with 500 at times, as if it had failed itself."""

T = TypeVar("T")

QueryValue = str | int | float | bool | list[str] | None
Query = Mapping[str, QueryValue]
"""Parameters: None leaves one out, a list repeats it."""


class _Problem(msgspec.Struct):
    """The body of a refused request."""

    cause: str = ""
    message: str = ""


class Libpod:
    """The libpod API at the other end of ``transport``."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def call(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        body: object = None,
        *,
        ok: Collection[int] = (),
        what: str = "",
        timeout: float | None = None,
    ) -> Response:
        """One request. ``body`` is sent as JSON; statuses in ``ok`` are no errors.

        ``what`` begins the message of the error ("create container web-1").
        """
        data = b"" if body is None else msgspec.json.encode(body)
        answer = self.transport.request(method, address(path, query), data, timeout=timeout)
        if answer.status == 500:
            answer = answer._replace(status=_BY_CAUSE.get(_problem(answer).cause, 500))
        if answer.status >= 400 and answer.status not in ok:
            raise refused(answer, what)
        return answer

    @overload
    def get(self, path: str, query: Query | None = None, *, what: str = "") -> Any: ...
    @overload
    def get(
        self,
        path: str,
        query: Query | None = None,
        *,
        kind: type[T],
        what: str = "",
    ) -> T: ...
    def get(
        self,
        path: str,
        query: Query | None = None,
        *,
        kind: Any = Any,
        what: str = "",
    ) -> Any:
        """GET ``path`` and decode the answer as ``kind``."""
        return decode(self.call("GET", path, query, what=what).body, kind)

    def put_archive(self, path: str, query: Query, data: bytes) -> None:
        """PUT a tar archive."""
        answer = self.transport.request(
            "PUT", address(path, query), data, content_type="application/x-tar"
        )
        if answer.status >= 400:
            raise refused(answer, "copy files into the container")

    def send(self, path: str, query: Query, data: bytes, *, what: str) -> None:
        """POST ``data`` as it is."""
        answer = self.transport.request(
            "POST", address(path, query), data, content_type="application/octet-stream"
        )
        if answer.status >= 400:
            raise refused(answer, what)

    def stream(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        body: object = None,
        *,
        what: str = "",
    ) -> Answer:
        """One request whose answer is read while it arrives."""
        data = b"" if body is None else msgspec.json.encode(body)
        return Answer(self.transport.stream(method, address(path, query), data), what)


class Answer:
    """An answer that is read while it arrives. Refusals are raised by the first ``read``."""

    def __init__(self, stream: Stream, what: str) -> None:
        self._stream = stream
        self._what = what
        self._accepted = False

    def read(self, timeout: float | None = None) -> bytes | None:
        """The next bytes; ``b""`` at the end; None when none came within ``timeout`` seconds."""
        data = self._stream.read(timeout)
        if not self._accepted and self._stream.status:
            self._accepted = True
            if self._stream.status >= 400:
                raise refused(Response(self._stream.status, self._rest(data or b"")), self._what)
        return data

    def lines(self, stop: Callable[[], bool]) -> Iterator[bytes]:
        """The whole lines of the answer, but for empty ones.

        Raises ``Interrupted`` when ``stop``, which is asked five times a second, says so.
        """
        rest = b""
        while (data := self.read(_POLL_SECONDS)) != b"":
            if stop():
                raise Interrupted
            *lines, rest = (rest + (data or b"")).split(b"\n")
            yield from filter(None, lines)

    def _rest(self, data: bytes) -> bytes:
        while part := self._stream.read(_REFUSAL_SECONDS):
            data += part
        return data

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()


def decode(body: bytes, kind: Any = Any) -> Any:
    """Decode JSON. Raises ``EngineError`` for an answer that is not what Podman gives."""
    try:
        return decoder(kind).decode(body)
    except msgspec.DecodeError as error:
        raise EngineError(f"Podman gave an answer that cannot be read: {error}") from error


def address(path: str, query: Query | None = None) -> str:
    """The whole request path. ``None`` leaves a parameter out, a list repeats it."""
    pairs = []
    for key, value in (query or {}).items():
        for item in value if isinstance(value, list) else [value]:
            if item is not None:
                text = str(item).lower() if isinstance(item, bool) else str(item)
                pairs.append(f"{key}={quote(text, safe='')}")
    return _PREFIX + path + ("?" + "&".join(pairs) if pairs else "")


def segment(name: str) -> str:
    """``name`` as one segment of a path (images have slashes and colons)."""
    return quote(name, safe="")


def filters(wanted: Mapping[str, Collection[str]]) -> str:
    """Podman's list filters as the text of the ``filters`` parameter."""
    return msgspec.json.encode({key: list(values) for key, values in wanted.items()}).decode()


def refused(answer: Response, what: str) -> EngineError:
    """The error for a status of 400 or more."""
    problem = _problem(answer)
    text = problem.message or problem.cause or f"Podman answered with status {answer.status}"
    message = shortened(f"{what}: {text}" if what else text)
    return EngineError(message, status=answer.status, hint=hint_for(text))


def _problem(answer: Response) -> _Problem:
    """What a refusal says: JSON of Podman's, or any text."""
    try:
        problem: _Problem = decoder(_Problem).decode(answer.body)
    except msgspec.DecodeError:
        return _Problem(message=answer.body.decode(errors="replace").strip())
    return problem
