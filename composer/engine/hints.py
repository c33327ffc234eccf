"""What to do about the errors that Podman reports most: part of its message → advice."""

from __future__ import annotations

import re

_HINTS: dict[str, str] = {
    "address already in use": "another program or container has that port: stop it (ss -ltnp shows "
    "which), or publish another port",
    "port is already allocated": "another container has that port: stop it, or publish another",
    "is already in use by": "remove the container that has the name (podman rm NAME), or choose "
    "another container_name",
    "read-only file system": "with read_only nothing can be mounted where the image has no such "
    "file or folder: mount a tmpfs at the folder above it, or leave read_only out",
    "failed to initialize journal": "the engine's machine has no journal: choose another driver "
    "under logging, such as local",
    "lookup init binary": "init needs the program catatonit on the engine's machine: install it",
    "executable file not found": "the image has no such program: check command and entrypoint",
    "unable to apply cgroup": "without root's rights containers go below groups of one's own only, "
    "and only with cgroups of version 2: leave cgroup_parent out",
    "insufficient UIDs or GIDs": "the user has fewer ids (podman unshare cat /proc/self/uid_map "
    "shows them): choose others, or grant more in /etc/subuid and /etc/subgid",
    "permission denied: OCI": "the file may not be executable: check command and entrypoint",
    "no matching entries in passwd": "the image has no such user: check user",
    "not in any subnet": "choose an address inside of the network's subnet (ipam.config)",
    "no such container": "it has been removed, or is called otherwise (podman ps -a lists all); "
    "composer up makes again what is the project's",
    "dependent containers": "other containers share its namespaces: remove those first "
    "(podman ps -a lists them)",
    "network not found": "create it (podman network create NAME), or correct the name",
    "no CMD or ENTRYPOINT": "say command or entrypoint",
    "unknown capability": "check cap_add and cap_drop",
    "setting rlimit": "the limit is above that of Podman itself (ulimit -Hn): lower ulimits",
    "already used on the host or by another config": "another network (podman network ls), or the "
    "machine itself (ip address), is in that subnet: choose another in ipam.config",
    "pod already exists": "a pod has the name: remove it (podman pod rm NAME), or choose another",
    "not a directory: OCI": "a file cannot be mounted where the image has a folder, nor a folder "
    "in the place of a file: check the sources and targets of the mounts",
    "unable to set memory limit": "a container needs some MiB to start at all: raise mem_limit",
    "open /proc/sys/": "the kernel has no such setting here: check sysctls",
    "can not pause containers on rootless": "without root's rights Podman pauses "
    "containers only with cgroups of version 2; commit can do without (--pause=false)",
    "no space left on device": "podman system prune frees space",
}

_ID = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")


def hint_for(message: str) -> str | None:
    """The advice for an error message of Podman, None when there is none."""
    return next((hint for part, hint in _HINTS.items() if part in message), None)


def shortened(message: str) -> str:
    """``message`` with ids as short as people read them."""
    return _ID.sub(r"\1", message)
