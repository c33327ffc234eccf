"""Units of all samples: Quadlet and systemd of a current machine take them, without a word."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from composer.errors import ComposerError
from composer.spec import Options, load
from composer.systemd.generate import generate
from composer.systemd.units import Machine as Wanted
from composer.systemd.units import Units
from tests.booted import USER, WORK, Machine
from tests.conformance.projects import PROJECTS
from tests.testbed import CHECKOUT

pytestmark = pytest.mark.engine

SAMPLES = sorted(path.parent for path in (CHECKOUT / "samples/compose").glob("*/compose.yaml"))
QUADLET = "/usr/libexec/podman/quadlet"


@pytest.fixture
def place(booted: Machine) -> Iterator[Path]:
    """A folder of this machine that the booted one sees below ``/work``."""
    folder = booted.folder / "units"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def units(sample: Path, *, release: tuple[int, int], user: bool) -> Units:
    project = load(Options(files=(str(sample / "compose.yaml"),), environ={}))
    return generate(project, Wanted(release=release, user=user, rootless=user))


def verified(booted: Machine, folder: Path, user: bool) -> str:
    """What systemd has to say of all units in ``folder``."""
    there = WORK / folder.relative_to(booted.folder)
    names = sorted(f"{there}/{path.name}" for path in folder.iterdir())
    options = ["--user"] if user else []
    done = booted.run(
        *("systemd-analyze", *options, "verify", "--man=no", "--recursive-errors=yes", *names),
        env={"SYSTEMD_UNIT_PATH": f"{there}:"},
        user=USER if user else "root",
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("user", [False, True], ids=["system", "user"])
def test_quadlet_must_take_all_samples_and_systemd_what_it_makes_of_them(
    booted: Machine, place: Path, user: bool
) -> None:
    for sample in SAMPLES:
        written, made = place / f"{sample.name}.quadlet", place / sample.name
        written.mkdir()
        made.mkdir()
        project = units(sample, release=(5, 4), user=user)
        assert (project.format, project.warnings) == ("quadlet", ())
        for file in project.files:
            ((written if file.quadlet else made) / file.name).write_text(file.text)
        done = booted.run(
            *(QUADLET, "-dryrun", *(["-user"] if user else [])),
            env={"QUADLET_UNIT_DIRS": str(WORK / written.relative_to(booted.folder))},
        )
        told = [line for line in done.stderr.splitlines() if "Loading source unit" not in line]
        assert not told, sample.name
        found = re.findall(r"^---(\S+)---\n(.*?)(?=^---\S+---\n|\Z)", done.stdout, re.M | re.S)
        assert len(found) == sum(file.quadlet for file in project.files)
        for name, text in found:
            (made / name).write_text(text)
        assert verified(booted, made, user) == "", sample.name


def test_quadlet_must_take_all_conformance_cases(booted: Machine, place: Path) -> None:
    """What they say is odd at times: control characters, blanks at ends, colons in paths."""
    written = {}
    for name, project in PROJECTS.items():
        with contextlib.suppress(ComposerError):
            made = generate(project, Wanted(release=(5, 4), user=False, socket="/run/x"), "quadlet")
            written[name] = [file for file in made.files if file.quadlet]
    for name, files in written.items():
        folder = place / name
        folder.mkdir(parents=True)
        for file in files:
            (folder / file.name).write_text(file.text)
    loop = f"""cd {WORK}/{place.name} || exit 1
        for folder in $(find . -mindepth 1 -type d); do
            test -n "$(find $folder -maxdepth 1 -type f)" || continue
            QUADLET_UNIT_DIRS=$PWD/$folder {QUADLET} -dryrun 2>&1 >>made | grep -v "Loading source"
        done; grep -c '^---.*---$' made"""
    done = booted.run("sh", "-c", loop)
    assert done.stdout.split() == [str(sum(map(len, written.values())))]
    assert len(written) > 200


@pytest.mark.parametrize("user", [False, True], ids=["system", "user"])
def test_systemd_must_take_classic_units_of_all_samples(
    booted: Machine, place: Path, user: bool
) -> None:
    for sample in SAMPLES:
        made = place / sample.name
        made.mkdir()
        project = units(sample, release=(4, 3), user=user)
        assert (project.format, project.warnings) == ("units", ())
        for file in project.files:
            (made / file.name).write_text(file.text)
        assert verified(booted, made, user) == "", sample.name


def test_systemd_must_not_be_silent_about_what_is_wrong(booted: Machine, place: Path) -> None:
    (place / "bad.service").write_text("[Service]\nExecStart=/bin/true\nRestrat=no\n")
    assert "Restrat" in verified(booted, place, user=False)
