"""A Podman service of our own, for machines where nobody enabled one.

``podman system service`` listens on a socket in a private folder, belongs to no terminal, serves
all composers of this user, and ends by itself when it has been idle.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from composer.engine.program import executable
from composer.engine.unix import listening
from composer.errors import EngineError

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
    folder = _private_folder(environ)
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


def _private_folder(environ: Mapping[str, str]) -> Path:
    """A folder that only this user can enter."""
    uid = os.getuid()
    bases = [environ.get("XDG_RUNTIME_DIR"), f"/run/user/{uid}", "/run" if uid == 0 else None]
    usable = [base for base in bases if base and os.access(base, os.W_OK | os.X_OK)]
    folder = Path(usable[0]) / "composer" if usable else Path(f"/tmp/composer-{uid}")  # noqa: S108
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        known = folder.lstat()
    except OSError as error:
        raise EngineError(
            f"cannot make the folder {folder} for Podman's socket: {error.strerror}",
            hint="set XDG_RUNTIME_DIR to a folder that you own",
        ) from error
    if known.st_uid != uid or known.st_mode & 0o077 or not folder.is_dir() or folder.is_symlink():
        raise EngineError(
            f"{folder} is not a private folder of this user",
            hint="remove it, or set XDG_RUNTIME_DIR to a folder that you own",
        )
    return folder


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
