"""What both formats of units are written from: one part for each unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from composer.systemd.options import Option

BESIDE = "\ue000beside"
"""In values: the folder that the unit's file is in, which depends on the format."""

Section = Literal["Container", "Pod", "Network", "Volume", "Build", "Image"]


@dataclass(kw_only=True)
class Part:
    """One unit. ``unit`` and ``service`` are lines of its ``[Unit]`` and ``[Service]``."""

    section: Section
    base: str
    """The unit's name without a suffix: ``demo-web-1``."""
    name: str
    """Podman's name for what it makes."""
    description: str
    options: list[Option] = field(default_factory=list)
    globals: list[Option] = field(default_factory=list)
    """Options of the program itself, before ``run``."""
    image: str = ""
    """Of a container: its image; of an image, what is pulled."""
    rootfs: str = ""
    command: tuple[str, ...] = ()
    context: str = ""
    """Of a build: the folder or address that is built."""
    unit: list[tuple[str, str]] = field(default_factory=list)
    service: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Said above all: what has to be there before the unit starts."""
    texts: dict[str, str] = field(default_factory=dict)
    """Files beside the unit, by name."""
    one_shot: bool = False
    healthy: bool = False
    """It counts as started when it is healthy: something waits for that."""
    probed: bool = False
    """A command of the unit asks for its health; else Podman tells of it."""
    pulled: str = ""
    """The unit's name that pulls the image at each start."""

    @property
    def file(self) -> str:
        """Its file as Quadlet has it."""
        return f"{self.base}.{self.section.lower()}"

    @property
    def alone(self) -> bool:
        """Whether it is a member of no pod."""
        return all(option.flag != "--pod" for option in self.options)

    @property
    def started_by(self) -> str:
        """The service that Quadlet makes of it, and that is written where there is no Quadlet."""
        return self.service_of(self.base)

    def service_of(self, base: str) -> str:
        """The service of a unit that is called ``base``."""
        return f"{base}{_SUFFIX[self.section]}.service"


_SUFFIX: Mapping[Section, str] = {
    "Container": "",
    "Pod": "-pod",
    "Network": "-network",
    "Volume": "-volume",
    "Build": "-build",
    "Image": "-image",
}


class Names:
    """Finds the part that makes what an option names."""

    def __init__(self, parts: list[Part]) -> None:
        self._by_name = {(part.section, part.name): part for part in parts}

    def named(self, section: Section, name: str) -> Part | None:
        """The part of ``section`` that makes ``name``; None for what is no part of the project."""
        return self._by_name.get((section, name))

    def of_option(self, option: Option) -> tuple[Part, str] | None:
        """What ``option`` refers to, and the rest of its value behind that name."""
        section = _REFERRING.get(option.flag)
        if section is None or option.value is None:
            return None
        name, colon, rest = option.value.partition(":")
        found = self.named(section, name)
        return (found, colon + rest) if found is not None else None

    def image(self, part: Part) -> Part | None:
        """The part that builds the image of ``part``, or pulls it for ``part``."""
        return self.named("Build", part.image) or self.named("Image", part.pulled)

    def needed(self, part: Part) -> Iterator[Part]:
        """All parts that have to be there before ``part``, each once."""
        found = {id(p): p for o in part.options if (p := (self.of_option(o) or (None,))[0])}
        image = self.image(part) if part.section == "Container" else None
        if image is not None:
            found[id(image)] = image
        return iter(found.values())


_REFERRING: Mapping[str, Section] = {"--network": "Network", "--volume": "Volume", "--pod": "Pod"}
