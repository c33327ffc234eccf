"""What built images are called in a registry, and the ids that mark what was pushed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from composer.errors import ComposerError
from composer.kube.cluster.registry import (
    IMAGE_ID,
    image_ids,
    keeping_ids,
    named,
    registry_images,
    with_ids,
)
from composer.spec import Options, load
from composer.spec.model import Project

FILE = """
name: shop
services:
  web:
    image: docker.io/shop/web:1
    build: {context: ., tags: ["docker.io/shop/web:latest"]}
  worker: {image: docker.io/shop/web:1}
  side: {build: .}
  both: {image: docker.io/shop/web:1, build: .}
  other: {image: example.org/other}
"""


def project(folder: Path, text: str = FILE) -> Project:
    (folder / "compose.yaml").write_text(text)
    return load(Options(files=(str(folder / "compose.yaml"),), environ={}))


def test_an_image_keeps_the_last_part_of_its_name_and_its_tag(tmp_path: Path) -> None:
    assert registry_images(project(tmp_path), "localhost:5000/team") == {
        "docker.io/shop/web:1": "localhost:5000/team/web:1",
        "shop-side": "localhost:5000/team/shop-side",
    }


@pytest.mark.parametrize(
    "registry", ["localhost", "localhost:5000", "r.example.com", "r.example.com/a/b-c.d"]
)
def test_registries(tmp_path: Path, registry: str) -> None:
    assert registry_images(project(tmp_path), registry)["shop-side"] == f"{registry}/shop-side"


@pytest.mark.parametrize(
    "registry", ["", "shop", "shop/web", "https://r.example.com", "R.org", "r.org/"]
)
def test_what_is_no_registry_is_refused(tmp_path: Path, registry: str) -> None:
    with pytest.raises(ComposerError, match="is no registry"):
        registry_images(project(tmp_path), registry)


def test_two_images_of_one_name_are_refused(tmp_path: Path) -> None:
    text = "services: {a: {image: x/app, build: .}, b: {image: y/app, build: .}}"
    with pytest.raises(ComposerError, match=r"x/app and y/app would both be r\.org/app"):
        registry_images(project(tmp_path, text), "r.org")


def test_what_is_built_is_named_and_nothing_else(tmp_path: Path) -> None:
    before = project(tmp_path)
    after = named(before, registry_images(before, "r.org")).services
    assert {name: service.image for name, service in after.items()} == {
        "web": "r.org/web:1",
        "worker": "docker.io/shop/web:1",
        "side": "r.org/shop-side",
        "both": "r.org/web:1",
        "other": "example.org/other",
    }
    web = after["web"].build
    assert web is not None
    assert web.tags == ()


# --- ids ----------------------------------------------------------------------------------------


def deployment(image: str, **annotations: str) -> dict[str, Any]:
    spec = {
        "initContainers": [{"name": "prepare", "image": image}],
        "containers": [{"name": "web", "image": image}, {"name": "side", "image": "other"}],
    }
    template = {"metadata": {"labels": {"a": "b"}, "annotations": annotations}, "spec": spec}
    return {"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"template": template}}


def test_pods_are_annotated_with_the_ids_of_what_was_pushed() -> None:
    service = {"kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": []}}
    plain = deployment("r.org/web:1", note="mine")
    marked, same = with_ids([plain, service], {"r.org/web:1": "abc"})
    assert same == service
    assert image_ids(marked) == {"prepare": "abc", "web": "abc"}
    metadata = marked["spec"]["template"]["metadata"]
    assert metadata["labels"] == {"a": "b"}
    assert metadata["annotations"]["note"] == "mine"
    assert image_ids(plain) == {}
    assert with_ids([plain], {"r.org/web:2": "abc"}) == [plain]


def test_a_pod_of_its_own_is_annotated_itself() -> None:
    pod = {"kind": "Pod", "metadata": {"name": "web"}, **deployment("x")["spec"]["template"]}
    (marked,) = with_ids([pod], {"other": "abc"})
    assert image_ids(marked) == {"side": "abc"}
    assert marked["metadata"]["annotations"] == {f"{IMAGE_ID}side": "abc"}


def test_ids_stay_while_the_names_do() -> None:
    live = with_ids([deployment("r.org/web:1")], {"r.org/web:1": "abc"})[0]
    assert keeping_ids(deployment("r.org/web:1"), live) == live
    assert image_ids(keeping_ids(deployment("r.org/web:2"), live)) == {}
    assert image_ids(keeping_ids(deployment("r.org/web:1"), deployment("r.org/web:1"))) == {}
    new = with_ids([deployment("r.org/web:1")], {"r.org/web:1": "def"})[0]
    assert keeping_ids(new, live) == new
