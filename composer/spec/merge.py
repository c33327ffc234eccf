"""Merges one Compose file over another, and a service over the one that it extends.

This is the specification's chapter "Merge": mappings are merged, lists are appended, and the
attributes in ``MERGES`` have rules of their own. Lists whose entries have an identity
(``IDENTITIES``) keep the last entry of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from composer.spec.tree import Map, Mark, Rules, Seq, entries, mark_of, put, rewrite
from composer.spec.units import text

Merge = Callable[[Any, Any, "Rules[Merge] | None", "Mark | None"], Any]
"""Gives the base (first) with the override (second) applied."""


def merge(base: Any, override: Any, rules: Rules[Merge] | None, mark: Mark | None = None) -> Any:
    """``override`` applied to ``base`` (which may be changed). ``mark`` is the override's place."""
    if rules is not None and rules.rule is not None:
        return rules.rule(base, override, rules, mark)
    return plain_merge(base, override, rules)


def plain_merge(base: Any, override: Any, rules: Rules[Merge] | None) -> Any:
    """The rule for all attributes without one of their own."""
    if override is None:
        return base
    if isinstance(base, dict) and isinstance(override, dict):
        marks = override.marks if isinstance(override, Map) else {}
        for key, value in override.items():
            below = rules.step(key) if rules is not None else None
            at = marks.get(key)
            put(base, key, merge(base[key], value, below, at) if key in base else value, at)
        return base
    if isinstance(base, list) and isinstance(override, list):
        return _append(base, override)
    return override


def _append(base: Any, override: Any) -> Seq:
    new = Seq()
    for value in (base, override):
        for entry, mark in entries(value):
            new.add(entry, mark)
    return new


def _replace(_base: Any, override: Any, _rules: Any, _mark: Mark | None) -> Any:
    return override


def _pairs(base: Any, override: Any, _rules: Any, mark: Mark | None) -> Any:
    """Key by key; a key without a value (``- KEY``) replaces one with a value."""
    if not isinstance(base, dict) or not isinstance(override, dict):
        return base if override is None else override
    marks = override.marks if isinstance(override, Map) else {}
    for key, value in override.items():
        put(base, key, value, marks.get(key, mark))
    return base


def _lists(base: Any, override: Any, _rules: Any, mark: Mark | None) -> Any:
    """Both as a list of ``KEY=VALUE``, as in raw models; a key may be said several times."""
    if override is None:
        return base
    new = Seq()
    for value in (base, override):
        for entry, at in _written(value):
            new.add(entry, at or mark)
    return new


def _sequences(base: Any, override: Any, rules: Any, mark: Mark | None) -> Any:
    """The same, but an entry replaces one of its key."""
    return _last_of_each(_lists(base, override, rules, mark), _itself)


def _written(value: Any) -> Iterator[tuple[str, Mark | None]]:
    """The entries of a list, or those that a mapping stands for, in order of their text."""
    if isinstance(value, dict):
        said = (
            (key if one is None else f"{key}={text(one)}", mark_of(value, key))
            for key, ones in value.items()
            for one in (ones if isinstance(ones, list) else [ones])
        )
        yield from sorted(said, key=lambda entry: entry[0])
    elif isinstance(value, str):
        yield value, None
    else:
        yield from entries(value or Seq())


def _logging(base: Any, override: Any, rules: Rules[Merge] | None, _mark: Mark | None) -> Any:
    """Options are merged only while both name the same driver, or one names none."""
    if not isinstance(base, dict) or not isinstance(override, dict):
        return override
    if "driver" in base and "driver" in override and base["driver"] != override["driver"]:
        return override
    return plain_merge(base, override, rules)


def _ipam(base: Any, override: Any, _rules: Any, _mark: Mark | None) -> Any:
    """Pools of the same subnet are merged."""
    if not isinstance(base, list) or not isinstance(override, list):
        return override
    new = Seq()
    for pool, at in [*entries(base), *entries(override)]:
        same = next((known for known in new if known.get("subnet") == pool.get("subnet")), None)
        if same is None:
            new.add(pool, at)
        else:
            plain_merge(same, pool, None)
    return new


