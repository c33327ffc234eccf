"""``run``: one command in a container of its own, made from a service."""

from __future__ import annotations

import secrets
import shlex
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

import msgspec

from composer.engine.foreground import KILLED
from composer.errors import ComposerError, EngineError
from composer.graph.selection import check_names
from composer.plan.intent import Images, Run, Up
from composer.printable import printable
from composer.spec.model import Project, Service
from composer.spec.override import mounted, published, split_words, variables
from composer.state import SLUG, Container, OneOff
from composer.usecases import managed
from composer.usecases.context import Context
from composer.usecases.orphans import with_removal, with_silence
from composer.usecases.up import converge, served

SLUG_BYTES = 32
SLUG_SHOWN = 12
"""How much of the slug the container's name has."""


class RunOptions(NamedTuple):
    """The flags of ``run`` that make its container another than the service's."""

    command: tuple[str, ...] = ()
    entrypoint: str | None = None
    tty: bool = False
    stdin: bool = True
    env: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    labels: Mapping[str, str] = {}
    user: str | None = None
    workdir: str | None = None
    privileged: bool = False
    service_ports: bool = False
    publish: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()


class Session(NamedTuple):
    """How ``run`` goes about it."""

    name: str | None = None
    detach: bool = False
    remove: bool = False
    aliases: bool = False
    no_deps: bool = False
    remove_orphans: bool = False
    quiet: bool = False


def run(ctx: Context, service: str, images: Images, options: RunOptions, session: Session) -> int:
    """Run a command in a new container of ``service``, after what it depends on is ready.

    Returns the command's exit code; 0 when it runs in the background, and then prints the id.
    """
    project = ctx.project((service,))
    check_names(project, (service,))
    if not session.detach and options.stdin and options.tty and not sys.stdin.isatty():
        raise ComposerError(
            "the input device is not a TTY", hint="Leave out -t, or say -T: no terminal."
        )
    slug = secrets.token_hex(SLUG_BYTES)
    name = session.name or f"{project.name}-{service}-run-{slug[:SLUG_SHOWN]}"
    own = oneoff_service(project, project.services[service], options)
    project = msgspec.structs.replace(project, services={**project.services, service: own})
    how = OneOff(slug=slug, remove=session.remove, aliases=session.aliases)
    intent = Up(
        services=(service,),
        # What systemd keeps running is its own to start.
        no_deps=session.no_deps or managed.manager(ctx, project.name) is not None,
        remove_orphans=session.remove_orphans,
        run=Run(service=service, name=name, how=how),
    )
    intent = with_silence(project, with_removal(ctx, intent))
    project = served(ctx, project, intent)
    code: int | None = None
    try:
        with ctx.lock(project.name):
            converge(ctx, project, images, intent, yes=False)
        if ctx.settings.dry_run:
            shown = shlex.join(options.command) or "its own command"
            sys.stdout.write(f"Would run in {printable(name)}: {shown}\n")
            return 0
        code = _start(ctx, slug, options, session)
        return code
    finally:
        if session.remove and not ctx.settings.dry_run:
            _remove(ctx, slug, running=code in (None, KILLED))


def oneoff_service(project: Project, service: Service, options: RunOptions) -> Service:
    """``service`` as its one-off container has it. Raises ``ComposerError``.

    It has no fixed name, publishes nothing unless asked to, and is not started again.
    """
    deploy = service.deploy and msgspec.structs.replace(service.deploy, restart_policy=None)
    entrypoint, command = service.entrypoint, options.command or service.command
    if options.entrypoint is not None:
        entrypoint = split_words(options.entrypoint, "--entrypoint")
        command = options.command
    environment = variables(options.env, options.env_files, project.environment)
    return msgspec.structs.replace(
        service,
        container_name=None,
        restart="no",
        deploy=deploy,
        scale=1,
        tty=options.tty,
        stdin_open=options.stdin,
        entrypoint=entrypoint,
        command=command,
        environment={**service.environment, **environment},
        labels={**service.labels, **options.labels},
        user=options.user or service.user,
        working_dir=options.workdir or service.working_dir,
        privileged=options.privileged or service.privileged,
        ports=service.ports if options.service_ports else published(options.publish),
        volumes=(*service.volumes, *mounted(options.volumes)),
        cap_add=_either(service.cap_add, options.cap_add, options.cap_drop),
        cap_drop=_either(service.cap_drop, options.cap_drop, options.cap_add),
    )


def _either(said: tuple[str, ...], more: tuple[str, ...], less: tuple[str, ...]) -> tuple[str, ...]:
    """The capabilities of the file and those of the command line, which decides."""
    return tuple(dict.fromkeys([*(name for name in said if name not in less), *more]))


def _start(ctx: Context, slug: str, options: RunOptions, session: Session) -> int:
    (container,) = _made(ctx, slug)
    if session.detach:
        ctx.engine.start(container.id)
        if not session.quiet:
            sys.stdout.write(f"{container.id}\n")
        return 0

    def forward(number: int) -> None:
        # It may have ended already, or not have begun.
        with suppress(EngineError):
            ctx.engine.kill(container.id, str(number))

    return ctx.engine.attach(container.id, start=True, stdin=options.stdin, forward=forward)


def _remove(ctx: Context, slug: str, *, running: bool) -> None:
    """Remove what Podman has not removed itself: a container that never started, for example.

    One that goes on in the background stays until it ends, unless ``running``.
    """
    with suppress(EngineError):
        for container in _made(ctx, slug):
            if running or not container.alive:
                ctx.engine.remove(container.id, force=True, volumes=True)


def _made(ctx: Context, slug: str) -> list[Container]:
    """The container of this very command, if it is there; the name may be that of another."""
    return ctx.engine.containers({"label": [f"{SLUG}={slug}"]})
