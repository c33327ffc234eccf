"""A part as a file of Quadlet's (podman-systemd.unit(5))."""

from __future__ import annotations

from collections.abc import Iterator

from composer.systemd import quoting
from composer.systemd.keys import Version, key_for
from composer.systemd.options import Option
from composer.systemd.parts import BESIDE, Names, Part
from composer.systemd.relations import CGROUPS
from composer.systemd.units import QUADLET_SUFFIXES, Machine

FOLDER = "%E/containers/systemd"
"""Where the files lie, with systemd's word for ``/etc`` and ``~/.config``."""

_FIRST = ("--tag", "--name", "--pod", "--entrypoint")
_LAST = ("--label",)
"""Options that stand before and behind all others, for those who read the file."""


def lines(part: Part, names: Names, machine: Machine) -> list[str]:
    """The file, without what stands above it."""
    unit = [f"{key}={quoting.escaped(value)}" for key, value in _unit(part)]
    service = [f"{key}={value}" for key, value in _service(part)]
    own = [line.replace(BESIDE, FOLDER) for line in _own(part, names, machine)]
    return [
        *("[Unit]", *unit, "", f"[{part.section}]", *own),
        *(("", "[Service]", *service) if service else ()),
    ]


def _unit(part: Part) -> Iterator[tuple[str, str]]:
    yield "Description", part.description
    yield from part.unit


def _service(part: Part) -> Iterator[tuple[str, str]]:
    if part.one_shot:
        yield "Type", "oneshot"
        yield "RemainAfterExit", "yes"
    yield from part.service
    for value, name in quoting.VARIABLES.items():
        if value in part.command:
            yield "Environment", f"{name}={value}"


def _own(part: Part, names: Names, machine: Machine) -> Iterator[str]:
    """The section that Quadlet reads."""
    release = machine.release
    arguments: list[str] = []
    yield from _made(part, names)
    for option in sorted(part.options, key=_rank):
        line = _line(part, option, names, release)
        if line is None:
            arguments.append(quoting.words(map(quoting.escaped, _argument(option))))
        else:
            yield from line
    if part.healthy and not part.probed:
        yield "Notify=healthy"
    if part.section == "Container" and not (machine.cgroups_v2 and part.alone):
        if release >= (5, 3):
            yield f"CgroupsMode={CGROUPS}"
        else:
            arguments.append(f"--cgroups={CGROUPS}")
    for option in part.globals:
        yield f"GlobalArgs={quoting.words(map(quoting.escaped, _argument(option)))}"
    for argument in arguments:
        yield f"PodmanArgs={argument}"


def _rank(option: Option) -> int:
    if option.flag in _FIRST:
        return _FIRST.index(option.flag) - len(_FIRST)
    return option.flag in _LAST


def _spoken(word: str) -> str:
    name = quoting.VARIABLES.get(word)
    return f"${{{name}}}" if name is not None else quoting.escaped(word)


def _made(part: Part, names: Names) -> Iterator[str]:
    """What the unit is made from, or what it makes."""
    if part.section == "Container":
        if part.rootfs:
            yield f"Rootfs={quoting.escaped(part.rootfs)}"
        else:
            source = names.image(part)
            yield f"Image={source.file if source is not None else quoting.escaped(part.image)}"
        if part.command:
            yield f"Exec={quoting.words(map(_spoken, part.command))}"
    elif part.section == "Image":
        yield f"Image={quoting.escaped(part.image)}"
    elif part.section == "Build":
        yield f"SetWorkingDirectory={quoting.escaped(part.context)}"
    elif part.section in ("Network", "Volume"):
        yield f"{part.section}Name={quoting.escaped(part.name)}"


def _argument(option: Option) -> list[str]:
    """One word: Quadlet does not mind, and readers see what belongs together."""
    return [option.flag if option.value is None else f"{option.flag}={option.value}"]


def _line(part: Part, option: Option, names: Names, release: Version) -> list[str] | None:
    """``Key=value`` for an option; None if it has to be an argument of the program."""
    referred = names.of_option(option)
    if referred is not None:
        option = Option(option.flag, referred[0].file + referred[1])
    elif (option.value or "").partition(":")[0].endswith(QUADLET_SUFFIXES):
        return None  # Quadlet would look for a file of that name.
    if part.section == "Volume" and not _mountable(part, option):
        return None
    found = key_for(part.section, option, release)
    if found is None:
        return None
    key, value = found
    if key.name == "User" and ":" in value:
        user, _, group = value.partition(":")
        return (
            [f"User={quoting.escaped(user)}", f"Group={quoting.escaped(group)}"] if user else None
        )
    if key.kind == "words":
        return [f"{key.name}={quoting.word(quoting.escaped(value))}"]
    if not quoting.raw(value) or _splits(key.name, value):
        return None
    return [f"{key.name}={quoting.escaped(value)}"]


def _mountable(part: Part, option: Option) -> bool:
    """Whether a volume's ``--opt`` can be a key: ``Type=`` and ``Options=`` need a ``Device=``."""
    if option.flag != "--opt":
        return True
    return any(o.flag == "--opt" and (o.value or "").startswith("device=") for o in part.options)


def _splits(key: str, value: str) -> bool:
    """Whether Quadlet would put a path with a blank into a list of paths."""
    return key == "Volume" and value.startswith("/") and any(c.isspace() for c in value)
