"""What is warned of, once each, whatever number of files says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.errors import ComposerError
from composer.spec import Options, load_canonical
from tests.unit.spec.projects import write

OBSOLETE = (
    "the attribute `version` is obsolete, it will be ignored, please remove it to avoid potential "
    "confusion"
)


def warnings(folder: Path, *files: str) -> list[str]:
    """The warnings when these files of ``folder`` are loaded, with paths relative to it."""
    paths = tuple(str(folder / name) for name in files)
    found = load_canonical(Options(files=paths, environ={})).warnings
    return [text.replace(f"{folder}/", "") for text in found]


def unset(name: str) -> str:
    return f'The "{name}" variable is not set. Defaulting to a blank string.'


def test_variables_that_are_not_set_are_named_once(tmp_path: Path) -> None:
    web = "  web:\n    image: x${A}\n    labels: {a: $A, b: '${B}$C', c: '${D:-}${E-}${F:+$G}'}\n"
    write(tmp_path, f"include: [part/one.yaml, part/two.yaml]\nservices:\n{web}")
    write(tmp_path, f"services:\n{web}", "over.yaml")
    write(
        tmp_path,
        "services:\n  one:\n    image: x${A}\n    extends: {file: base.yaml, service: base}\n",
        "part/one.yaml",
    )
    write(tmp_path, "services:\n  two: {image: 'x${A}${P}'}\n", "part/two.yaml")
    write(
        tmp_path,
        "services:\n  base: {hostname: 'x${A}${H}'}\n  other: {image: '$O'}\n",
        "part/base.yaml",
    )
    expected = {unset(name) for name in ("A", "B", "C", "P", "H")}
    found = warnings(tmp_path, "compose.yaml", "over.yaml")
    assert set(found) == expected
    assert len(found) == len(expected)


def test_an_obsolete_version_is_named_once_for_each_file(tmp_path: Path) -> None:
    text = "version: '3'\nservices:\n"
    write(tmp_path, f"{text}  a: {{image: x}}\n---\n{text}  b: {{image: x}}\n")
    write(tmp_path, f"include: [part.yaml]\n{text}  a: {{image: y}}\n", "over.yaml")
    write(tmp_path, f"{text}  c: {{image: y}}\n", "part.yaml")
    assert warnings(tmp_path, "compose.yaml", "over.yaml") == [
        f"{name}: {OBSOLETE}" for name in ("compose.yaml", "over.yaml", "part.yaml")
    ]


def test_booleans_that_are_words_are_named_with_their_place(tmp_path: Path) -> None:
    write(
        tmp_path, "services:\n  a:\n    image: x\n    init: yes\n    tty: True\n    attach: 'off'\n"
    )
    assert warnings(tmp_path, "compose.yaml") == [
        (
            'compose.yaml:4:5: services.a.init: "yes" for boolean is not supported by YAML 1.2, '
            "please use `true`"
        ),
        (
            'compose.yaml:6:5: services.a.attach: "off" for boolean is not supported by YAML 1.2, '
            "please use `false`"
        ),
    ]


@pytest.mark.parametrize("section", ["networks", "volumes", "secrets", "configs"])
def test_the_old_form_of_external_is_named(section: str, tmp_path: Path) -> None:
    write(
        tmp_path, f"services: {{a: {{image: x}}}}\n{section}:\n  n: {{external: {{name: real}}}}\n"
    )
    assert warnings(tmp_path, "compose.yaml") == [
        (
            f"compose.yaml:3:3: {section}.n: external.name is deprecated. Please set name and "
            "external: true"
        )
    ]


def test_a_command_that_wants_a_shell_is_named(tmp_path: Path) -> None:
    service = "{image: x, command: 'npm ci && npm start', entrypoint: 'a ; b'}"
    write(tmp_path, f"services: {{a: {service}}}")
    assert warnings(tmp_path, "compose.yaml") == [
        (
            f"compose.yaml:1:{column}: services.a.{attribute}: '{rest}' is left out, because no "
            "shell runs the command; to have one: [sh, -c, the command as one text]"
        )
        for column, attribute, rest in (
            (26, "command", "&& npm start"),
            (58, "entrypoint", "; b"),
        )
    ]


def test_warnings_are_not_lost_when_there_are_errors(tmp_path: Path) -> None:
    file = write(tmp_path, "version: '3'\nservices: {web: {image: 'x${A}', prots: []}}\n")
    with pytest.raises(ComposerError) as caught:
        load_canonical(Options(files=(str(file),), environ={}))
    assert caught.value.warnings == (unset("A"), f"{file}: {OBSOLETE}")
