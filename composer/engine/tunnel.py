"""Podman on another machine: its socket, brought to this one by the ``ssh`` program.

All connections of a command go through one login. The user's own ``ssh`` does it, so that its
configuration, agent, known hosts and questions are those that the user has for every other ``ssh``.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from composer.engine.unix import UnixTransport, listening
from composer.errors import EngineError
from composer.runtime import private_folder

_POLL_SECONDS = 0.01
_OPTIONS = ("ExitOnForwardFailure=yes", "ConnectTimeout=30", "ServerAliveInterval=15")
_UNTIL_WE_END = "cat"
"""What runs over there: it ends when its input does, and with it the login, however we end."""
_UNINTERRUPTED = ("sh", "-c", 'trap "" INT QUIT; exec "$@"', "sh")
"""Ctrl-C is for composer, which still has to stop containers through the tunnel."""
_NO_LOGIN = "try ssh by hand: what it says there has to be solved first"
_NOBODY_THERE = (
    "start Podman's service on that machine (systemctl --user enable --now podman.socket), and "
    "check the path of its socket (podman info --format '{{.Host.RemoteSocket.Path}}')"
)
_ASK = "podman info --format '{{.Host.RemoteSocket.Path}}'"


class Tunnel:
    """A way to the socket that ``url`` (``ssh://[user@]host[:port][/path]``) names.

    Without a path, the other machine's Podman is asked for it. ``identity`` is a private key file,
    empty for what ``ssh`` uses by itself. Safe in threads.
    """

    def __init__(self, url: str, identity: str, environ: Mapping[str, str]) -> None:
        self.url = url
        folder = private_folder(environ)
        self.path = str(folder / f"ssh-{os.getpid()}-{os.urandom(4).hex()}.sock")
        self._identity = identity
        self._environ = dict(environ)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def open(self) -> None:
        """Make the way, or make it again when it has ended. Raises ``EngineError``."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return
            self._end()
            forward = f"{self.path}:{self._far_socket()}"
            words = ["-T", "-L", forward, *self._destination(), _UNTIL_WE_END]
            with tempfile.TemporaryFile() as errors:
                self._process = self._ssh(words, subprocess.DEVNULL, errors)
                atexit.register(self.close)
                while not listening(self.path):
                    if self._process.poll() is not None:
                        raise self._failed(errors)
                    # There is no limit but that of ssh: it may be asking for a password.
                    time.sleep(_POLL_SECONDS)
                self._check(errors)

    def close(self) -> None:
        """End the login and remove the socket. May be called twice."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            atexit.unregister(self.close)
            assert process.stdin is not None
            with suppress(BrokenPipeError):
                process.stdin.close()
            process.terminate()
            process.wait()
        Path(self.path).unlink(missing_ok=True)

    def _check(self, errors: IO[bytes]) -> None:
        """Ask whether anybody answers: ssh listens here before it knows of the socket there."""
        try:
            UnixTransport(self.path).request("GET", "/_ping")
        except EngineError as error:
            self._end()
            raise self._failed(errors, _NOBODY_THERE) from error

    def _far_socket(self) -> str:
        path = unquote(urlsplit(self.url).path).rstrip("/")
        if path:
            return path
        with tempfile.TemporaryFile() as errors:
            process = self._ssh(["-T", *self._destination(), _ASK], subprocess.PIPE, errors)
            answer = process.communicate()[0].decode(errors="replace").strip()
            if process.returncode != 0 or not answer:
                raise self._failed(errors)
        return answer.removeprefix("unix://")

    def _destination(self) -> list[str]:
        """The flags and the host, as ``ssh`` takes them."""
        parts = urlsplit(self.url)
        words = [word for option in _OPTIONS for word in ("-o", option)]
        # A shared connection of the user's would keep the forwarding when this command is over.
        words += ["-S", "none"]
        if parts.port:
            words += ["-p", str(parts.port)]
        if parts.username:
            words += ["-l", unquote(parts.username)]
        if self._identity:
            words += ["-i", str(Path(self._identity).expanduser())]
        return [*words, "--", parts.hostname or ""]

    def _ssh(self, words: list[str], output: int, errors: IO[bytes]) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                [*_UNINTERRUPTED, "ssh", *words],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=errors,
                env=self._environ,
            )
        except OSError as error:
            raise EngineError(f"cannot start ssh: {error.strerror}") from error

    def _failed(self, errors: IO[bytes], hint: str = _NO_LOGIN) -> EngineError:
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip() or "ssh ended without a word"
        return EngineError(f"cannot reach Podman at {self.url}: {said}", hint=hint)
