"""Brings every attribute that has several syntaxes into its one canonical form.

The specification's short syntaxes become the long ones. Each rule sees a value that the schema
has accepted, and gives the canonical value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from composer.spec.syntax import hosts, mounts, ports, words
from composer.spec.tree import Map, Mark, Problems, Rules, Seq, brief, entries, put, rewrite
from composer.spec.units import text

Transform = Callable[[Any, "Mark | None"], Any]
"""Gives the canonical form of a value said at a mark. Raises ``ValueError``."""


PORT_LIMIT = 100_000
"""How many ports the ranges of a file may stand for."""


def pairs(value: Any, mark: Mark | None = None) -> Any:
    """``KEY=VALUE`` entries as a mapping; a key with no ``=`` has no value (None)."""
    if not isinstance(value, list):
        return value
    new = Map()
    for entry, at in entries(value):
        key, equals, said = str(entry).partition("=")
        put(new, key, said if equals else None, at or mark)
    return new


def variables(value: Any, mark: Mark | None = None) -> Any:
    """``pairs`` whose keys are names of variables."""
    new = pairs(value, mark)
    for key in new:
        if key != key.rstrip():
            raise ValueError(f"the name of variable {key.rstrip()} is followed by a space")
    return new


def listed(value: Any, mark: Mark | None = None) -> Any:
    """A single text as a list of one."""
    return Seq([value], mark) if isinstance(value, str) else value


def ssh_keys(value: Any, mark: Mark | None) -> Any:
    """``ssh`` as a list of ``ID`` and ``ID=PATH``."""
    if isinstance(value, dict):
        return Seq([f"{key}={path}" if path else key for key, path in value.items()], mark)
    return listed(value, mark)


def listed_text(value: Any, mark: Mark | None) -> Any:
    """A scalar as a list of its text."""
    return value if isinstance(value, list) else Seq([text(value)], mark)


def keyed(key: str) -> Transform:
    """A single text as a mapping in which it is ``key``."""

    def transform(value: Any, mark: Mark | None) -> Any:
        return Map([(key, value)], mark) if isinstance(value, str) else value

    return transform


def named(value: Any, mark: Mark | None = None) -> Any:
    """A list of names as a mapping of them to nothing."""
    if not isinstance(value, list):
        return value
    new = Map()
    for entry, at in entries(value):
        put(new, entry, None, at or mark)
    return new


def dependencies(value: Any, mark: Mark | None = None) -> Any:
    """``depends_on`` as a mapping with a condition for each service."""
    if not isinstance(value, list):
        return value
    new = Map()
    for entry, at in entries(value):
        put(new, entry, dependency_defaults(at or mark), at or mark)
    return new


def dependency_defaults(mark: Mark | None = None) -> Map:
    """What a dependency means that is given by name only."""
    return Map([("condition", "service_started"), ("required", True)], mark)


def command(value: Any, mark: Mark | None) -> Any:
    """A command line as words."""
    return Seq(words.split(value), mark) if isinstance(value, str) else value


def health_test(value: Any, mark: Mark | None) -> Any:
    """A health check's command line is for the shell."""
    return Seq(["CMD-SHELL", value], mark) if isinstance(value, str) else value


def port_list(value: Any, mark: Mark | None) -> Any:
    """Ports in long form, with ranges expanded."""
    new = Seq()
    for entry, at in entries(value):
        if isinstance(entry, dict):
            entry.setdefault("mode", "ingress")
            entry.setdefault("protocol", "tcp")
            new.add(entry, at or mark)
            continue
        for long in ports.expand(entry):
            new.add(Map(long.items(), at or mark), at or mark)
        if len(new) > PORT_LIMIT:
            raise ValueError(f"ranges stand for more than {PORT_LIMIT} ports")
    return new


def mount(value: Any, mark: Mark | None) -> Any:
    """A mount in long form."""
    return Map(mounts.expand(value).items(), mark) if isinstance(value, str) else value


