"""Makes the relative paths of a file absolute, each against the folder that it is relative to."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from composer.spec.tree import Mark, Problems, Rules, rewrite

Resolve = Callable[[Any, str], Any]
"""Gives a value with its paths made absolute against a folder. Raises ``ValueError``."""

_REMOTE = ("github.com/", "git@")


def absolute(value: Any, folder: str) -> Any:
    """A path; ``~`` is the user's home."""
    if not isinstance(value, str) or not value:
        return value
    if value.startswith("~"):  # pathlib's own expansion refuses users that are not there
        value = str(Path(os.path.expanduser(value)))  # noqa: PTH111
    if value.startswith(("/", "\\\\")) or value[1:3] in (":\\", ":/"):  # also those of Windows
        return value
    return os.path.normpath(f"{folder}/{value}")


def context(value: Any, folder: str) -> Any:
    """A build context, which can also be remote or refer to a service or image."""
    if not isinstance(value, str) or is_remote(value):
        return value
    if value.startswith(("service:", "docker-image:", "oci-layout:")):
        return value
    return absolute(value, folder)


def is_remote(text: str) -> bool:
    """Whether a build context is a URL or a repository rather than a path."""
    return "://" in text or text.startswith(_REMOTE) or text.partition("#")[0].endswith(".git")


def mount(value: Any, folder: str) -> Any:
    """The source of a bind mount."""
    if isinstance(value, dict) and value.get("type") == "bind":
        if "source" not in value:
            raise ValueError("a bind mount needs a source")
        value["source"] = absolute(value["source"], folder)
    return value


def local_volume(value: Any, folder: str) -> Any:
    """The device of a volume that is a bind mount of the local driver."""
    if isinstance(value, dict) and value.get("driver") == "local":
        options = value.get("driver_opts") or {}
        if options.get("o") == "bind" and "device" in options:
            options["device"] = absolute(options["device"], folder)
    return value


RESOLVERS: Rules[Resolve] = Rules(
    {
        "services.*.build.additional_contexts.*": context,
        "services.*.build.context": context,
        "services.*.develop.watch.*.path": absolute,
        "services.*.env_file.*.path": absolute,
        "services.*.label_file.*": absolute,
        "services.*.volumes.*": mount,
        "volumes.*": local_volume,
        "configs.*.file": absolute,
        "secrets.*.file": absolute,
    }
)


POD_RESOLVERS: Rules[Resolve] = Rules({"*.volumes.*": mount})
"""The same for ``x-podman.pods``."""


def resolve_paths(
    root: Any,
    folder: str,
    problems: Problems,
    *,
    rules: Rules[Resolve] = RESOLVERS,
    path: str = "",
) -> Any:
    """``root`` (a canonical file, changed in place) with its paths made absolute.

    ``root`` may also be what stands at ``path``, if there are ``rules`` for that.
    """

    def visit(resolve: Resolve, value: Any, path: str, mark: Mark | None) -> Any:
        try:
            return resolve(value, folder)
        except ValueError as error:
            problems.add(mark, path, str(error))
            return value

    return rewrite(root, rules, visit, path)
