"""Where images without a registry are looked for: containers-registries.conf(5).

Podman looks at several places in turn; Compose files mean Docker Hub. The machine's settings count
where they name registries and Docker Hub is none of them: there it is not wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

HUB = "docker.io"
SYSTEM = Path("/etc/containers")

_SAYS = re.compile(r"^\s*unqualified-search-registries\b", re.MULTILINE)


def searched(listed: Sequence[str]) -> tuple[str, ...]:
    """The registries to look at when ``listed`` are the machine's; empty for Docker Hub."""
    return () if HUB in listed else tuple(listed)


def configured(environ: Mapping[str, str], system: Path = SYSTEM) -> tuple[str, ...]:
    """The registries that this machine's files name; the last file that names some counts."""
    found: list[str] = []
    for file in _files(environ, system):
        try:
            text = file.read_text()
        except (OSError, UnicodeDecodeError):
            continue
        if _SAYS.search(text):
            found = _listed(text)
    return tuple(found)


def _listed(text: str) -> list[str]:
    # Nearly no machine says anything: the parser is not imported for nothing.
    import tomllib

    try:
        listed = tomllib.loads(text).get("unqualified-search-registries")
    except tomllib.TOMLDecodeError:
        return []
    return [str(one) for one in listed] if isinstance(listed, list) else []


def _files(environ: Mapping[str, str], system: Path) -> Iterator[Path]:
    """The files that Podman reads, in its order."""
    said = environ.get("CONTAINERS_REGISTRIES_CONF")
    if said:
        yield Path(said)
        return
    home = environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME") or "/") / ".config"
    user = Path(home) / "containers"
    main = user / "registries.conf"
    yield main if main.exists() else system / "registries.conf"
    for folder in (system, user):
        yield from sorted((folder / "registries.conf.d").glob("*.conf"))
