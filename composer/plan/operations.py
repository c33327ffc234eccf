"""The operations that a plan is made of: plain data, each one engine call, each with its cause."""

from __future__ import annotations

from typing import Literal

import msgspec

from composer.spec.model import Condition
from composer.state import OneOff


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One step. ``id`` is unique in its plan; ``subject`` is what the user sees it happen to."""

    id: str
    cause: str
    """Why this step is needed: "not there yet", "environment changed", "--force-recreate" …"""


class CreateNetwork(Operation, frozen=True, kw_only=True):
    key: str
    name: str


class RemoveNetwork(Operation, frozen=True, kw_only=True):
    """Remove a network; one that containers of others still use stays, with a warning."""

    name: str


class DisconnectNetwork(Operation, frozen=True, kw_only=True):
    """Take a container off a network."""

    network: str
    container: str
    """Id."""
    name: str


class CreateVolume(Operation, frozen=True, kw_only=True):
    key: str
    name: str


class RemoveVolume(Operation, frozen=True, kw_only=True):
    """Remove a volume; one that containers of others still use stays, with a warning."""

    name: str


class PullImage(Operation, frozen=True, kw_only=True):
    """Pull ``image``. With ``optional`` a failure is only a warning (``pull --ignore-…``).

    With ``newer`` the local image stays if the registry has nothing else or does not answer.
    """

    service: str
    image: str
    platform: str | None = None
    quiet: bool = False
    newer: bool = False
    optional: bool = False


class BuildImage(Operation, frozen=True, kw_only=True):
    service: str
    image: str
    """The tag that it gets."""
    pull: bool = False
    no_cache: bool = False
    quiet: bool = False
    args: tuple[str, ...] = ()
    """``--build-arg`` values, ``KEY=VALUE`` or ``KEY``."""
    memory: int | None = None
    """Bytes that the containers of the build may use."""


class PushImage(Operation, frozen=True, kw_only=True):
    """Push ``image``. With ``optional`` a failure is only a warning (``push --ignore-…``)."""

    service: str
    image: str
    quiet: bool = False
    optional: bool = False


class RemoveImage(Operation, frozen=True, kw_only=True):
    image: str


class CreatePod(Operation, frozen=True, kw_only=True):
    """Make the pod for one number of replicas, which its members are then created in."""

    key: str
    number: int
    name: str


class StopPod(Operation, frozen=True, kw_only=True):
    """Stop what is left running of a pod: its infra container, once its members are stopped."""

    pod: str
    """Id."""
    name: str
    timeout: float | None = None
    """Seconds until it is killed."""


class RemovePod(Operation, frozen=True, kw_only=True):
    """Remove a pod, with its infra container and whatever else is in it."""

    pod: str
    """Id."""
    name: str


class UpdatePod(Operation, frozen=True, kw_only=True):
    """Change the limits that the containers of a pod have together, while they run."""

    pod: str
    """Id."""
    name: str
    cpus: float | None = None
    memory: int | None = None
    """Bytes. None leaves a limit as it is, 0 takes it away."""


class CreateContainer(Operation, frozen=True, kw_only=True):
    service: str
    number: int
    name: str
    replaces: str | None = None
    """Id of the container whose anonymous volumes it inherits."""
    inherits: dict[str, str] = {}
    """By target, anonymous volumes of a container that is gone when this one is created."""
    renew_anonymous_volumes: bool = False
    oneoff: OneOff | None = None
    provisional: bool = False
    """Under another name until ``RenameContainer`` gives it this one."""


class RenameContainer(Operation, frozen=True, kw_only=True):
    container: str
    """Id, or the name of a container that this plan creates."""
    name: str
    """The present name."""
    new_name: str


class InitContainer(Operation, frozen=True, kw_only=True):
    """Set up namespaces, network and mounts, so that starting is only letting the process run."""

    container: str
    name: str


class StartContainer(Operation, frozen=True, kw_only=True):
    service: str
    container: str
    """Id, or the name of a container that this plan creates."""
    name: str
    replaces: str | None = None
    """Name of the container whose place it takes, which is there until this one runs."""


class StopContainer(Operation, frozen=True, kw_only=True):
    container: str
    name: str
    timeout: float | None = None
    """Seconds until it is killed; None: what the container was made with."""
    replaced_by: str | None = None
    """Name of the container that takes its place."""


class PauseContainer(Operation, frozen=True, kw_only=True):
    container: str
    name: str


class UnpauseContainer(Operation, frozen=True, kw_only=True):
    container: str
    name: str
    asked: bool = False
    """The user asked for it; else it is a part of what is done to the container."""


class KillContainer(Operation, frozen=True, kw_only=True):
    container: str
    name: str
    signal: str = "SIGKILL"


class RestartContainer(Operation, frozen=True, kw_only=True):
    container: str
    name: str
    timeout: float | None = None


class RemoveContainer(Operation, frozen=True, kw_only=True):
    container: str
    name: str
    force: bool = False
    """Also if it runs: it is stopped first."""
    timeout: float | None = 0
    """Seconds until it is killed then; None: what the container was made with."""
    volumes: bool = False
    """Its anonymous volumes as well."""
    replaced_by: str | None = None
    """Name of the container that took its place."""


class WaitFor(Operation, frozen=True, kw_only=True):
    """Wait for a condition of containers of ``service``. Takes no parallel slot."""

    service: str
    containers: tuple[str, ...]
    """Ids or names."""
    condition: Condition
    required: bool = True
    """When False, a condition that is not met is a warning."""
    timeout: float | None = None
    """Seconds."""


class CheckStarted(Operation, frozen=True, kw_only=True):
    """Look once more at what this plan started: a container that died at once is a failure."""

    containers: tuple[str, ...]
    """Names."""
    replaces: str | None = None
    """Name of the container whose place it took, which is there until this one is seen running."""


class RunHook(Operation, frozen=True, kw_only=True):
    """Run a command that the file has for a running container."""

    service: str
    container: str
    """Id, or the name of a container that this plan creates."""
    name: str
    index: int
    """Which one of the service's hooks of this kind."""


class RunPostStart(RunHook, frozen=True, kw_only=True):
    """``post_start``. A container whose hook fails is stopped: the next start runs it again."""


class RunPreStop(RunHook, frozen=True, kw_only=True):
    """``pre_stop``. A container whose hook fails goes on running."""


class RunPreStart(Operation, frozen=True, kw_only=True):
    """``pre_start``: run a container of its own to its end, beside one that is to start."""

    service: str
    index: int
    container: str
    """Id or name of the container whose mounts it shares."""
    name: str
    """Its own name."""


class CallProvider(Operation, frozen=True, kw_only=True):
    """Call the program that provides a service in the place of a container."""

    service: str
    command: Literal["up", "down", "stop"]
