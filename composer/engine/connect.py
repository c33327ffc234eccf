"""Finds a Podman and connects to it, or starts one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from composer.engine.discovery import Place, demanded, usual_sockets
from composer.engine.podman_engine import PodmanEngine
from composer.engine.program import Program, extra_arguments
from composer.engine.unix import UnixTransport, listening
from composer.errors import EngineError

if TYPE_CHECKING:
    from composer.engine.transport import Transport


def connect(
    environ: Mapping[str, str] | None = None, connection: str | None = None
) -> PodmanEngine:
    """The engine that ``environ`` (default: this process's) or the named ``connection`` means.

    When neither names one, the usual sockets are tried, then a service is started. Raises
    ``EngineError`` with status 0 when there is none.
    """
    environ = os.environ if environ is None else environ
    arguments = extra_arguments(environ)
    place = demanded(environ, connection)
    if place is not None:
        if place.path and not listening(place.path):
            raise _nobody_there(place)
        return _engine(place, environ)
    if not arguments:
        for usual in usual_sockets(environ, os.getuid()):
            if listening(usual.path):
                return _engine(usual, environ, ())
    from composer.engine.autostart import ensure_service

    socket = ensure_service(environ, arguments)
    program = Program(f"unix://{socket}", local_arguments=arguments, environment=dict(environ))
    revive = partial(ensure_service, environ, arguments)
    return PodmanEngine(UnixTransport(socket, revive), program)


def _engine(
    place: Place, environ: Mapping[str, str], arguments: tuple[str, ...] | None = None
) -> PodmanEngine:
    """The engine at ``place``. One behind ssh is for all programs a socket of this machine."""
    transport: Transport
    url = place.url
    if place.path:
        transport = UnixTransport(place.path)
    elif url.startswith("ssh://"):
        from composer.engine.tunnel import Tunnel

        tunnel = Tunnel(url, place.identity, environ)
        tunnel.open()
        transport = UnixTransport(tunnel.path, tunnel.open, url=url, ended=tunnel.close)
        url = f"unix://{tunnel.path}"
    else:
        from composer.engine.remote import RemoteTransport

        transport = RemoteTransport(url)
    return PodmanEngine(
        transport, Program(url, local_arguments=arguments, environment=dict(environ))
    )


def _nobody_there(place: Place) -> EngineError:
    return EngineError(
        f"no Podman listens on {place.path} ({place.source})",
        hint=f"start it (systemctl --user start podman.socket, or podman system service "
        f"--time=0 {place.url}), or unset {place.source} to let composer find or start one"
        if place.source.isupper()
        else f"start it (podman system service --time=0 {place.url})",
    )
