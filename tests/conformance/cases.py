"""The cases: small Compose projects, each with what it is to be loaded with.

A case is a file ``cases/NAME.yaml``, or a folder ``cases/NAME`` with a ``compose.yaml``. Comments
at the top of the file say how it is loaded::

    # files: compose.yaml override.yaml     several files instead of one
    # discover: yes                         no file is named, it has to be found
    # inside: sub/folder                    the folder in which the program is called
    # stdin: in.yaml                        what stands in standard input (for files: -)
    # profiles: dev test                    --profile
    # project_name: name                    --project-name
    # env_file: a.env                       --env-file
    # services: web                         service names on the command line
    # env: A=1 B=                           the environment
    # differs: reason                       why composer's answer is not docker-compose's
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

CASES = Path(__file__).parent / "cases"
RECORDED = Path(__file__).parent / "recorded"
FOLDER = "{{folder}}"
"""Stands for the folder of the case in recorded answers."""

HOME = "/home/user"
_SETTING = re.compile(r"# (\w+): (.*)")


class Case(NamedTuple):
    """One project and how it is loaded."""

    name: str
    folder: Path
    files: tuple[str, ...]
    profiles: tuple[str, ...]
    project_name: str | None
    env_files: tuple[str, ...]
    services: tuple[str, ...]
    environ: dict[str, str]
    differs: str | None
    inside: str = "."
    stdin: str | None = None

    @property
    def where(self) -> Path:
        """The folder in which the program is called."""
        return self.folder / self.inside

    @property
    def typed(self) -> str:
        """What stands in standard input."""
        return "" if self.stdin is None else (self.folder / self.stdin).read_text()


class Answer(NamedTuple):
    """What a program makes of a case: the model that it prints, or None when it refuses.

    ``model`` is what it prints as JSON, ``yaml`` the text that it prints as YAML.
    """

    model: dict[str, Any] | None
    error: str = ""
    yaml: str = ""


def all_cases() -> list[Case]:
    """Every case, sorted by name."""
    found = [path for path in CASES.iterdir() if path.suffix == ".yaml" or path.is_dir()]
    return [_case(path) for path in sorted(found)]


def _case(path: Path) -> Case:
    main = path / "compose.yaml" if path.is_dir() else path
    settings: dict[str, str] = {}
    for line in main.read_text().splitlines():
        match = _SETTING.match(line)
        if match is None:
            break
        settings[match.group(1)] = match.group(2)
    words = {key: tuple(value.split()) for key, value in settings.items()}
    files = () if "discover" in settings else words.get("files", (main.name,))
    variables = (word.partition("=") for word in words.get("env", ()))
    return Case(
        name=path.stem if path.suffix == ".yaml" else path.name,
        folder=main.parent,
        files=files,
        profiles=words.get("profiles", ()),
        project_name=settings.get("project_name"),
        env_files=words.get("env_file", ()),
        services=words.get("services", ()),
        environ={"HOME": HOME, **{name: value for name, _, value in variables}},
        differs=settings.get("differs"),
        inside=settings.get("inside", "."),
        stdin=settings.get("stdin"),
    )


def neutral(text: str, case: Case) -> str:
    """``text`` with the case's folder and its parent replaced by placeholders."""
    return text.replace(str(case.folder), FOLDER).replace(str(case.folder.parent), f"{FOLDER}/..")


def exact(value: Any) -> str:
    """``value`` in a form in which a number differs from a fraction and from a boolean."""
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False)


def recorded(case: Case) -> Answer | None:
    """The recorded answer of docker-compose, or None when there is none."""
    file = RECORDED / f"{case.name}.json"
    if not file.exists():
        return None
    stored = json.loads(file.read_text())
    return Answer(stored.get("model"), stored.get("error", ""), stored.get("yaml", ""))


def record(case: Case, answer: Answer) -> None:
    """Store ``answer`` as docker-compose's to ``case``."""
    RECORDED.mkdir(exist_ok=True)
    content: dict[str, Any] = {"error": answer.error}
    if answer.model is not None:
        content = {"model": answer.model, "yaml": answer.yaml}
    file = RECORDED / f"{case.name}.json"
    file.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
