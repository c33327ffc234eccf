"""A socket in front of the engine's that passes everything on and keeps each request line."""

from __future__ import annotations

import re
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_REQUEST = re.compile(rb"(?:^|\r\n)(GET|HEAD|POST|PUT|DELETE|PATCH) (/\S*) HTTP/1\.[01]\r\n")


class Recorder:
    """The requests that went through, as (method, path) in order."""

    def __init__(self, path: Path, target: str) -> None:
        self.url = f"unix://{path}"
        self.requests: list[tuple[str, str]] = []
        self._target = target
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen(64)
        self._open = True
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def changes(self) -> list[tuple[str, str]]:
        """The requests that can change something."""
        return [request for request in self.requests if request[0] not in ("GET", "HEAD")]

    def close(self) -> None:
        """Take no more connections."""
        self._open = False
        self._server.close()

    def _accept(self) -> None:
        while self._open:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as engine, selectors.DefaultSelector() as ready:
            engine.connect(self._target)
            ready.register(client, selectors.EVENT_READ, engine)
            ready.register(engine, selectors.EVENT_READ, client)
            try:
                while True:
                    for key, _ in ready.select():
                        source, sink = key.fileobj, key.data
                        assert isinstance(source, socket.socket)
                        data = source.recv(65536)
                        if not data:
                            return
                        if source is not client or self._note(data, sink):
                            sink.sendall(data)
            except OSError:
                return

    def _note(self, data: bytes, engine: socket.socket) -> bool:
        """Keep the requests in ``data``; whether it is to be passed on to ``engine``."""
        for method, path in _REQUEST.findall(data):
            self.requests.append((method.decode(), path.decode()))
        return True


class Trap(Recorder):
    """Calls ``spring`` at the ``number``-th request that can change something, once.

    With ``passing`` the engine gets that request first, and carries it out while ``spring`` does
    what it does; without, it never gets it.
    """

    def __init__(
        self, path: Path, target: str, *, number: int, passing: bool, spring: Callable[[], None]
    ) -> None:
        self._number, self._passing, self._spring = number, passing, spring
        self._noting = threading.Lock()
        self.sprung = threading.Event()
        super().__init__(path, target)

    def _note(self, data: bytes, engine: socket.socket) -> bool:
        with self._noting:
            super()._note(data, engine)
            if self.sprung.is_set() or len(self.changes) < self._number:
                return True
            self.sprung.set()
            if self._passing:
                engine.sendall(data)
            self._spring()
            return False


@contextmanager
def recording(folder: Path, target: str) -> Iterator[Recorder]:
    """Records what is asked of the engine at ``target`` through the recorder's ``url``."""
    recorder = Recorder(folder / "recorder.sock", target)
    try:
        yield recorder
    finally:
        recorder.close()
