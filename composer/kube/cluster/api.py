"""The Kubernetes API at the other end of ``kubectl proxy``: paths, queries, JSON, errors."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec

from composer.engine.transport import Response
from composer.engine.unix import UnixTransport
from composer.errors import EngineError
from composer.kube.cluster.failures import ClusterError, refused, unreachable

Object = dict[str, Any]
"""A Kubernetes object, as JSON has it."""
Query = Mapping[str, str | int | bool | None]

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
FIELD_MANAGER = "composer"
"""The owner of the fields that composer sets."""

_POLL_SECONDS = 0.2
_REFUSAL_SECONDS = 5.0


class Answer(NamedTuple):
    """What the API answered: the HTTP status, and the object."""

    status: int
    body: Object


class Api:
    """The API behind the socket ``path`` of a ``Proxy``. Safe in threads.

    Everything raises ``ClusterError``.
    """

    def __init__(self, path: str) -> None:
        self._transport = UnixTransport(path)

    def call(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        body: object = None,
        *,
        content_type: str = "application/json",
        ok: Collection[int] = (),
        what: str,
    ) -> Answer:
        """One request. Statuses in ``ok`` are no errors.

        ``what`` is what it does, for the message of the error ("list Pods").
        """
        data = b"" if body is None else msgspec.json.encode(body)
        try:
            answer = self._transport.request(
                method, address(path, query), data, content_type=content_type
            )
        except EngineError as error:
            raise _ended(what) from error
        if answer.status >= 400 and answer.status not in ok:
            raise refused(answer.status, answer.body, what)
        return Answer(answer.status, _decoded(answer, what))

    def get(self, path: str, query: Query | None = None, *, what: str) -> Object:
        """GET an object or a list."""
        return self.call("GET", path, query, what=what).body

    def stream(
        self, path: str, query: Query | None, stop: Callable[[], bool], *, what: str
    ) -> Iterator[bytes]:
        """The bytes of an answer as they come, until its end or ``stop``, asked every 0.2 s."""
        try:
            with closing(self._transport.stream("GET", address(path, query))) as stream:
                while not stop():
                    data = stream.read(_POLL_SECONDS)
                    if stream.status >= 400:
                        rest = data or b""
                        while more := stream.read(_REFUSAL_SECONDS):
                            rest += more
                        raise refused(stream.status, rest, what)
                    if data == b"":
                        return
                    if data:
                        yield data
        except ClusterError:
            raise
        except EngineError as error:
            raise _ended(what) from error

    def close(self) -> None:
        """Close idle connections."""
        self._transport.close()


def address(path: str, query: Query | None = None) -> str:
    """The whole request path. ``None`` leaves a parameter out."""
    pairs = []
    for key, value in (query or {}).items():
        if value is not None:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            pairs.append(f"{key}={quote(text, safe='')}")
    return path + ("?" + "&".join(pairs) if pairs else "")


def _decoded(answer: Response, what: str) -> Object:
    try:
        found: Object = msgspec.json.decode(answer.body, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        if answer.status >= 400:
            raise refused(answer.status, answer.body, what) from error
        raise ClusterError(f"cannot {what}: the answer cannot be read: {error}") from error
    return found


def _ended(what: str) -> ClusterError:
    return unreachable("kubectl has ended", what)
