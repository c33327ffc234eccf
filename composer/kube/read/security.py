"""``securityContext`` of pods and containers: who a container runs as, and what it may do."""

from __future__ import annotations

from collections.abc import Callable

from composer.kube.read.cursor import Cursor
from composer.kube.read.draft import Draft, extend
from composer.kube.read.workloads import Member, Workload
from composer.spec.tree import Map, put


def security(draft: Draft, workload: Workload, member: Member, service: Map) -> None:
    """What the contexts of the container and of its pod say; the container's stands above."""
    pod = workload.spec.get("securityContext")
    own = member.said.get("securityContext")
    _user(draft, own, pod, service)
    for key, convert in _OPTIONS.items():
        said = own.get(key) or pod.get(key)
        if said:
            convert(draft, said, service)
    groups = [str(entry.number()) for entry in pod.get("supplementalGroups").each()]
    group = pod.get("fsGroup")
    if group:
        groups.append(group.text())
    extend(service, "group_add", groups, (group or pod.get("supplementalGroups")).mark)


def _user(draft: Draft, own: Cursor, pod: Cursor, service: Map) -> None:
    user = own.get("runAsUser") or pod.get("runAsUser")
    group = own.get("runAsGroup") or pod.get("runAsGroup")
    careful = own.get("runAsNonRoot") or pod.get("runAsNonRoot")
    if user and careful.value is True and user.number() == 0:
        draft.wrong(user, "0 is root, which runAsNonRoot forbids")
    if user:
        text = f"{user.number()}:{group.number()}" if group else str(user.number())
        put(service, "user", text, user.mark)
    elif group:
        draft.warn(group, "a group needs a user: say runAsUser as well")
    if careful.value is True and not user:
        draft.warn(careful, "nobody looks whether the image's own user is root")


def _flag(attribute: str) -> Callable[[Draft, Cursor, Map], None]:
    def convert(_draft: Draft, said: Cursor, service: Map) -> None:
        if said.value is True:
            put(service, attribute, value=True, mark=said.mark)

    return convert


def _capabilities(_draft: Draft, said: Cursor, service: Map) -> None:
    extend(service, "cap_add", said.get("add").texts(), said.get("add").mark)
    extend(service, "cap_drop", said.get("drop").texts(), said.get("drop").mark)


def _escalation(_draft: Draft, said: Cursor, service: Map) -> None:
    if said.value is False:
        extend(service, "security_opt", ["no-new-privileges:true"], said.mark)


def _labels(_draft: Draft, said: Cursor, service: Map) -> None:
    options = [f"label:{key}:{found.text()}" for key, found in said.items()]
    extend(service, "security_opt", options, said.mark)


def _seccomp(draft: Draft, said: Cursor, service: Map) -> None:
    kind = said.get("type").text()
    if kind == "Unconfined":
        extend(service, "security_opt", ["seccomp:unconfined"], said.mark)
    elif kind == "Localhost":
        draft.warn(said, "the profile lies on the nodes of a cluster: Podman's own is used")


def _apparmor(_draft: Draft, said: Cursor, service: Map) -> None:
    kind = said.get("type").text()
    name = "unconfined" if kind == "Unconfined" else said.get("localhostProfile").text()
    if name:
        extend(service, "security_opt", [f"apparmor:{name}"], said.mark)


def _proc(_draft: Draft, said: Cursor, service: Map) -> None:
    if said.value == "Unmasked":
        extend(service, "security_opt", ["unmask:ALL"], said.mark)


_OPTIONS: dict[str, Callable[[Draft, Cursor, Map], None]] = {
    "allowPrivilegeEscalation": _escalation,
    "appArmorProfile": _apparmor,
    "capabilities": _capabilities,
    "privileged": _flag("privileged"),
    "procMount": _proc,
    "readOnlyRootFilesystem": _flag("read_only"),
    "seLinuxOptions": _labels,
    "seccompProfile": _seccomp,
}
"""By field of a context: how a service says it."""
