"""Several files, ``extends``, ``include``, resets: what remains, and where it was said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from composer.errors import ComposerError
from composer.spec import Options, load_canonical
from tests.unit.spec.projects import problems, services, write


def merged(folder: Path, base: str, override: str) -> Any:
    files = (str(write(folder, base)), str(write(folder, override, "override.yaml")))
    return load_canonical(Options(files=files, environ={}))


def service(folder: Path, base: str, override: str) -> Any:
    text = "services: {a: {image: x, %s}, b: {image: y}}\nnetworks: {front: , back: }\n"
    loaded = merged(folder, text % base, f"services: {{a: {{{override}}}}}\n")
    return loaded.mapping["services"]["a"]


def test_mappings_and_lists_of_pairs_are_merged_by_key(tmp_path: Path) -> None:
    found = service(tmp_path, "environment: [A=1, B=1]", "environment: {B: 2, C: 3}")
    assert found["environment"] == {"A": "1", "B": "2", "C": "3"}


def test_command_lines_are_replaced(tmp_path: Path) -> None:
    assert service(tmp_path, "command: one two", "command: [three]")["command"] == ["three"]


def test_lists_are_appended_and_entries_with_an_identity_replaced(tmp_path: Path) -> None:
    found = service(tmp_path, 'volumes: ["./a:/x", "./b:/y"]', 'volumes: ["./c:/x"]')
    assert [(one["source"].rpartition("/")[2], one["target"]) for one in found["volumes"]] == [
        ("c", "/x"),
        ("b", "/y"),
    ]
    found = service(tmp_path, "dns: 1.1.1.1", "dns: [2.2.2.2, 1.1.1.1]")
    assert found["dns"] == ["1.1.1.1", "2.2.2.2"]


def test_logging_options_are_merged_for_the_same_driver_only(tmp_path: Path) -> None:
    base = "logging: {driver: one, options: {a: 1}}"
    assert service(tmp_path, base, "logging: {options: {b: 2}}")["logging"] == {
        "driver": "one",
        "options": {"a": "1", "b": "2"},
    }
    other = service(tmp_path, base, "logging: {driver: two, options: {b: 2}}")
    assert other["logging"] == {"driver": "two", "options": {"b": "2"}}


def test_resets_and_overrides(tmp_path: Path) -> None:
    found = service(
        tmp_path,
        'ports: ["80:80"], environment: {A: 1, B: 2}, dns: [1.1.1.1], networks: [front]',
        "ports: !reset [], environment: {A: !reset null}, dns: !override [2.2.2.2], "
        "networks: !override [back]",
    )
    assert "ports" not in found
    assert found["environment"] == {"B": "2"}
    assert found["dns"] == ["2.2.2.2"]
    assert list(found["networks"]) == ["back"]


def test_a_problem_of_a_merged_service_is_where_the_last_file_says_it(tmp_path: Path) -> None:
    base = "services:\n  a: {image: x, container_name: one}\n  b: {image: x}\n"
    override = "services:\n\n\n  b:\n    container_name: one\n"
    write(tmp_path, base)
    file = write(tmp_path, override, "override.yaml")
    options = Options(files=(str(tmp_path / "compose.yaml"), str(file)), environ={})
    with pytest.raises(ComposerError, match=r"override\.yaml:5:5: services\.b\.container_name"):
        load_canonical(options)


def test_a_long_chain_of_extends(tmp_path: Path) -> None:
    lines = [f"  s{n}: {{extends: s{n + 1}, labels: {{l{n}: x}}}}\n" for n in range(100)]
    text = "services:\n" + "".join(lines) + "  s100: {image: x}\n"
    assert len(services(tmp_path, text)["s0"]["labels"]) == 100


def test_services_that_extend_one_another_are_refused(tmp_path: Path) -> None:
    text = "services:\n  a: {extends: b}\n  b: {extends: a}\n"
    found = problems(tmp_path, text)[0]
    assert "a (compose.yaml) extends b (compose.yaml) extends a (compose.yaml)" in found


def test_an_extended_service_that_is_not_there_is_refused(tmp_path: Path) -> None:
    text = "services:\n  a: {extends: bse}\n  base: {image: x}\n"
    said = "compose.yaml:2:7: services.a.extends: service 'bse' is not in compose.yaml"
    assert problems(tmp_path, text) == [f"{said}\n  did you mean base?"]


def test_a_conflict_with_an_included_file_names_both_places(tmp_path: Path) -> None:
    write(tmp_path, "services:\n  a: {image: y}\n", "other.yaml")
    found = problems(tmp_path, "include: [other.yaml]\nservices:\n  a: {image: x}\n")[0]
    assert found.startswith("compose.yaml:3:3: services.a: conflicts")
    assert "other.yaml:2)" in found