_TABLE: dict[str, Merge] = {
    "services.*.annotations": _pairs,
    "services.*.build.additional_contexts": _pairs,
    "services.*.build.args": _pairs,
    "services.*.build.labels": _pairs,
    "services.*.command": _replace,
    "services.*.deploy.labels": _pairs,
    "services.*.entrypoint": _replace,
    "services.*.environment": _pairs,
    "services.*.healthcheck.test": _replace,
    "services.*.labels": _pairs,
    "services.*.logging": _logging,
    "services.*.sysctls": _pairs,
    "networks.*.ipam.config": _ipam,
    "networks.*.labels": _pairs,
    "volumes.*.labels": _pairs,
    "secrets.*.labels": _pairs,
    "configs.*.labels": _pairs,
}
MERGES = Rules(_TABLE)
POD_MERGES: Rules[Merge] = Rules(
    {
        "*.annotations": _pairs,
        "*.infra": _replace,
        "*.labels": _pairs,
        "*.share": _replace,
        "*.sysctls": _pairs,
    }
)
"""The same for ``x-podman.pods``."""
RAW_MERGES = Rules(
    {
        "services.*.dns_search": _sequences,
        "services.*.extra_hosts": _lists,
        "services.*.tmpfs": _sequences,
        **{path: _sequences if rule is _pairs else rule for path, rule in _TABLE.items()},
    }
)


def merge_files(base: Map, override: Map, *, raw: bool = False) -> Map:
    """``override`` applied to ``base``, both whole files. ``base`` is changed.

    In ``raw`` files pairs may be mappings or lists.
    """
    merged: Map = plain_merge(base, override, RAW_MERGES if raw else MERGES)
    return merged


def merge_service(base: Map, override: Map, *, raw: bool = False) -> Map:
    """The service ``override`` applied to ``base``, which it extends. ``base`` is changed."""
    services = (RAW_MERGES if raw else MERGES).named["services"].any
    merged: Map = plain_merge(base, override, services)
    return merged


Identity = Callable[[Any], Any]
"""What two entries of a list have in common if one replaces the other."""


def _itself(entry: Any) -> Any:
    return str(entry).partition("=")[0]


def _attribute(key: str, default: str = "") -> Identity:
    def identity(entry: Any) -> Any:
        return entry.get(key, default) if isinstance(entry, dict) else entry

    return identity


def _target(folder: str) -> Identity:
    def identity(entry: Any) -> Any:
        if not isinstance(entry, dict):
            return f"{folder}/{entry}"
        return entry.get("target") or f"{folder}/{entry.get('source')}"

    return identity


def _port(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    return (
        entry.get("host_ip", "0.0.0.0"),  # noqa: S104 - what is published where nothing is said
        str(entry.get("published", "")),
        str(entry.get("target", "")),
        entry.get("protocol", "tcp"),
    )


IDENTITIES: Rules[Identity] = Rules(
    {
        "services.*.build.extra_hosts": str,
        "services.*.build.tags": _itself,
        "services.*.cap_add": _itself,
        "services.*.cap_drop": _itself,
        "services.*.configs": _target(""),
        "services.*.device_cgroup_rules": str,
        "services.*.devices": _attribute("target"),
        "services.*.dns": _itself,
        "services.*.dns_opt": _itself,
        "services.*.dns_search": _itself,
        "services.*.env_file": _attribute("path"),
        "services.*.expose": _itself,
        "services.*.external_links": str,
        "services.*.extra_hosts": str,
        "services.*.group_add": str,
        "services.*.links": _itself,
        "services.*.networks.*.aliases": _itself,
        "services.*.networks.*.link_local_ips": _itself,
        "services.*.ports": _port,
        "services.*.profiles": _itself,
        "services.*.secrets": _target("/run/secrets"),
        "services.*.security_opt": str,
        "services.*.tmpfs": _itself,
        "services.*.volumes": _attribute("target"),
        "services.*.volumes_from": str,
    }
)


POD_IDENTITIES: Rules[Identity] = Rules(
    {
        "*.dns": _itself,
        "*.dns_opt": _itself,
        "*.dns_search": _itself,
        "*.extra_hosts": str,
        "*.networks.*.aliases": _itself,
        "*.networks.*.link_local_ips": _itself,
        "*.ports": _port,
        "*.profiles": _itself,
        "*.security_opt": str,
        "*.volumes": _attribute("target"),
    }
)
"""The same for ``x-podman.pods``."""


def drop_duplicates(root: Map, rules: Rules[Identity] = IDENTITIES) -> None:
    """Keep the last of the entries that share an identity, in the place of the first."""

    def visit(identity: Identity, value: Any, _path: str, _mark: Mark | None) -> Any:
        return _last_of_each(value, identity)

    rewrite(root, rules, visit)


def _last_of_each(value: Any, identity: Identity) -> Any:
    if not isinstance(value, list) or len(value) < 2:
        return value
    kept: dict[Any, tuple[Any, Mark | None]] = {}
    for entry, at in entries(value):
        kept[identity(entry)] = (entry, at)
    if len(kept) == len(value):
        return value
    new = Seq()
    for entry, at in kept.values():
        new.add(entry, at)
    return new
