"""``x-podman``: what Podman can and the Compose Specification has no word for.

The keys are podman-compose's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from composer.engine.context import Context
from composer.spec.podman import PREFIX, podman_extensions

Fragment = dict[str, Any]


def of_service(context: Context) -> Fragment:
    """The extensions of a service. Podman decides about those that do not fit together."""
    spec: Fragment = {}
    for key, value in podman_extensions(context.service.extensions).items():
        extension = _SERVICE.get(key)
        if extension is None:
            context.warn(f"{PREFIX}.{key}", f"is unknown; {', '.join(_SERVICE)} are known")
        else:
            spec |= extension(context, value)
    return spec


def membership(context: Context) -> Fragment:
    """``pod``: the pod for the replica's number, which has to be there.

    Podman runs init containers itself when somebody else starts the pod. That is what ``always``
    means; those that are to run once it would run again, and remove.
    """
    pod = context.pod
    if pod is None:
        return {}
    spec: Fragment = {"pod": context.project.pod_name(pod.key, context.number)}
    if context.service.pod_init == "always":
        spec["init_container_type"] = "always"
    return spec


def _rootfs(context: Context, value: Any) -> Fragment:
    """A folder of the engine's machine as the root of the container, in place of an image."""
    if not isinstance(value, str):
        raise context.wrong(f"{PREFIX}.rootfs", f"{value!r} is no path", "name a folder")
    path, _, option = value.rpartition(":")
    return {"rootfs": path, "rootfs_overlay": True} if option == "O" else {"rootfs": value}


def _passwd(_context: Context, value: Any) -> Fragment:
    """Whether Podman adds the user to ``/etc/passwd``; a text is the entry that it adds."""
    return {"passwd_entry": value} if isinstance(value, str) else {"manage_password": bool(value)}


def _maps(context: Context) -> Fragment:
    """``uidmaps`` and ``gidmaps``: a user namespace of its own. One stands for both."""
    said = podman_extensions(context.service.extensions)
    users = [_map(context, "uidmaps", text) for text in _listed(said.get("uidmaps"))]
    groups = [_map(context, "gidmaps", text) for text in _listed(said.get("gidmaps"))]
    return {
        "userns": {"nsmode": "private"},
        "idmappings": {
            "HostUIDMapping": False,
            "HostGIDMapping": False,
            "UIDMap": users or groups,
            "GIDMap": groups or users,
        },
    }


def _listed(value: Any) -> list[Any]:
    """A list, or one value in place of a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _map(context: Context, key: str, text: object) -> dict[str, int]:
    """``CONTAINER:HOST:SIZE``, the size being 1 when it is left out."""
    numbers = str(text).split(":")
    if len(numbers) not in (2, 3) or not all(number.isdecimal() for number in numbers):
        hint = "write it as CONTAINER:HOST:SIZE, such as 0:100000:65536"
        raise context.wrong(f"{PREFIX}.{key}", f"{text!r} is no mapping of ids", hint)
    inside, outside, size = (int(number) for number in (*numbers, "1")[:3])
    return {"container_id": inside, "host_id": outside, "size": size}


_ACTIONS = {"none": 0, "kill": 2, "restart": 3, "stop": 4}
"""What Podman does with a container that is unhealthy, with its numbers for that."""


def _on_unhealthy(context: Context, value: Any) -> Fragment:
    """What becomes of a container whose check fails. Podman has it from 4.3 on."""
    if value not in _ACTIONS:
        hint = f"{', '.join(_ACTIONS)} can be said"
        raise context.wrong(f"{PREFIX}.on_unhealthy", f"{value!r} is not allowed", hint)
    return {"health_check_on_failure_action": _ACTIONS[value]}


_SERVICE: dict[str, Callable[[Context, Any], Fragment]] = {
    "pod": lambda _context, _value: {},
    "init": lambda _context, _value: {},
    "depends_on": lambda _context, _value: {},
    "liveness": lambda _context, _value: {},
    "on_unhealthy": _on_unhealthy,
    "one_shot": lambda _context, _value: {},
    "uidmaps": lambda context, _value: _maps(context),
    "gidmaps": lambda context, _value: _maps(context),
    "rootfs": _rootfs,
    "no_hosts": lambda _context, value: {"use_image_hosts": bool(value)},
    "passwd": _passwd,
}
