"""``securityContext``: who a container runs as, and what it may do."""

from __future__ import annotations

from typing import Any

from composer.kube.generate.draft import Draft
from composer.spec.model import Service

_SECCOMP = {"unconfined": {"type": "Unconfined"}}
_SELINUX = ("user", "role", "type", "level")


def security(draft: Draft, service: Service) -> dict[str, Any]:
    """The ``securityContext`` of a container."""
    found: dict[str, Any] = user(draft, f"services.{service.name}.user", service.user)
    if service.privileged:
        found["privileged"] = True
    if service.read_only:
        found["readOnlyRootFilesystem"] = True
    capabilities = {
        key: [name.upper().removeprefix("CAP_") for name in names]
        for key, names in (("add", service.cap_add), ("drop", service.cap_drop))
        if names
    }
    if capabilities:
        found["capabilities"] = capabilities
    for index, option in enumerate(service.security_opt):
        _option(draft, f"services.{service.name}.security_opt[{index}]", option, found)
    return found


def user(draft: Draft, path: str, said: str | None) -> dict[str, Any]:
    """Who a container runs as, for the user that is ``said`` at ``path``."""
    if said is None:
        return {}
    name, _, group = said.partition(":")
    if not name.isdecimal() or (group and not group.isdecimal()):
        draft.warn(
            path, f"Kubernetes takes numbers only, not {said!r}: the image's own user is kept"
        )
        return {}
    found = {"runAsUser": int(name)}
    if group:
        found["runAsGroup"] = int(group)
    return found


def _option(draft: Draft, path: str, option: str, found: dict[str, Any]) -> None:
    key, _, value = option.replace("=", ":", 1).partition(":")
    if key == "no-new-privileges" and value in ("", "true"):
        found["allowPrivilegeEscalation"] = False
    elif key == "seccomp" and value in _SECCOMP:
        found["seccompProfile"] = dict(_SECCOMP[value])
    elif key == "label" and value.partition(":")[0] in _SELINUX:
        part, _, content = value.partition(":")
        found.setdefault("seLinuxOptions", {})[part] = content
    else:
        draft.warn(path, f"{option!r} has no counterpart in a manifest that every cluster takes")
