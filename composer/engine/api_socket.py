"""``use_api_socket``: the credentials that go with the engine's socket.

``spec_storage`` mounts the socket at ``/var/run/docker.sock``. Docker Compose also gives the
container what its user is logged in to, as a configuration of the docker program: so does this.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from composer.engine.context import Context, InjectedFile

FOLDER = "/run/secrets/docker"
VARIABLE = "DOCKER_CONFIG"


def credentials(context: Context) -> dict[str, Any]:
    """A copied file with all logins, and where it is, unless the service says that itself."""
    if not context.around.socket:
        return {}
    text = json.dumps({"auths": logins(os.environ)})
    context.files.append(InjectedFile(path=f"{FOLDER}/config.json", content=text.encode()))
    return {} if VARIABLE in context.service.environment else {"env": {VARIABLE: FOLDER}}


def logins(environ: Mapping[str, str]) -> dict[str, Any]:
    """The logins of containers-auth.json(5) and of the docker program, by registry.

    The first file that knows a registry wins. Logins that a credential helper keeps are not there.
    """
    found: dict[str, Any] = {}
    for file in _files(environ):
        try:
            known = json.loads(file.read_text()).get("auths") or {}
            for registry, login in known.items():
                if login:
                    found.setdefault(registry, login)
        except (OSError, ValueError, AttributeError):
            continue
    return found


def _files(environ: Mapping[str, str]) -> Iterator[Path]:
    home = Path(environ.get("HOME") or "/")
    if said := environ.get("REGISTRY_AUTH_FILE"):
        yield Path(said)
    runtime = environ.get("XDG_RUNTIME_DIR")
    yield Path(runtime or f"/run/containers/{os.getuid()}") / (
        "containers/auth.json" if runtime else "auth.json"
    )
    yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "containers/auth.json"
    yield Path(environ.get("DOCKER_CONFIG") or home / ".docker") / "config.json"
