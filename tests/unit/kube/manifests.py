"""Manifests that tests write, and what is read out of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import indent

from composer.errors import ComposerError
from composer.kube.read import Manifests, read_manifests
from composer.spec import Options, load
from composer.spec.model import Project, Service

CONTAINER = "containers:\n- name: app\n  image: busybox\n"


def deployment(spec: str, name: str = "app") -> str:
    """A Deployment whose pods have ``spec``."""
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n"
        f"  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n"
        f"    metadata: {{labels: {{app: {name}}}}}\n    spec:\n{indent(spec, '      ')}"
    )


def container(fields: str, more: str = "") -> str:
    """A Deployment of one container that says ``fields``, in a pod that says ``more``."""
    return deployment(f"{more}{CONTAINER}{indent(fields, '  ')}\n")


def config_map(name: str, data: Mapping[str, str], kind: str = "ConfigMap") -> str:
    """An object with texts."""
    key = "data" if kind == "ConfigMap" else "stringData"
    lines = "".join(f"  {name}: {text!r}\n" for name, text in data.items())
    return f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}}}\n{key}:\n{lines}"


def written(folder: Path, *documents: str) -> Path:
    """A file with ``documents``."""
    path = folder / "app.yaml"
    path.write_text("---\n".join(documents))
    return path


def read(folder: Path, *documents: str, scale: Mapping[str, int] | None = None) -> Manifests:
    """What ``documents`` are read as."""
    return read_manifests([str(written(folder, *documents))], scale)


def project(folder: Path, *documents: str, scale: Mapping[str, int] | None = None) -> Project:
    """The project of ``documents``."""
    found = read(folder, *documents, scale=scale)
    files = tuple(source.path for source in found.sources)
    return load(Options(files=files, project_name="p", environ={}, reader=found.reader))


def service(folder: Path, *documents: str, name: str = "app") -> Service:
    """The service ``name`` of ``documents``."""
    return project(folder, *documents).services[name]


def refused(folder: Path, *documents: str) -> str:
    """What is said of ``documents``, in which something is wrong, without the folder."""
    try:
        read(folder, *documents)
    except ComposerError as error:
        return str(error).replace(f"{folder}/", "")
    raise AssertionError("nothing is wrong with them")
