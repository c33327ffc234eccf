"""The ``kubectl`` program as the way to a cluster.

One ``kubectl proxy`` on a private socket serves a whole command: it is the user's own kubeconfig,
context, certificates and credential plugins that open the door, and behind it the API is spoken
as it is, with its own status objects in the place of a program's words.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from composer.kube.cluster.failures import ClusterError, kubectl_failed
from composer.runtime import private_folder

_READY = "Starting to serve on"
_OWN_LOG = re.compile(r"[IWEF]\d{4} |\d{4}/\d\d/\d\d ")
"""How lines begin that kubectl writes about its own work; the answers say the same."""
_SET_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


class Access(NamedTuple):
    """Which cluster, as whom and where: kubectl's own options. None is what kubeconfig says."""

    context: str | None = None
    kubeconfig: str | None = None
    namespace: str | None = None
    """None: the project's name."""

    def flags(self) -> list[str]:
        """The flags for ``kubectl``; the namespace is in the paths of requests."""
        said = {"--context": self.context, "--kubeconfig": self.kubeconfig}
        return [f"{flag}={value}" for flag, value in said.items() if value is not None]


def executable(environ: Mapping[str, str]) -> str:
    """The path of ``kubectl``. Raises ``ClusterError`` when it is not installed."""
    found = shutil.which("kubectl", path=environ.get("PATH"))
    if found is None:
        raise ClusterError(
            "the kubectl program is not installed",
            hint="install it with the system's package manager (apt-get install "
            "kubernetes-client, dnf install kubernetes-client), or as "
            "https://kubernetes.io/docs/tasks/tools/ says",
        )
    return found


class Proxy:
    """A running ``kubectl proxy``; ``path`` is its socket.

    ``say`` gets the lines that plugins for credentials write meanwhile ("open this page to log
    in"). Raises ``ClusterError`` when kubectl does not start: there is no such context, the
    kubeconfig cannot be read.
    """

    def __init__(
        self, access: Access, environ: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        program = executable(environ)
        folder = private_folder(environ)
        self.path = str(folder / f"kube-{os.getpid()}-{os.urandom(4).hex()}.sock")
        self._say = say
        self._held: list[str] | None = []
        """What was written before it was ready: the reason, if it does not get ready."""
        words = [program, "proxy", f"--unix-socket={self.path}", "--accept-hosts=.*"]
        self._process = _start([*words, *access.flags()], environ)
        self._reader = threading.Thread(target=self._read_errors, daemon=True)
        self._reader.start()
        try:
            self._await_ready()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End kubectl at once and remove the socket. May be called twice."""
        self._process.kill()
        self._process.wait()
        Path(self.path).unlink(missing_ok=True)

    def _await_ready(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(_READY):
                break
        else:
            self._process.wait()
            self._reader.join()
            raise kubectl_failed("\n".join(self._held or ()))
        for line in self._held or ():
            self._tell(line)
        self._held = None

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if self._held is not None:
                self._held.append(line.rstrip("\n"))
            else:
                self._tell(line.rstrip("\n"))

    def _tell(self, line: str) -> None:
        if not _OWN_LOG.match(line):
            self._say(line)


def _start(command: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[str]:
    libc = ctypes.CDLL(None)

    def end_with_us() -> None:
        libc.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)

    try:
        # Its standard input is ours: plugins may ask for a password.
        return subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environ),
            encoding="utf-8",
            errors="replace",
            preexec_fn=end_with_us,
        )
    except OSError as error:
        raise ClusterError(f"cannot start {command[0]}: {error.strerror}") from error
