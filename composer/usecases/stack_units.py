"""``systemd`` of podman-compose: a template unit, and a file of variables for each project.

Files are where podman-compose has them, and say the same: what one registered, the other lists.
"""

from __future__ import annotations

import getpass
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from composer.errors import ComposerError
from composer.usecases.context import Context

FOLDER = ".config/containers/compose/projects"
"""Below the user's home: a file for each project."""
UNIT = Path("/etc/systemd/user/podman-compose@.service")
_KEPT = ("COMPOSE_", "PODMAN_")

_TEXT = """\
# {unit}

[Unit]
Description=%i rootless pod (podman-compose)

[Service]
Type=simple
EnvironmentFile=%h/{folder}/%i.env
ExecStartPre=-{program} up --no-start
ExecStartPre={program} start
ExecStart={program} wait
ExecStop={program} stop
# The exit code of a `wait` that systemd ends because it has not seen yet that all have stopped.
SuccessExitStatus=130

[Install]
WantedBy=default.target
"""


def _file(name: str) -> Path:
    return Path.home() / FOLDER / f"{name}.env"


def _register(ctx: Context) -> int:
    project = ctx.project()
    file = _file(project.name)
    variables = _variables(project.environment) | {
        "COMPOSE_PROJECT_DIR": project.working_dir,
        "COMPOSE_FILE": os.pathsep.join(project.files),
        "COMPOSE_PATH_SEPARATOR": os.pathsep,
        "COMPOSE_PROJECT_NAME": project.name,
    }
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{key}={value}\n" for key, value in variables.items()))
    except OSError as error:
        raise ComposerError(f"cannot write {file}: {error.strerror}") from error
    unit = f"podman-compose@{project.name}"
    sys.stdout.write(
        f"{project.name} is registered. Let systemd start it now and after each login:\n\n"
        f"  systemctl --user enable --now '{unit}'\n"
        f"  systemctl --user status '{unit}'\n"
        f"  journalctl --user -xeu '{unit}'\n\n"
        "and without a login, once for the user:\n\n"
        f"  sudo loginctl enable-linger '{getpass.getuser()}'\n"
    )
    return 0


def _variables(environment: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in environment.items() if key.startswith(_KEPT)}


def _unregister(ctx: Context) -> int:
    name = ctx.project_name
    file = _file(name)
    if not file.exists():
        sys.stdout.write(f"{name} is not registered\n")
        return 0
    try:
        file.unlink()
    except OSError as error:
        raise ComposerError(f"cannot remove {file}: {error.strerror}") from error
    sys.stdout.write(
        f"{name} is not registered any more. Stop it and keep systemd from starting it:\n\n"
        f"  systemctl --user disable --now 'podman-compose@{name}'\n"
    )
    return 0


def _list(_ctx: Context) -> int:
    files = sorted((Path.home() / FOLDER).glob("*.env"))
    sys.stdout.write("".join(f"{file.stem}\n" for file in files))
    return 0


def _create_unit(ctx: Context) -> int:
    program = shutil.which(sys.argv[0]) or str(Path(sys.argv[0]).resolve())
    text = _TEXT.format(unit=UNIT, folder=FOLDER, program=program)
    if os.access(UNIT.parent, os.W_OK):
        UNIT.write_text(text)
        sys.stdout.write(f"{UNIT} is written. Now, in each project: podman-compose systemd\n")
    else:
        sys.stdout.write(text)
        ctx.warn(f"cannot write {UNIT}: do this as root, or put the text above there")
    return 0


ACTIONS: dict[str, Callable[[Context], int]] = {
    "register": _register,
    "unregister": _unregister,
    "list": _list,
    "ls": _list,
    "create-unit": _create_unit,
}
"""``systemd --action``: what each does, and returns as the exit code."""
