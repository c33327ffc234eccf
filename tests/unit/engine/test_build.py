"""``build`` sections become ``podman build`` command lines; what cannot be built is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from composer.engine.build import BESIDE_FLAGS, FLAGS, NOT_IN_PODMAN, build_flags, build_image
from composer.engine.program import Program
from composer.errors import ComposerError, EngineError, Position
from composer.spec.model import Build, BuildSecret, ByteSize, FileObject, Project, Service, Ulimit


def test_every_attribute_is_accounted_for() -> None:
    assert FLAGS.keys() | BESIDE_FLAGS | NOT_IN_PODMAN == set(Build.__struct_fields__)


def test_flags() -> None:
    build = Build(
        args={"A": "1", "B": None},
        labels={"k": "v"},
        target="prod",
        no_cache=True,
        pull=True,
        network="host",
        shm_size=ByteSize(1024),
        ulimits={"nofile": Ulimit(soft=1, hard=2)},
        extra_hosts=("a=1.2.3.4",),
        platforms=("linux/amd64", "linux/arm64"),
        tags=("x:1",),
        cache_from=("c",),
        ssh=("default",),
        additional_contexts={"lib": "/lib"},
    )
    flags = " ".join(build_flags(build))
    for expected in (
        "--build-arg A=1 --build-arg B",
        "--label k=v",
        "--target prod",
        "--no-cache",
        "--pull=always",
        "--network host",
        "--shm-size 1024",
        "--ulimit nofile=1:2",
        "--add-host a:1.2.3.4",
        "--platform linux/amd64,linux/arm64",
        "--tag x:1",
        "--cache-from c",
        "--ssh default",
        "--build-context lib=/lib",
    ):
        assert expected in flags


def test_nothing_said_needs_no_flags() -> None:
    assert build_flags(Build(context="/x")) == []


@pytest.fixture
def podman(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the program: writes its arguments down, fails when told to."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "podman"
    program.write_text(
        "#!/bin/sh\n"
        f'printf "%s\\n" "$@" > {tmp_path}/arguments\n'
        'while [ $# -gt 0 ]; do case "$1" in\n'
        "  --iidfile) echo sha256:feed > $2;;\n"
        f"  --secret) cp ${{2##*src=}} {tmp_path}/secret;;\n"
        f"  --file) cp $2 {tmp_path}/dockerfile;;\n"
        "esac; shift; done\n"
        'echo "STEP 1"; [ -z "$FAIL" ] || { echo "it broke" >&2; exit 3; }\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return tmp_path


def build(
    build: Build, environment: dict[str, str] | None = None, local: bool = False
) -> tuple[str, list[str]]:
    project = Project(
        name="shop",
        working_dir="/",
        services={"app": Service(name="app", build=build)},
        positions={"services.app.build": Position("compose.yaml", 3, 5)},
    )
    program = Program(
        url="unix:///s",
        local_arguments=("--root", "/r") if local else None,
        environment={**os.environ, **(environment or {})},
    )
    lines: list[str] = []
    identity = build_image(
        program,
        project,
        "app",
        image="shop-app",
        pull=False,
        no_cache=False,
        args=["X=2"],
        progress=lines.append,
    )
    return identity, lines


def test_the_program_works_on_the_engines_socket(podman: Path) -> None:
    (podman / "Dockerfile").touch()
    assert build(Build(context=str(podman))) == ("feed", ["STEP 1"])
    arguments = (podman / "arguments").read_text().splitlines()
    assert arguments[:3] == ["--url", "unix:///s", "build"]
    assert arguments[-1] == str(podman)
    assert arguments[arguments.index("--tag") + 1] == "shop-app"
    assert arguments[arguments.index("--build-arg") + 1] == "X=2"


def test_what_a_service_cannot_do_is_done_locally_where_possible(podman: Path) -> None:
    (podman / "Dockerfile").touch()
    build(Build(context=str(podman), ssh=("default",)), local=True)
    assert (podman / "arguments").read_text().splitlines()[:3] == ["--root", "/r", "build"]


def test_an_inline_dockerfile(podman: Path) -> None:
    build(Build(context=str(podman), dockerfile_inline="FROM busybox\n"))
    assert (podman / "dockerfile").read_text() == "FROM busybox\n"


def test_a_secret_goes_through_a_file_only(podman: Path) -> None:
    (podman / "Dockerfile").touch()
    project = Project(
        name="shop",
        working_dir="/",
        services={
            "app": Service(
                name="app",
                build=Build(context=str(podman), secrets=(BuildSecret(source="key"),)),
            )
        },
        secrets={"key": FileObject(key="key", name="k", environment="KEY")},
        environment={"KEY": "very-secret"},
    )
    program = Program(url="unix:///s", environment=dict(os.environ))
    build_image(
        program, project, "app", image="i", pull=False, no_cache=False, args=(), progress=None
    )
    assert (podman / "secret").read_text() == "very-secret"
    assert "very-secret" not in (podman / "arguments").read_text()


def test_a_failure_shows_the_last_lines(podman: Path) -> None:
    (podman / "Dockerfile").touch()
    with pytest.raises(EngineError, match=r"building app failed .*ended with 3") as caught:
        build(Build(context=str(podman)), {"FAIL": "1"})
    assert "it broke" in caught.value.message


def test_a_missing_context(podman: Path) -> None:
    with pytest.raises(ComposerError, match="the folder /nosuch does not exist") as caught:
        build(Build(context="/nosuch"))
    assert caught.value.position == Position("compose.yaml", 3, 5)


def test_a_missing_dockerfile(podman: Path) -> None:
    with pytest.raises(ComposerError, match=r"there is no Other in"):
        build(Build(context=str(podman), dockerfile="Other"))
