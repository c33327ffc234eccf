"""``kube generate``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from composer.errors import ComposerError
from composer.kube.generate import Generated, GenerateOptions, manifests
from composer.kube.generate.draft import Kind
from composer.kube.write.by_owner import HEADER
from composer.spec.model import Project
from composer.usecases.context import Context

_STREAM = (".yaml", ".yml")
"""How names of files end; what else ``-o`` names is a folder."""


class Output(NamedTuple):
    """Where manifests go: ``-`` or None is standard output."""

    path: str | None = None
    chart: bool = False


def generate(ctx: Context, kind: Kind | None, *, host_ports: bool, output: Output) -> int:
    """Write the manifests of the project. Returns the exit code. Raises ``ComposerError``."""
    generated = generated_manifests(ctx.project(), GenerateOptions(kind, host_ports))
    _write(generated, output)
    for text in generated.warnings:
        ctx.warn(text)
    return 0


def generated_manifests(project: Project, options: GenerateOptions) -> Generated:
    """The manifests of ``project``. Raises ``ComposerError``, also if there are none."""
    generated = manifests(project, options)
    if not generated.manifests:
        raise ComposerError(
            "the project has nothing for a cluster", hint="No service of it is active."
        )
    return generated


def _write(generated: Generated, output: Output) -> None:
    from composer.kube.write.stream import to_stream

    if output.path in (None, "-"):
        if output.chart:
            raise ComposerError("a chart is a folder", hint="Name it: -o FOLDER --chart")
        sys.stdout.write(to_stream(generated.manifests))
        return
    path = Path(output.path or "")
    if not output.chart and path.suffix in _STREAM and not path.is_dir():
        _replace(path, to_stream(generated.manifests))
        return
    if path.exists() and not path.is_dir():
        raise ComposerError(f"{path} is no folder", hint="Name a folder, or a .yaml file.")
    if output.chart:
        from composer.kube.write.chart import to_chart

        _write_folder(path, to_chart(generated.manifests), "templates")
    else:
        from composer.kube.write.kustomize import OVERLAY, to_kustomize

        files = to_kustomize(generated.manifests)
        if Path(path, OVERLAY).exists():
            del files[OVERLAY]
        _write_folder(path, files, "base")


def _write_folder(root: Path, files: Mapping[str, str], ours: str) -> None:
    """Write ``files`` below ``root``; those in the folder ``ours`` that an earlier run wrote, and
    that are none of them any more, go."""
    _refuse_others_files(root, files)
    for name, text in files.items():
        _replace(root / name, text)
    for found in sorted(Path(root, ours).glob("*.yaml")):
        if str(found.relative_to(root)) not in files and found.read_text().startswith(HEADER):
            found.unlink()


def _refuse_others_files(root: Path, files: Mapping[str, str]) -> None:
    """Raise ``ComposerError`` if somebody else's file is in the place of one of ``files``."""
    for name, text in files.items():
        path = root / name
        if text.startswith(HEADER) and path.is_file() and not path.read_text().startswith(HEADER):
            raise ComposerError(
                f"{path} was not written by composer",
                hint="Move it away, or choose another folder. Nothing was written.",
            )


def _replace(path: Path, text: str) -> None:
    """Write ``text`` to ``path``, whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
            Path(folder, path.name).write_text(text)
            Path(folder, path.name).replace(path)
    except OSError as error:
        raise ComposerError(
            f"cannot write {path}: {error.strerror}", hint="Choose another place with -o."
        ) from error
