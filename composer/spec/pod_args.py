"""``--pod-args`` and ``x-podman.pod_args``: flags of ``podman pod create`` → ``x-podman.pods``.

A pod that podman-compose's words describe is read, checked and made as any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from composer.errors import ComposerError
from composer.spec.tree import Map

HINT = "say what the pod is like below x-podman.pods, and name it in x-podman.pod of services"


class _Flag(NamedTuple):
    """What a flag sets in the pod. ``many``: it may come again, each time with one more."""

    key: str
    many: bool = False


_FLAGS = {
    "--add-host": _Flag("extra_hosts", many=True),
    "--cpus": _Flag("cpus"),
    "--cpuset-cpus": _Flag("cpuset"),
    "--dns": _Flag("dns", many=True),
    "--dns-opt": _Flag("dns_opt", many=True),
    "--dns-option": _Flag("dns_opt", many=True),
    "--dns-search": _Flag("dns_search", many=True),
    "--exit-policy": _Flag("exit_policy"),
    "--hostname": _Flag("hostname"),
    "--infra": _Flag("infra"),
    "--infra-command": _Flag("infra.command"),
    "--infra-image": _Flag("infra.image"),
    "--label": _Flag("labels", many=True),
    "-l": _Flag("labels", many=True),
    "--memory": _Flag("mem_limit"),
    "-m": _Flag("mem_limit"),
    "--publish": _Flag("ports", many=True),
    "-p": _Flag("ports", many=True),
    "--restart": _Flag("restart"),
    "--security-opt": _Flag("security_opt", many=True),
    "--share": _Flag("share"),
    "--shm-size": _Flag("shm_size"),
    "--sysctl": _Flag("sysctls", many=True),
    "--userns": _Flag("userns_mode"),
    "--volume": _Flag("volumes", many=True),
    "-v": _Flag("volumes", many=True),
}
_SWITCHES = ("--infra",)
"""Flags that stand alone for true."""


def pod_from_args(arguments: Sequence[str]) -> Map:
    """What ``arguments`` say of a pod, as a file says it. Raises ``ComposerError``."""
    said: dict[str, Any] = {}
    for flag, value in _pairs(arguments):
        if flag.many:
            said.setdefault(flag.key, []).append(value)
        else:
            said[flag.key] = value
    infra = said.pop("infra", "true").lower() not in ("false", "0", "f")
    own = {key: said.pop(f"infra.{key}") for key in ("image", "command") if f"infra.{key}" in said}
    if not infra:
        own = {"image": "none"}
    if own:
        said["infra"] = Map(own.items())
    if "share" in said:
        said["share"] = [word for word in said["share"].split(",") if word] if infra else []
    return Map(said.items())


def _pairs(arguments: Sequence[str]) -> Iterator[tuple[_Flag, str]]:
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        flag = _FLAGS.get(name)
        if flag is None:
            raise ComposerError(f"pod_args: {word!r} has no effect on pods here", hint=HINT)
        if not equals and name in _SWITCHES:
            value = "true"
        elif not equals:
            found = next(words, None)
            if found is None:
                raise ComposerError(f"pod_args: {name} needs a value")
            value = found
        yield flag, value