def device(value: Any, mark: Mark | None) -> Any:
    """A device in long form."""
    return Map(mounts.expand_device(value).items(), mark) if isinstance(value, str) else value


def env_files(value: Any, mark: Mark | None) -> Any:
    """``env_file`` as a list of mappings with ``path`` and ``required``."""
    new = Seq()
    for entry, at in entries(listed(value, mark)):
        file = Map([("path", entry)], at or mark) if isinstance(entry, str) else entry
        file.setdefault("required", True)
        new.add(file, at or mark)
    return new


def host_list(value: Any, mark: Mark | None = None) -> Any:
    """``extra_hosts`` as a list of ``host=address``."""
    new = Seq()
    if isinstance(value, dict):
        marks = value.marks if isinstance(value, Map) else {}
        for host, addresses in value.items():
            for address in addresses if isinstance(addresses, list) else [addresses]:
                new.add(hosts.entry(f"{host}={address}"), marks.get(host, mark))
        return new
    for entry, at in entries(value):
        new.add(hosts.entry(entry), at or mark)
    return new


def external(value: Any, mark: Mark | None) -> Any:
    """``external: {name: x}``, the old form, as ``external: true`` and ``name: x``."""
    if not _is_old_external(value):
        return value
    name = value["external"].get("name")
    if name and value.get("name", name) != name:
        raise ValueError("name and external.name are both set and differ; keep name only")
    if name:
        put(value, "name", name, mark)
    value["external"] = True
    return value


def _is_old_external(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("external"), dict)


def _doubt_external(value: Any) -> str:
    deprecated = "external.name is deprecated. Please set name and external: true"
    return deprecated if _is_old_external(value) else ""


def _doubt_command(value: Any) -> str:
    rest = words.left_over(value).strip() if isinstance(value, str) else ""
    if not rest:
        return ""
    return (
        f"{brief(rest)!r} is left out, because no shell runs the command; "
        "to have one: [sh, -c, the command as one text]"
    )


_DOUBTS: dict[Transform, Callable[[Any], str]] = {
    command: _doubt_command,
    external: _doubt_external,
}
"""What is taken as Docker Compose takes it, but is probably not what was meant: the warning."""


def gpus(value: Any, mark: Mark | None) -> Any:
    """``gpus: all`` as a request for all devices."""
    return Seq([Map([("count", "all")], mark)], mark) if value == "all" else value


_TABLE: dict[str, Transform] = {
    "include.*": keyed("path"),
    "include.*.path": listed,
    "include.*.env_file": listed,
    "services.*.annotations": pairs,
    "services.*.build": keyed("context"),
    "services.*.build.additional_contexts": pairs,
    "services.*.build.args": variables,
    "services.*.build.extra_hosts": host_list,
    "services.*.build.labels": pairs,
    "services.*.build.secrets.*": keyed("source"),
    "services.*.build.ssh": ssh_keys,
    "services.*.command": command,
    "services.*.configs.*": keyed("source"),
    "services.*.depends_on": dependencies,
    "services.*.deploy.labels": pairs,
    "services.*.deploy.resources.reservations.devices.*.options": pairs,
    "services.*.develop.watch.*.exec.command": command,
    "services.*.develop.watch.*.exec.environment": variables,
    "services.*.develop.watch.*.ignore": listed,
    "services.*.develop.watch.*.include": listed,
    "services.*.devices.*": device,
    "services.*.dns": listed,
    "services.*.dns_search": listed,
    "services.*.entrypoint": command,
    "services.*.env_file": env_files,
    "services.*.environment": variables,
    "services.*.extends": keyed("service"),
    "services.*.extra_hosts": host_list,
    "services.*.gpus": gpus,
    "services.*.gpus.*.options": pairs,
    "services.*.healthcheck.test": health_test,
    "services.*.label_file": listed,
    "services.*.labels": pairs,
    "services.*.models": named,
    "services.*.networks": named,
    "services.*.ports": port_list,
    "services.*.post_start.*.command": command,
    "services.*.post_start.*.environment": variables,
    "services.*.pre_start.*.command": command,
    "services.*.pre_start.*.environment": variables,
    "services.*.pre_stop.*.command": command,
    "services.*.pre_stop.*.environment": variables,
    "services.*.provider.options.*": listed_text,
    "services.*.secrets.*": keyed("source"),
    "services.*.sysctls": pairs,
    "services.*.tmpfs": listed,
    "services.*.volumes.*": mount,
    "services.*.volumes.*.volume.labels": pairs,
    "networks.*": external,
    "networks.*.labels": pairs,
    "volumes.*": external,
    "volumes.*.labels": pairs,
    "secrets.*": external,
    "secrets.*.labels": pairs,
    "configs.*": external,
    "configs.*.labels": pairs,
}
TRANSFORMS: Rules[Transform] = Rules(_TABLE)


