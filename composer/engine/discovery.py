"""Which Podman: the places where one may be, in the order in which they are tried.

``CONTAINER_HOST`` or ``DOCKER_HOST`` (over ssh with the key file ``CONTAINER_SSHKEY``), then a
named or active remote connection of ``containers.conf`` and ``podman-connections.json``, then the
sockets of rootless and root Podman.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from composer.errors import EngineError

_SCHEMES = ("unix", "tcp", "ssh", "http", "https")


class Place(NamedTuple):
    """Where a Podman may be."""

    url: str
    source: str
    """Who said so: an environment variable, a connection's name, or empty for the usual sockets."""
    identity: str = ""
    """Private key file for SSH."""

    @property
    def path(self) -> str:
        """The socket file, empty for what is not a local socket."""
        return self.url.removeprefix("unix://") if self.url.startswith("unix://") else ""


def demanded(environ: Mapping[str, str], connection: str | None = None) -> Place | None:
    """The engine that the user asked for, None when any will do.

    ``connection`` is the name of a connection from the command line. Raises ``EngineError`` for an
    address that cannot be one and for a connection that does not exist.
    """
    if connection is not None:
        return _named(environ, connection, "--connection")
    for variable in ("CONTAINER_HOST", "DOCKER_HOST"):
        if environ.get(variable):
            key = environ.get("CONTAINER_SSHKEY", "")
            return Place(_checked(environ[variable], variable), variable, key)
    if environ.get("CONTAINER_CONNECTION"):
        return _named(environ, environ["CONTAINER_CONNECTION"], "CONTAINER_CONNECTION")
    return _active(environ)


def usual_sockets(environ: Mapping[str, str], uid: int) -> list[Place]:
    """The sockets where Podman's own units listen. Root's is no use to other users."""
    folder = environ.get("XDG_RUNTIME_DIR") or f"/run/user/{uid}"
    rootless = f"{folder}/podman/podman.sock"
    paths = ["/run/podman/podman.sock"] if uid == 0 else [rootless, "/run/podman/podman.sock"]
    if uid == 0 and environ.get("XDG_RUNTIME_DIR"):
        paths.append(rootless)
    return [Place(f"unix://{path}", "") for path in paths if os.access(path, os.R_OK | os.W_OK)]


def _checked(url: str, source: str) -> str:
    if url.startswith("/"):
        return f"unix://{url}"
    scheme = url.partition("://")[0]
    if "://" not in url or scheme not in _SCHEMES:
        raise EngineError(
            f"{source}={url} is no address of an engine",
            hint="it looks like unix:///run/podman/podman.sock, tcp://host:port or "
            "ssh://user@host/run/podman/podman.sock",
        )
    return url


def _named(environ: Mapping[str, str], name: str, source: str) -> Place:
    known = connections(environ)
    if name not in known:
        listed = ", ".join(sorted(known)) or "none"
        raise EngineError(
            f"{source}: there is no Podman connection {name!r} (there are: {listed})",
            hint="podman system connection add makes one",
        )
    return known[name]


def _active(environ: Mapping[str, str]) -> Place | None:
    """The default connection, when it is one to another machine."""
    known = connections(environ)
    for settings, path in (("Connection", "Default"), ("engine", "active_service")):
        for config in _configurations(environ):
            name = (config.get(settings) or {}).get(path)
            if name in known:
                place = known[name]
                return place if not place.path else None
    return None


def connections(environ: Mapping[str, str]) -> dict[str, Place]:
    """All connections that the user has set up, by name."""
    found: dict[str, Place] = {}
    for config in _configurations(environ):
        destinations = (config.get("engine") or {}).get("service_destinations") or {}
        destinations |= (config.get("Connection") or {}).get("Connections") or {}
        for name, said in destinations.items():
            url = said.get("uri") or said.get("URI") or ""
            if url:
                identity = said.get("identity") or said.get("Identity") or ""
                found[name] = Place(url, f"connection {name}", identity)
    return found


def _configurations(environ: Mapping[str, str]) -> list[dict[str, Any]]:
    """Podman's configuration files, the weakest first."""
    home = Path(environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME", "/")) / ".config")
    if environ.get("CONTAINERS_CONF"):
        paths = [Path(environ["CONTAINERS_CONF"])]
    else:
        paths = [
            Path("/usr/share/containers/containers.conf"),
            Path("/etc/containers/containers.conf"),
            home / "containers" / "containers.conf",
        ]
    if environ.get("CONTAINERS_CONF_OVERRIDE"):
        paths.append(Path(environ["CONTAINERS_CONF_OVERRIDE"]))
    paths.append(
        Path(
            environ.get("PODMAN_CONNECTIONS_CONF")
            or home / "containers" / "podman-connections.json"
        )
    )
    return [config for path in paths if (config := _read(path))]


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text()
    except OSError:
        return {}
    import json
    import tomllib

    try:
        parsed = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except ValueError as error:
        raise EngineError(f"{path} cannot be read: {error}", hint="correct the file") from error
    return parsed if isinstance(parsed, dict) else {}
