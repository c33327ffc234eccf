"""The words for each kind of operation: what it happens to, what is going on, what was done."""

from __future__ import annotations

from typing import NamedTuple

from composer.plan import operations as op
from composer.scheduler.events import Kind


class Words(NamedTuple):
    """How an operation is shown. ``shown`` is False for steps that are a part of another."""

    kind: Kind
    subject: str
    doing: str
    done: str
    shown: bool = True


_WORDS: dict[type[op.Operation], tuple[Kind, str, str, str]] = {
    op.CreateNetwork: ("Network", "name", "Creating", "Created"),
    op.RemoveNetwork: ("Network", "name", "Removing", "Removed"),
    op.DisconnectNetwork: ("Container", "name", "Disconnecting", "Disconnected"),
    op.CreateVolume: ("Volume", "name", "Creating", "Created"),
    op.RemoveVolume: ("Volume", "name", "Removing", "Removed"),
    op.PullImage: ("Image", "image", "Pulling", "Pulled"),
    op.BuildImage: ("Image", "image", "Building", "Built"),
    op.PushImage: ("Image", "image", "Pushing", "Pushed"),
    op.RemoveImage: ("Image", "image", "Removing", "Removed"),
    op.CreatePod: ("Pod", "name", "Creating", "Created"),
    op.StopPod: ("Pod", "name", "Stopping", "Stopped"),
    op.RemovePod: ("Pod", "name", "Removing", "Removed"),
    op.UpdatePod: ("Pod", "name", "Updating", "Updated"),
    op.CreateContainer: ("Container", "name", "Creating", "Created"),
    op.RenameContainer: ("Container", "name", "Renaming", "Renamed"),
    op.InitContainer: ("Container", "name", "Preparing", "Prepared"),
    op.StartContainer: ("Container", "name", "Starting", "Started"),
    op.StopContainer: ("Container", "name", "Stopping", "Stopped"),
    op.PauseContainer: ("Container", "name", "Pausing", "Paused"),
    op.UnpauseContainer: ("Container", "name", "Waking", "Running"),
    op.KillContainer: ("Container", "name", "Killing", "Killed"),
    op.RestartContainer: ("Container", "name", "Restarting", "Started"),
    op.RemoveContainer: ("Container", "name", "Removing", "Removed"),
    op.WaitFor: ("Container", "service", "Waiting", "Ready"),
    op.CheckStarted: ("Container", "containers", "Checking", "Running"),
    op.CallProvider: ("Service", "service", "Creating", "Created"),
    op.RunPreStart: ("Container", "name", "Preparing", "Done"),
    op.RunPostStart: ("Container", "name", "Post-start", "Started"),
    op.RunPreStop: ("Container", "name", "Pre-stop", "Prepared to stop"),
}

_CALLS = {
    "up": ("Creating", "Created"),
    "down": ("Removing", "Removed"),
    "stop": ("Stopping", "Stopped"),
}
"""The words for what a provider is called to do."""

_SILENT = (
    op.DisconnectNetwork,
    op.InitContainer,
    op.CheckStarted,
    op.RenameContainer,
    op.UnpauseContainer,
    op.WaitFor,
)


def words(operation: op.Operation) -> Words:
    """Return the words for ``operation``."""
    kind, attribute, doing, done = _WORDS[type(operation)]
    subject = getattr(operation, attribute)
    if not isinstance(subject, str):
        subject = ", ".join(subject)
    if isinstance(operation, op.CreateContainer) and operation.replaces:
        doing, done = "Recreate", "Recreated"
    if isinstance(operation, op.CallProvider):
        doing, done = _CALLS[operation.command]
    if isinstance(operation, op.UnpauseContainer) and operation.asked:
        return Words(kind, subject, "Unpausing", "Unpaused")
    if isinstance(operation, op.RemoveContainer) and operation.force and operation.timeout != 0:
        doing = "Stopping"
    replaced = getattr(operation, "replaced_by", None) is not None
    return Words(kind, subject, doing, done, not (replaced or isinstance(operation, _SILENT)))
