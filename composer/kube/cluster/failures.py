"""What a cluster or ``kubectl`` refuses, in the words of the one who has to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from composer.errors import EngineError

UNREACHABLE = "Unreachable"
"""The reason of errors that no answer of the cluster tells."""


class Cause(msgspec.Struct, frozen=True):
    """One of ``details.causes`` of a status: a field, and what is wrong with it."""

    reason: str = ""
    message: str = ""
    field: str = ""


class _Details(msgspec.Struct, frozen=True):
    causes: tuple[Cause, ...] | None = None


class _Status(msgspec.Struct, frozen=True):
    """The ``Status`` object (meta/v1) that the API server answers a refused request with."""

    status: str = ""
    message: str = ""
    reason: str = ""
    code: int = 0
    details: _Details | None = None


class ClusterError(EngineError):
    """A cluster refused something, or could not be reached.

    ``status`` is the HTTP status, 0 if it was no answer that told it; ``reason`` and ``causes`` are
    those of the cluster's status object.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        hint: str | None = None,
        reason: str = "",
        causes: Sequence[Cause] = (),
    ) -> None:
        super().__init__(message, status=status, hint=hint)
        self.reason = reason
        self.causes = tuple(causes)

    @property
    def unreachable(self) -> bool:
        """Whether there was no answer of the cluster: nothing else will be answered either."""
        return self.reason == UNREACHABLE

    @property
    def immutable(self) -> bool:
        """Whether it was refused to change a field that keeps the value it was made with."""
        return self.reason == "Invalid" and any(
            "immutable" in text or "may not change" in text or "are forbidden" in text
            for text in (self.message, *(cause.message for cause in self.causes))
        )

    @property
    def owners(self) -> set[str]:
        """The managers of fields that stand against an apply; empty if it was no conflict."""
        said = [cause.message for cause in self.causes if cause.reason == "FieldManagerConflict"]
        return {text.split('"')[1] for text in said if text.count('"') >= 2}


_HINTS: Mapping[str, str] = {
    "Unauthorized": "the cluster does not know you: log in again, or choose another context with "
    "--context (`kubectl config get-contexts` lists them)",
    "Forbidden": "ask who administers the cluster for the right to do so (`kubectl auth can-i "
    "--list -n NAMESPACE` shows what you may), or choose another --namespace or --context",
    "Invalid": "correct what the Compose file says about it, or its x-kubernetes section",
    "BadRequest": "correct what the Compose file says about it, or its x-kubernetes section",
    "TooManyRequests": "the cluster is busy: try again in a while",
    "ServiceUnavailable": "the cluster is not ready: try again in a while",
    "InternalError": "the cluster itself failed at it: its own log says more",
    "Timeout": "the cluster was too slow: try again in a while",
}
"""By the reason of a status, what to do about it."""

_CONFLICT = (
    "others have set these fields: take them out of the file, or take them over with "
    "--force-conflicts"
)

_UNREACHABLE: Mapping[str, tuple[str, str]] = {
    ":8080: connect: connection refused": (
        "kubectl knows of no cluster",
        "name a kubeconfig with --kubeconfig or KUBECONFIG, or write one to ~/.kube/config",
    ),
    "connection refused": (
        "nobody answers there",
        "check that the cluster runs, and its address in the kubeconfig (`kubectl cluster-info`)",
    ),
    "no such host": (
        "its name cannot be resolved",
        "check the cluster's address in the kubeconfig, and the network (a VPN?)",
    ),
    "x509": (
        "its certificate is not trusted",
        "check certificate-authority-data in the kubeconfig: it may be of a former cluster",
    ),
    "getting credentials": (
        "the program that the kubeconfig gets credentials from failed",
        "run `kubectl version`: what it says has to be solved first",
    ),
    "timeout": (
        "it does not answer in time",
        "check the cluster's address in the kubeconfig, and the network (a VPN?)",
    ),
}
"""What a part of kubectl's message means, and what to try."""


def refused(status: int, body: bytes, what: str) -> ClusterError:
    """The error for an answer with ``status`` of 400 or more to ``what`` ("apply Service web")."""
    said = _status(body)
    if said is None:
        return unreachable(body.decode(errors="replace").strip(), what)
    causes = (said.details.causes if said.details else None) or ()
    hint = _HINTS.get(said.reason)
    message = said.message or said.reason or f"the cluster answered with status {status}"
    if conflicts := [cause for cause in causes if cause.reason == "FieldManagerConflict"]:
        fields = [f"{cause.field}: {cause.message}" for cause in conflicts]
        message = "\n".join([f"{len(conflicts)} fields are not ours", *fields])
        if len(conflicts) == 1:
            message = f"one field is not ours: {fields[0]}"
        hint = _CONFLICT
    return ClusterError(
        f"cannot {what}: {message}",
        status=status,
        hint=hint,
        reason=said.reason,
        causes=causes,
    )


def _status(body: bytes) -> _Status | None:
    """The status object in ``body``; None for text, which is kubectl's own."""
    try:
        said = msgspec.json.decode(body, type=_Status)
    except msgspec.MsgspecError:
        return None
    return said if said.status == "Failure" else None


def unreachable(problem: str, what: str) -> ClusterError:
    """The error for a cluster that ``kubectl`` could not reach, for the ``problem`` it tells."""
    text, hint = problem, "run `kubectl version`: what it says has to be solved first"
    for part, (meaning, help_) in _UNREACHABLE.items():
        if part in problem:
            text, hint = f"{meaning} ({problem})", help_
            break
    return ClusterError(
        f"cannot reach the cluster to {what}: {text}", hint=hint, reason=UNREACHABLE
    )


def kubectl_failed(said: str) -> ClusterError:
    """The error for a ``kubectl`` that does not start, which ``said`` why."""
    text = said.removeprefix("error: ").strip() or "kubectl ended without a word"
    if "context" in text and "does not exist" in text:
        hint = "`kubectl config get-contexts` lists what there is"
    else:
        hint = "check --kubeconfig and KUBECONFIG"
    return ClusterError(f"kubectl cannot be used: {text}", hint=hint)
