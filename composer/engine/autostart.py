"""A Podman service of our own, for machines where nobody enabled one.

``podman system service`` listens on a socket in a private folder, belongs to no terminal, serves
all composers of this user, and ends by itself when it has been idle.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from composer.engine.program import executable
from composer.engine.unix import listening
from composer.errors import EngineError
from composer.runtime import private_folder

IDLE_SECONDS = 30
_START_SECONDS = 30.0
_POLL_SECONDS = 0.01
_STORE_VARIABLES = (
    "CONTAINERS_CONF",
    "CONTAINERS_CONF_OVERRIDE",
    "CONTAINERS_STORAGE_CONF",
    "CONTAINERS_REGISTRIES_CONF",
    "STORAGE_DRIVER",
    "XDG_DATA_HOME",
    "XDG_CONFIG_HOME",
    "HOME",
)
"""A service started under other values of these is another engine."""


def ensure_service(
    environ: Mapping[str, str],
    arguments: Sequence[str] = (),
    *,
    idle_seconds: int = IDLE_SECONDS,
) -> str:
    """The path of a socket on which a service of ours listens; one is started when none does.

    ``arguments`` are flags for ``podman`` before ``system service``. Two composers that need one
    at the same time get the same. Raises ``EngineError`` when it cannot be started.
    """
    program = executable()
    folder = private_folder(environ)
    socket = folder / f"podman-{_fingerprint(environ, arguments)}.sock"
    if listening(str(socket)):
        return str(socket)
    with _lock(socket.with_suffix(".lock")):
        if not listening(str(socket)):
            socket.unlink(missing_ok=True)
            command = [program, *arguments, "system", "service", f"--time={idle_seconds}"]
            _start([*command, f"unix://{socket}"], environ, socket)
    return str(socket)


def _fingerprint(environ: Mapping[str, str], arguments: Sequence[str]) -> str:
    text = "\0".join([*arguments, *(environ.get(name, "") for name in _STORE_VARIABLES)])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _start(command: list[str], environ: Mapping[str, str], socket: Path) -> None:
    log = socket.with_suffix(".log")
    # A session of its own: Ctrl-C in the user's terminal must not end it.
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=_environment(environ),
            cwd="/",
            start_new_session=True,
        )
    limit = time.monotonic() + _START_SECONDS
    while not listening(str(socket)):
        ended = process.poll() is not None
        if ended or time.monotonic() > limit:
            reason = log.read_text(errors="replace").strip().splitlines()[-5:]
            raise EngineError(
                "cannot start Podman's service: "
                + ("; ".join(reason) or ("it ended at once" if ended else "it does not answer")),
                hint=f"try it by hand: {' '.join(command)}",
            )
        time.sleep(_POLL_SECONDS)
    # It outlives this process by design; without this, Python warns about a child still running.
    process.returncode = 0


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The user's environment without what would make ``podman`` itself a client."""
    client_only = ("CONTAINER_HOST", "CONTAINER_CONNECTION", "DOCKER_HOST")
    return {key: value for key, value in environ.items() if key not in client_only}
