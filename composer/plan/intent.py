"""What the user asked for: the flags of a command that a planner needs to know."""

from __future__ import annotations

from typing import Literal

import msgspec

from composer.state import OneOff

Recreate = Literal["diverged", "force", "never"]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """The container of ``run``, which is made and prepared, but not started, by the plan."""

    service: str
    name: str
    how: OneOff


class Up(msgspec.Struct, frozen=True, kw_only=True):
    """``up``, ``create`` (``start`` is False) and ``scale``."""

    services: tuple[str, ...] = ()
    """Named services; empty means all."""
    no_deps: bool = False
    scale: dict[str, int] = {}
    recreate: Recreate = "diverged"
    recreate_deps: bool = False
    """``--always-recreate-deps``."""
    renew_anonymous_volumes: bool = False
    start: bool = True
    remove_orphans: bool = False
    ignore_orphans: bool = False
    """Nothing is said about orphans that stay (``COMPOSE_IGNORE_ORPHANS``)."""
    timeout: float | None = None
    """Seconds that a container gets to stop in."""
    wait: bool = False
    wait_timeout: float | None = None
    check_started: bool = False
    """Report containers that die at once (nobody is watching their logs)."""
    anew_networks: tuple[str, ...] = ()
    """Networks (the engine's names) to remove and to create, since they differ from the file."""
    anew_volumes: dict[str, tuple[str, ...]] = {}
    """The same for volumes, each with the ids of the containers that use it."""
    inherited: dict[str, dict[str, str]] = {}
    """The anonymous volumes by target of each of these containers."""
    run: Run | None = None
    """Make this container in the place of the replicas of its service, which stay as they are."""


class Images(msgspec.Struct, frozen=True, kw_only=True):
    """Which images to pull and to build before anything else."""

    build: bool = False
    """``--build``: also what exists."""
    no_build: bool = False
    pull: str | None = None
    """``--pull``: a policy that stands above the file's."""
    quiet: bool = False
    """``--quiet-pull``."""
    quiet_build: bool = False
    build_args: tuple[str, ...] = ()
    """``KEY=VALUE`` for builds, above the file's."""
    no_cache: bool = False
    """Builds use no cached layers."""

    @property
    def how_to_build(self) -> Build:
        """What the flags say of builds."""
        return Build(quiet=self.quiet_build, args=self.build_args, no_cache=self.no_cache)


class Build(msgspec.Struct, frozen=True, kw_only=True):
    """``build``."""

    services: tuple[str, ...] = ()
    pull: bool = False
    no_cache: bool = False
    args: tuple[str, ...] = ()
    quiet: bool = False
    memory: int | None = None
    """Bytes that the containers of a build may use."""
    push: bool = False
    """Push what was built."""


class Down(msgspec.Struct, frozen=True, kw_only=True):
    """``down``."""

    services: tuple[str, ...] = ()
    volumes: bool = False
    anonymous: bool = False
    """Anonymous volumes go, also where named ones stay."""
    remove_orphans: bool = False
    images: Literal["local", "all"] | None = None
    timeout: float | None = None


class Lifecycle(msgspec.Struct, frozen=True, kw_only=True):
    """``start``, ``stop``, ``restart``, ``kill``, ``rm``, ``pause``, ``unpause``."""

    action: Literal["start", "stop", "restart", "kill", "rm", "pause", "unpause"]
    services: tuple[str, ...] = ()
    timeout: float | None = None
    signal: str = "SIGKILL"
    no_deps: bool = False
    stop: bool = False
    """``rm --stop``."""
    volumes: bool = False
    """``rm --volumes``: anonymous ones."""
    remove_orphans: bool = False
    wait: bool = False
    wait_timeout: float | None = None
