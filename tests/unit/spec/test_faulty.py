"""Everything that is wrong with a project is told in one go, with its place and what to do.

Each folder of ``faulty`` is a project, with what has to be told in ``errors.txt``. The first line
of its ``compose.yaml`` may name the files: ``# files: a.yaml b.yaml``.
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest

from composer.errors import ComposerError
from composer.spec import Options, load
from composer.ui.errors import print_error

FAULTY = Path(__file__).parent / "faulty"
PROJECTS = sorted(path.name for path in FAULTY.iterdir())


def told(folder: Path) -> str:
    """What is told of the project in ``folder``, which is the current one."""
    first = (folder / "compose.yaml").read_text().partition("\n")[0]
    files = first.removeprefix("# files: ").split() if first.startswith("# files: ") else ()
    stream = StringIO()
    with pytest.raises(ComposerError) as caught:
        load(Options(files=tuple(files), environ={}))
    print_error(caught.value, stream, colour=False)
    return stream.getvalue().replace(str(folder), "{folder}")


@pytest.mark.parametrize("name", PROJECTS)
def test_all_that_is_wrong_is_told_with_its_place(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FAULTY / name)
    expected = FAULTY / name / "errors.txt"
    assert told(FAULTY / name) == expected.read_text()