_STRUCTURAL = (
    "include.*",
    "include.*.path",
    "include.*.env_file",
    "services.*.build",
    "services.*.build.additional_contexts",
    "services.*.build.secrets.*",
    "services.*.build.ssh",
    "services.*.configs.*",
    "services.*.depends_on",
    "services.*.devices.*",
    "services.*.dns",
    "services.*.env_file",
    "services.*.extends",
    "services.*.gpus",
    "services.*.label_file",
    "services.*.models",
    "services.*.networks",
    "services.*.ports",
    "services.*.secrets.*",
    "services.*.volumes.*",
    "networks.*",
    "volumes.*",
    "secrets.*",
    "configs.*",
)
RAW_TRANSFORMS: Rules[Transform] = Rules({path: _TABLE[path] for path in _STRUCTURAL})
"""What is brought into long form in a raw model: that on which other rules depend."""

_FINAL: tuple[Transform, ...] = (variables, mount)
"""Those of which a value that cannot be told is wrong whatever its variables stand for."""


POD_TRANSFORMS: Rules[Transform] = Rules(
    {
        "*.annotations": pairs,
        "*.depends_on": dependencies,
        "*.dns": listed,
        "*.dns_search": listed,
        "*.extra_hosts": host_list,
        "*.infra": keyed("image"),
        "*.infra.command": command,
        "*.labels": pairs,
        "*.networks": named,
        "*.ports": port_list,
        "*.sysctls": pairs,
        "*.volumes.*": mount,
        "*.volumes.*.volume.labels": pairs,
    }
)
"""The same for ``x-podman.pods``."""


def canonicalise(
    root: Any,
    problems: Problems,
    *,
    variables_left: bool = False,
    raw: bool = False,
    rules: Rules[Transform] | None = None,
    path: str = "",
) -> Any:
    """``root`` (a whole file, changed in place) in canonical form; problems are noted.

    ``root`` may also be what stands at ``path``, if there are ``rules`` for that.

    With ``variables_left`` (nothing was interpolated) what cannot be told is left as it is, and
    if ``raw`` also all that can be left.
    """

    published = 0

    def visit(transform: Transform, value: Any, path: str, mark: Mark | None) -> Any:
        nonlocal published
        if value is None:
            return None
        if variables_left and transform is command and "$" in str(value):
            return value  # its words are those of the variables, too
        try:
            if transform in _DOUBTS and (doubt := _DOUBTS[transform](value)):
                problems.warn(mark, path, doubt)
            new = transform(value, mark)
            if transform is port_list:
                published += len(new)
                if published > PORT_LIMIT:
                    raise ValueError(f"ranges stand for more than {PORT_LIMIT} ports")
            return new
        except ValueError as error:
            if raw and transform in (port_list, device):
                return value
            if variables_left and transform not in _FINAL and "$" in str(value):
                return value
            problems.add(mark, path, str(error))
            return type(value)()

    return rewrite(root, rules or (RAW_TRANSFORMS if raw else TRANSFORMS), visit, path)
