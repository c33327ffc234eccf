"""Files, directories, names and environments are found as Docker Compose finds them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from composer.errors import ComposerError
from composer.spec import Options, discover, load_canonical, pipeline, project_name
from composer.spec.discovery import Source
from tests.unit.spec.projects import write

ONE = "services: {a: {image: x}}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "My_Project.1"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def found(**options: object) -> list[str]:
    return [Path(one.path).name for one in discover(Options(environ={}, **options)).files]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]
)
def test_every_name_is_found(folder: Path, name: str) -> None:
    write(folder, ONE, name)
    assert found() == [name]


def test_the_first_of_several_is_used_with_a_warning(folder: Path) -> None:
    write(folder, ONE, "docker-compose.yml")
    write(folder, ONE, "compose.yml")
    assert found() == ["compose.yml"]
    assert "multiple config files" in discover(Options(environ={})).warnings[0]


def test_the_override_file_is_taken_along(folder: Path) -> None:
    write(folder, ONE)
    write(folder, ONE, "compose.override.yml")
    assert found() == ["compose.yaml", "compose.override.yml"]
    assert found(files=("compose.yaml",)) == ["compose.yaml"]


def test_parent_folders_are_looked_through(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, ONE)
    write(folder, "TAG=1\n", ".env")
    below = folder / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    result = discover(Options(environ={}))
    assert result.directory == str(folder)
    assert result.environment["TAG"] == "1"


def test_no_file_is_an_error_that_says_what_was_looked_for(folder: Path) -> None:
    with pytest.raises(ComposerError, match="no configuration file provided") as caught:
        discover(Options(environ={}))
    assert "docker-compose.yaml" in str(caught.value)


def test_a_file_that_is_not_there_is_an_error(folder: Path) -> None:
    with pytest.raises(ComposerError, match=r"cannot read nowhere\.yaml: No such file"):
        load_canonical(Options(files=("nowhere.yaml",), environ={}))


@pytest.mark.parametrize("separator", [None, ","])
def test_compose_file_names_files(folder: Path, separator: str | None) -> None:
    write(folder, ONE, "a.yaml")
    write(folder, "services: {b: {image: y}}\n", "b.yaml")
    environ = {"COMPOSE_FILE": f"a.yaml{separator or ':'}b.yaml"}
    if separator:
        environ["COMPOSE_PATH_SEPARATOR"] = separator
    assert list(load_canonical(Options(environ=environ)).mapping["services"]) == ["a", "b"]


def test_compose_file_can_stand_in_the_env_file(folder: Path) -> None:
    write(folder, ONE, "a.yaml")
    write(folder, "COMPOSE_FILE=a.yaml\nCOMPOSE_PROFILES=p,q\n", ".env")
    result = discover(Options(environ={}))
    assert [one.shown for one in result.files] == ["a.yaml"]
    assert result.profiles == ("p", "q")


def test_standard_input_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "services: {a: {image: x, nope: 1}}"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    with pytest.raises(ComposerError, match=r"stdin:1:26: services\.a\.nope: unknown attribute"):
        load_canonical(Options(files=("-",), environ={}))


def test_the_directory_is_that_of_the_first_file(folder: Path) -> None:
    write(folder, ONE, "sub/a.yaml")
    assert discover(Options(files=("sub/a.yaml",), environ={})).directory == str(folder / "sub")
    options = Options(files=("sub/a.yaml",), environ={}, project_directory=".")
    assert discover(options).directory == str(folder)


def test_the_environment_wins_over_env_files_and_later_files_over_earlier(folder: Path) -> None:
    write(folder, ONE)
    write(folder, "A=1\nB=1\nC=1\n", "one.env")
    write(folder, "B=2\nC=2\n", "two.env")
    options = Options(env_files=("one.env", "two.env"), environ={"C": "3"})
    environment = discover(options).environment
    assert [environment[name] for name in "ABC"] == ["1", "2", "3"]


def test_env_files_can_be_named_by_the_environment_and_switched_off(folder: Path) -> None:
    write(folder, ONE)
    write(folder, "A=dotenv\n", ".env")
    write(folder, "A=other\n", "other.env")
    assert discover(Options(environ={})).environment["A"] == "dotenv"
    named = discover(Options(environ={"COMPOSE_ENV_FILES": "other.env"}))
    assert named.environment["A"] == "other"
    off = discover(Options(environ={"COMPOSE_DISABLE_ENV_FILE": "1"}))
    assert "A" not in off.environment


def test_a_missing_env_file_is_an_error(folder: Path) -> None:
    write(folder, ONE)
    with pytest.raises(ComposerError, match="couldn't find env file"):
        discover(Options(env_files=("nope.env",), environ={}))


@pytest.mark.parametrize(
    ("flag", "environment", "said", "expected"),
    [
        ("flag", "environment", "said", "flag"),
        (None, "environment", "said", "environment"),
        (None, "", "said", "said"),
        (None, "", "${A}-said", "x-said"),
        (None, "", "Said Loud", "saidloud"),
        (None, "", None, "my_project1"),
    ],
)
def test_the_name_of_the_project(
    folder: Path, flag: str | None, environment: str, said: str | None, expected: str
) -> None:
    write(folder, f"name: {said}\n{ONE}" if said else ONE)
    environ = {"A": "x", "COMPOSE_PROJECT_NAME": environment}
    options = Options(project_name=flag, environ=environ)
    assert project_name(options) == expected
    assert load_canonical(options).name == expected


def test_a_name_that_is_given_needs_no_file(folder: Path) -> None:
    assert project_name(Options(project_name="given", environ={})) == "given"
    assert project_name(Options(environ={"COMPOSE_PROJECT_NAME": "given"})) == "given"


@pytest.mark.parametrize("name", ["Upper", "-x", "a.b", "a b", "_x"])
def test_names_that_are_not_valid(folder: Path, name: str) -> None:
    with pytest.raises(ComposerError, match="invalid project name"):
        project_name(Options(project_name=name, environ={}))


def test_a_folder_without_a_usable_name_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "---"
    place.mkdir()
    write(place, ONE)
    monkeypatch.chdir(place)
    with pytest.raises(ComposerError, match="project name must not be empty"):
        load_canonical(Options(environ={}))


def test_variables_that_are_not_set_are_warned_about_once(folder: Path) -> None:
    write(folder, "services: {a: {image: 'x$A$A', hostname: '$A', user: '${B:-x}'}}\n")
    warnings = load_canonical(Options(environ={})).warnings
    assert warnings == ('The "A" variable is not set. Defaulting to a blank string.',)


@pytest.mark.parametrize("files", [("compose.yaml",), ("-",), ("one.yaml", "one.yaml"), ("-", "-")])
def test_what_cannot_be_read_is_tried_once(
    folder: Path, files: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def refuse(source: Source) -> str:
        tried.append(source.path)
        raise ComposerError("nobody writes to it")

    monkeypatch.setattr(pipeline, "read_source", refuse)
    with pytest.raises(ComposerError, match="nobody writes to it"):
        load_canonical(Options(files=files, environ={}))
    assert len(tried) == 1
