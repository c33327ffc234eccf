"""``x-podman.pods``: read, checked, merged and completed as the specification's own sections are.

``config`` prints ``x-podman`` as it stands, so that all of this is done to a copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from composer.spec.canonical import POD_TRANSFORMS, canonicalise
from composer.spec.conventions import Conventions
from composer.spec.defaults import POD_DEFAULTS, set_defaults
from composer.spec.extends import remove
from composer.spec.merge import POD_IDENTITIES, POD_MERGES, drop_duplicates, plain_merge
from composer.spec.paths import POD_RESOLVERS, resolve_paths
from composer.spec.podman import PREFIX, pod_of, podman_extensions
from composer.spec.render import render
from composer.spec.schema.pods import PODS
from composer.spec.tree import Map, Mark, Problems, copy, mark_of
from composer.spec.validate import check_needs, validate

PATH = f"{PREFIX}.pods"
"""Where the file says pods; also a key, in the dotted spelling."""


def said(root: Mapping[str, Any]) -> list[tuple[Any, Mark | None]]:
    """What one file says about pods, in its two spellings, with the places."""
    found = []
    below = root.get(PREFIX)
    if isinstance(below, dict) and "pods" in below:
        found.append((below["pods"], mark_of(below, "pods")))
    if PATH in root:
        found.append((root[PATH], mark_of(root, PATH)))
    return found


def read_pods(root: Mapping[str, Any], problems: Problems) -> Map | None:
    """The pods of one interpolated file, canonical. None if there is something wrong with them."""
    pods = Map()
    for value, mark in said(root):
        if value is None:
            continue
        own = copy(value)
        begun = len(problems.found)
        validate(own, problems, shape=PODS, path=PATH, mark=mark)
        if len(problems.found) == begun:
            canonicalise(own, problems, rules=POD_TRANSFORMS, path=PATH)
        if len(problems.found) > begun:
            return None
        pods = merge_pods(pods, own)
    return pods


def merge_pods(base: Map, override: Map, removals: Iterable[tuple[str, ...]] = ()) -> Map:
    """``override`` applied to ``base``, of which ``removals`` (paths in the file) go first."""
    for path in removals:
        if path[:2] == (PREFIX, "pods"):
            remove(base, path[2:])
        elif path[:1] == (PATH,):
            remove(base, path[1:])
    merged: Map = plain_merge(base, override, POD_MERGES)
    drop_duplicates(merged, POD_IDENTITIES)
    return merged


def complete_pods(pods: Map, folder: str | None, problems: Problems) -> None:
    """Check and complete the merged ``pods`` (changed in place); paths count from ``folder``."""
    check_needs(pods, problems, PODS, PATH)
    for key, pod in pods.items():
        pods[key] = Map() if pod is None else pod
    set_defaults(pods, rules=POD_DEFAULTS)
    if folder is not None:
        resolve_paths(pods, folder, problems, rules=POD_RESOLVERS, path=PATH)


class Pods(NamedTuple):
    """What a project says about pods."""

    defined: dict[str, Any]
    """The pods with active members, canonical; those that the file only names are empty."""
    members: dict[str, str]
    """By active service, the pod that it is in."""
    unattached: frozenset[str]
    """Services that say no network."""
    tree: Map
    """The pods as they are written, with their places."""
    inactive: frozenset[str] = frozenset()
    """Active services whose pod is not: none of its profiles is active."""
    common: str | None = None
    """The pod that is made once for all replicas of its members, and has this name."""

    def of(self, key: str) -> list[str]:
        """The services that are in pod ``key``."""
        return [name for name, pod in self.members.items() if pod == key]

    def without_profiles(self, profiles: Iterable[str], named: Iterable[str]) -> Pods:
        """These pods without those of which no profile is active, but with those of ``named``."""
        wanted = set(profiles)
        kept = {self.members.get(name) for name in named}
        out = {
            key
            for key, pod in self.defined.items()
            if key not in kept and "*" not in wanted and pod.get("profiles")
            if wanted.isdisjoint(pod["profiles"])
        }
        return self._replace(
            defined={key: pod for key, pod in self.defined.items() if key not in out},
            members={name: key for name, key in self.members.items() if key not in out},
            inactive=frozenset(name for name, key in self.members.items() if key in out),
        )


def with_common_pod(pods: Map, conventions: Conventions, problems: Problems) -> Map:
    """``pods`` with the one for all services that say none, if ``conventions`` have one."""
    if conventions.pod is None or conventions.pod in pods:
        return pods
    from composer.spec.pod_args import pod_from_args

    common = Map([(conventions.pod, pod_from_args(conventions.pod_args))])
    own = read_pods(Map([(PATH, common)]), problems) or Map([(conventions.pod, Map())])
    complete_pods(own, None, problems)
    return merge_pods(copy(pods), own)


def gather(
    model: Mapping[str, Any],
    pods: Map,
    active: Mapping[str, Any],
    unattached: frozenset[str],
    common: str | None = None,
) -> Pods:
    """The pods of ``model`` whose members are among the ``active`` services (canonical).

    ``common`` is the pod of services that say none.
    """
    per_service = podman_extensions(model).get("pod_per_service")
    members = {}
    for name, service in active.items():
        key = pod_of(name, service, per_service=str(per_service).lower() == "true")
        if key is None and common is not None and not service.get("provider"):
            key = common
        if key is not None:
            members[name] = key
    rendered: dict[str, Any] = render(pods, PODS)
    defined = {key: rendered.get(key, {}) for key in dict.fromkeys(members.values())}
    return Pods(defined, members, unattached, pods, common=common)
