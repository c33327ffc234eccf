"""What a command says about the project to load: files, names, profiles, environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from composer.spec.conventions import Dialect
    from composer.spec.read import Document
    from composer.spec.tree import Problems

    Reader = Callable[[str, Problems], list[Document]]


class Options(NamedTuple):
    """The choices of a command line that matter to loading. All have Docker Compose's defaults.

    ``files`` are paths, ``-`` is standard input; when empty, ``COMPOSE_FILE`` is used, or a file is
    looked for in this folder and its parents. ``environ`` is the process's environment when None.
    ``services`` are the names on the command line: their profiles are active.
    """

    files: tuple[str, ...] = ()
    project_directory: str | None = None
    project_name: str | None = None
    profiles: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    environ: Mapping[str, str] | None = None
    services: tuple[str, ...] = ()
    interpolate: bool = True
    normalize: bool = True
    resolve_paths: bool = True
    resolve_environment: bool = True
    consistency: bool = True
    compatibility: bool = False
    """Containers and images are named as Docker Compose 1 did: with underscores."""
    all_resources: bool = False
    """Networks, volumes, secrets and configs that no active service uses are kept."""
    raw: bool = False
    """The merged files as they stand: no service is chosen, no value is checked or given a type."""
    dialect: Dialect = "docker"
    """Whose conventions count where files say nothing."""
    in_pod: str | None = None
    """podman-compose's ``--in-pod``: true, false or a pod's name."""
    pod_args: str | None = None
    """podman-compose's ``--pod-args``: flags of ``podman pod create``."""
    reader: Reader | None = None
    """Gives the documents of a file, called by its shown name, in the place of reading it as a
    Compose file: it may be written in other words. What it has to say goes to its problems."""


DEFAULTS = Options()
