"""Where ``kube generate`` writes: a stream, a Kustomize base with an overlay, a Helm chart."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

FILE = """
services:
  web:
    image: nginx:alpine
    scale: 2
    ports: ["8080:80"]
    deploy: {resources: {limits: {memory: 64m}}}
    volumes: ["./page:/page:ro"]
    x-kubernetes: {ingress: shop.example}
  db: {image: "registry.example:5000/db@sha256:%s", volumes: ["data:/data"]}
volumes: {data: }
""" % ("0" * 64)
PAGE = "a {{ template }}\nimage: '@@not-ours@@'\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "compose.yaml").write_text(FILE)
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "a.txt").write_text(PAGE)
    return tmp_path


def generate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "composer", "-p", "shop", "kube", "generate", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def ok(folder: Path, *arguments: str) -> str:
    done = generate(folder, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_stream_is_the_same_in_a_file(folder: Path) -> None:
    text = ok(folder)
    assert ok(folder, "-o", "-") == text
    assert ok(folder, "-o", "out.yaml") == ""
    assert (folder / "out.yaml").read_text() == text
    documents = list(yaml.safe_load_all(text))
    pages = [d for d in documents if d["kind"] == "ConfigMap"]
    assert pages[0]["data"] == {"a.txt": PAGE}


def test_the_file_comes_from_standard_input_as_well(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "composer", "-f", "-", "-p", "shop", "kube", "generate"],
        cwd=folder,
        input=FILE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ok(folder)), done.stderr


def test_a_folder_is_a_base_that_follows_the_file_and_an_overlay_that_is_the_users(
    folder: Path,
) -> None:
    ok(folder, "-o", "k8s")
    base = folder / "k8s" / "base"
    overlay = folder / "k8s" / "overlays" / "production" / "kustomization.yaml"
    listed = yaml.safe_load((base / "kustomization.yaml").read_text())["resources"]
    assert sorted(listed) == ["db.yaml", "network-policies.yaml", "web.yaml"]
    whole = [d for name in listed for d in yaml.safe_load_all((base / name).read_text())]
    assert sorted(map(repr, whole)) == sorted(map(repr, yaml.safe_load_all(ok(folder))))
    said = yaml.safe_load(overlay.read_text())
    assert said["replicas"] == [{"name": "web", "count": 2}, {"name": "db", "count": 1}]
    assert said["images"] == [{"name": "nginx", "newTag": "alpine"}]
    overlay.write_text("mine")
    (base / "others.yaml").write_text("not: ours\n")
    (folder / "compose.yaml").write_text("services: {web: {image: nginx}}")
    ok(folder, "-o", "k8s")
    assert overlay.read_text() == "mine"
    assert {path.name for path in base.iterdir()} == {
        *("kustomization.yaml", "network-policies.yaml", "web.yaml", "others.yaml")
    }


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl has Kustomize in it")
def test_kustomize_takes_it(folder: Path) -> None:
    ok(folder, "-o", "k8s")
    done = subprocess.run(
        ["kubectl", "kustomize", "k8s/overlays/production"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = list(yaml.safe_load_all(done.stdout))
    assert {one["metadata"]["namespace"] for one in made} == {"shop"}
    assert len(made) == len(list(yaml.safe_load_all(ok(folder))))


def test_a_chart_has_values_and_keeps_what_looks_like_a_template(folder: Path) -> None:
    ok(folder, "-o", "chart", "--chart")
    chart = folder / "chart"
    assert yaml.safe_load((chart / "Chart.yaml").read_text())["name"] == "shop"
    values = yaml.safe_load((chart / "values.yaml").read_text())
    assert values["images"]["web"] == "nginx:alpine"
    assert values["replicas"] == {"db": 1, "web": 2}
    assert values["resources"]["web"] == {"limits": {"memory": "64Mi"}}
    assert values["hosts"] == {"web": "shop.example"}
    rendered = [
        document
        for path in sorted((chart / "templates").iterdir())
        for document in yaml.safe_load_all(_rendered(path.read_text(), values))
    ]
    expected = list(yaml.safe_load_all(ok(folder)))
    for one in expected:  # a chart says resources of every container
        for made in one.get("spec", {}).get("template", {}).get("spec", {}).get("containers", ()):
            made.setdefault("resources", {})
    assert sorted(map(_steady, rendered)) == sorted(map(_steady, expected))


def _steady(document: Any) -> str:
    return yaml.safe_dump(document, sort_keys=True)


def _rendered(text: str, values: dict[str, dict[str, Any]]) -> str:
    """What Helm makes of the few words that our templates have of its language."""

    def value(found: re.Match[str]) -> str:
        said = values[found["kind"]][found["name"]]
        return yaml.safe_dump(said, default_flow_style=True, width=10**6).split("\n...")[0].strip()

    words = r"\{\{-? (?:toYaml )?\(index \.Values\.(?P<kind>\w+) \"(?P<name>[^\"]+)\"\)[^}]*\}\}"
    return (
        re.sub(words, value, text)
        .replace("resources:{", "resources: {")
        .replace("{{ `{{` }}", "{{")
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--chart"], "a chart is a folder"),
        (["-o", "compose.yaml", "--chart"], "is no folder"),
        (["-o", "page/a.txt"], "is no folder"),
        (["-o", "page/a.txt/k8s"], "cannot write"),
        (["-o", "taken"], "was not written by composer"),
        (["--kind", "cronjob"], "is none of pod"),
    ],
)
def test_what_cannot_be_written_is_told_and_nothing_is_half_made(
    folder: Path, arguments: list[str], said: str
) -> None:
    (folder / "taken" / "base").mkdir(parents=True)
    (folder / "taken" / "base" / "web.yaml").write_text("mine\n")
    before = {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")}
    done = generate(folder, *arguments)
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")} == before
