"""Units of all conformance cases and samples: none fails by surprise, and each is stable."""

from __future__ import annotations

import re

import pytest

from composer.errors import ComposerError
from composer.systemd.generate import generate
from composer.systemd.units import MARK, Format, Units
from tests.conformance.projects import PROJECTS
from tests.unit.systemd.made import NEW, OLD

REFUSED = re.compile(
    r"is no id$|is no signal$|is no size$|does not exist$|no port is left|cannot mount the type"
    r"|is no mapping|is no number$|is no address$|is no hardware address$|are both needed$"
    r"|is not set$|without an infra container|is no path$|is no rule|not allowed$|is no port$"
    r"|a zero byte cannot be in a unit$|is no option of|leads out of the volume$"
    r"|does not appear to be"
)
"""What cannot be a container, under ``up`` as well."""
FORMS: tuple[tuple[Format, bool], ...] = (("quadlet", True), ("units", False))
_LINE = re.compile(r"\[[A-Z][A-Za-z]+\]|[A-Z][A-Za-z0-9]*=.*|#.*|    .*|")


def made(name: str, form: Format, user: bool) -> Units | None:
    machine = (NEW if form == "quadlet" else OLD)._replace(user=user, socket="/run/podman.sock")
    try:
        return generate(PROJECTS[name], machine, form)
    except ComposerError as error:
        if not REFUSED.search(error.message):
            raise
        return None


@pytest.mark.parametrize("name", PROJECTS)
def test_units(name: str) -> None:
    for form, user in FORMS:
        found = made(name, form, user)
        if found is None:
            continue
        assert made(name, form, user) == found
        assert len({file.name for file in found.files}) == len(found.files)
        for file in found.files:
            assert f"{MARK}{found.project}" in file.text.splitlines()
            assert file.text.endswith("\n")
            if not file.name.endswith(".Containerfile"):
                lines = file.text.splitlines()
                assert [line for line in lines if not _LINE.fullmatch(line)] == [], file.name


def test_most_can_be_units() -> None:
    found = [name for name in PROJECTS if made(name, "quadlet", user=False) is not None]
    assert len(found) > 0.9 * len(PROJECTS)
