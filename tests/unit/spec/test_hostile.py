"""Files that are made to do harm, or are no Compose files at all, are loaded, or refused with a
clear message, within a limited memory and time."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.unit.spec.limited import load_limited

MIB = 2**20
WEB = "services:\n  web:\n    image: x\n"


class Hostile(NamedTuple):
    """A file, and the words of the message with which it is refused (none if it is loaded)."""

    text: Callable[[], str]
    words: tuple[str, ...] = ()


def lines(line: str, count: int) -> Callable[[], str]:
    """The web service with ``count`` more lines, in which ``#`` is their number."""
    return lambda: WEB + "".join(line.replace("#", str(number)) for number in range(count))


def repeated(before: str, text: str, count: int, after: str = "\n") -> Callable[[], str]:
    """The web service with ``text`` so many times."""
    return lambda: f"{WEB}{before}{text * count}{after}"


def bomb(first: str, line: str, levels: int, width: int) -> Callable[[], str]:
    """Anchors that each stand for ``width`` times the one before."""

    def text() -> str:
        made = [f"x-0: &a0 {first}"]
        for level in range(1, levels):
            below = ", ".join([f"*a{level - 1}"] * width)
            made.append(f"x-{level}: &a{level} " + line.replace("#", below))
        return "\n".join([*made, WEB])

    return text


TOO_DEEP = ("nested too deeply",)
TOO_MANY = ("too many values",)
ALIASES = ("aliases stand for more than",)
ITSELF = ("an alias refers to a value that it is a part of",)

FILES: dict[str, Hostile] = {
    "aliases of lists": Hostile(bomb("[1, 2, 3]", "[#]", 10, 10), ALIASES),
    "aliases of mappings": Hostile(bomb("{a: 1}", "{k: [#]}", 10, 10), ALIASES),
    "aliases in merge keys": Hostile(bomb("{a: 1}", "{<<: [#]}", 10, 10), ALIASES),
    "aliases in merge keys, two each": Hostile(bomb("{a: 1}", "{<<: [#]}", 40, 2), ALIASES),
    "aliases of a long text": Hostile(
        lambda: f"{WEB}x-a: &a {'z' * MIB}\nx-b: [{', '.join(['*a'] * 10_000)}]\n",
        ("aliases repeat more than",),
    ),
    "a list that holds itself": Hostile(lambda: WEB + "x-a: &a [*a]\n", ITSELF),
    "a mapping that merges itself": Hostile(lambda: WEB + "x-a: &a {<<: *a}\n", ITSELF),
    "an environment that holds itself": Hostile(
        lambda: WEB + "    environment: &e {A: *e}\n", ITSELF
    ),
    "a scalar of 10 MiB": Hostile(repeated("    labels:\n      a: ", "z", 10 * MIB)),
    "a scalar of 10 MiB in quotes": Hostile(
        repeated('    labels:\n      a: "', "\\n", 5 * MIB, '"\n')
    ),
    "a scalar of 10 MiB with other letters": Hostile(
        repeated("    labels:\n      a: é", "z", 10 * MIB, "\U0001f600\n")
    ),
    "a block of 10 MiB": Hostile(
        repeated("configs:\n  c:\n    content: |\n", f"      {'z' * 50}\n", 10 * MIB // 57)
    ),
    "a wrong port of 10 MiB": Hostile(
        repeated("    ports: ['", "z", 10 * MIB, "']\n"), ("ports[0]", "not a port mapping")
    ),
    "a key of 10 MiB": Hostile(repeated("    ? ", "k", 10 * MIB, "\n    : 1\n"), ("unknown attr",)),
    "a list of 2.6 million entries": Hostile(repeated("x-a:\n", "- a\n", 2_600_000), TOO_MANY),
    "a command of 1.3 million words": Hostile(
        lambda: WEB + "    command:\n" + "    - a\n" * 1_300_000, TOO_MANY
    ),
    "a command of 10 MiB": Hostile(
        repeated("    command: ", "z", 10 * MIB), ("a command line has at most",)
    ),
    "an entrypoint of 200,000 letters": Hostile(repeated("    entrypoint: ", "z", 200_000)),
    "a list on a line": Hostile(repeated("x-a: [", "a,", 5 * MIB, "]\n"), TOO_MANY),
    "lists in a list": Hostile(repeated("x-a: [", "[],", 3 * MIB, "]\n"), TOO_MANY),
    "a hundred thousand labels": Hostile(
        lambda: WEB + "    labels:\n" + "".join(f"      key{n}: v\n" for n in range(100_000))
    ),
    "a hundred thousand unknown attributes": Hostile(
        lines("    imag#: v\n", 100_000), ("did you mean image?", "and 99900 more problems")
    ),
    "a hundred thousand services": Hostile(
        lambda: "services:\n" + "".join(f"  a{n}: {{image: x}}\n" for n in range(100_000)), TOO_MANY
    ),
    "a hundred thousand wrong ports": Hostile(
        lambda: WEB + "    ports:\n" + "      - zz\n" * 100_000, ("more problems",)
    ),
    "a hundred thousand equal entries": Hostile(
        lambda: WEB + "    security_opt:\n" + "      - zz\n" * 100_000, ("is said twice",)
    ),
    "a hundred thousand equal keys": Hostile(
        lambda: WEB + "    labels:\n" + "      a: b\n" * 100_000, ("already said in line 5",)
    ),
    "a hundred thousand undefined networks": Hostile(
        lambda: WEB + "    networks:\n" + "".join(f"      - n{n}\n" for n in range(100_000)),
        ("undefined network",),
    ),
    "brackets in brackets": Hostile(repeated("x-a: ", "[", 100_000), TOO_DEEP),
    "braces in braces": Hostile(repeated("x-a: ", "{a: ", 100_000), TOO_DEEP),
    "lists on one line": Hostile(repeated("x-a:\n", "- ", 100_000), TOO_DEEP),
    "keys on one line": Hostile(repeated("x-a:\n", "? ", 100_000), TOO_DEEP),
    "keys and values on one line": Hostile(repeated("x-a:\n", "? - ", 100_000), TOO_DEEP),
    "mappings further and further right": Hostile(
        lambda: WEB + "x-a:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 4400)), TOO_DEEP
    ),
    "colons": Hostile(lambda: ":" * 10 * MIB, ("malformed YAML",)),
    "question marks": Hostile(lambda: "? " * 5 * MIB, TOO_DEEP),
    "line ends": Hostile(repeated("", "\n", 10 * MIB)),
    "comments": Hostile(repeated("", "# comment\n", MIB)),
    "anchors": Hostile(repeated("x-a: ", "&a ", MIB), ("malformed YAML",)),
    "a NUL": Hostile(lambda: WEB + "x-a: \0\n", ("4:6", "U+0000 is not allowed")),
    "all ports, twice": Hostile(
        lambda: WEB + "    ports: ['1-65535', '1-65535/udp']\n", ("stand for more than",)
    ),
    "a number of a million digits": Hostile(
        repeated("    cpu_shares: ", "9", MIB), ("not a whole number",)
    ),
    "an infinite number": Hostile(lambda: WEB + "    cpus: .inf\n", ("services.web.cpus",)),
    "no number": Hostile(lambda: WEB + "    mem_limit: .nan\n", ("not a whole number",)),
    "more than 64 bits": Hostile(lambda: WEB + "    mem_limit: 99999999p\n", ("out of range",)),
    "a duration of a million digits": Hostile(
        repeated("    stop_grace_period: '", "1", MIB, "'\n"), ("not a duration",)
    ),
    "a duration of a million parts": Hostile(
        repeated("    stop_grace_period: '", "1h", MIB, "z'\n"), ("not a duration",)
    ),
    "dollar signs": Hostile(
        repeated("    labels:\n      a: '", "$", 10 * MIB, "'\n"), ("variables are mentioned",)
    ),
    "variables that are not closed": Hostile(
        repeated("    labels:\n      a: '", "${A:-", MIB, "'\n"), ("nested more than",)
    ),
    "defaults in defaults": Hostile(
        repeated("    labels:\n      a: '", "${A:-", 100_000, "}" * 100_000 + "'\n"),
        ("nested more than",),
    ),
    "a variable that makes a text explode": Hostile(
        repeated("    labels:\n      a: '", "$LONG", 100_000, "'\n"), ("variables stand for",)
    ),
    "a variable that makes many texts explode": Hostile(
        lambda: WEB + "    labels:\n" + "".join(f"      a{n}: $LONG\n" for n in range(1000)),
        ("variables stand for",),
    ),
    "services that take over many values": Hostile(
        lambda: (
            "services:\n  a: {image: x, labels: {"
            + ", ".join(f"l{n}: v" for n in range(1000))
            + "}}\n"
            + "".join(f"  a{n}: {{extends: a}}\n" for n in range(3000))
        ),
        ("take over more than",),
    ),
    "a long chain of services": Hostile(
        lambda: (
            "services:\n"
            + "".join(f"  a{n}: {{image: x, extends: a{n + 1}}}\n" for n in range(2000))
            + "  a2000: {image: x}\n"
        ),
        ("more than 100 services extend one another",),
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_loaded_or_refused_within_limits(name: str, tmp_path: Path) -> None:
    hostile = FILES[name]
    (tmp_path / "compose.yaml").write_text(hostile.text())
    outcome = load_limited(tmp_path, "compose.yaml", environ={"LONG": "z" * 100_000})
    assert outcome.loaded == (not hostile.words), outcome.text[:1000]
    if not outcome.loaded:
        assert len(outcome.text) < 100_000
    for word in hostile.words:
        assert word in outcome.text


BYTES: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "UTF-16 with a mark": (WEB.encode("utf-16"), ()),
    "big-endian UTF-16 with a mark": (b"\xfe\xff" + WEB.encode("utf-16-be"), ()),
    "UTF-8 with a mark": (b"\xef\xbb\xbf" + WEB.encode(), ()),
    "UTF-16 without a mark": (WEB.encode("utf-16-le"), ("U+0000", "save the file as UTF-8")),
    "UTF-32": (WEB.encode("utf-32"), ("U+0000", "save the file as UTF-8")),
    "half UTF-16": (b"\xff\xfea\0b", ("begins as UTF-16 text but is none",)),
    "Latin-1": ((WEB + "x-a: é\n").encode("latin-1"), ("4:6", "0xe9", "save the file as UTF-8")),
    "zeros": (bytes(MIB), ("U+0000",)),
    "an executable": (b"\x7fELF\x02\x01\x01\0" + bytes(range(256)) * 100, ("not UTF-8 text",)),
    "nothing": (b"", ("empty compose file",)),
}


@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_are_another_text_or_none(name: str, tmp_path: Path) -> None:
    data, words = BYTES[name]
    (tmp_path / "compose.yaml").write_bytes(data)
    outcome = load_limited(tmp_path, "compose.yaml")
    assert outcome.loaded == (not words), outcome.text[:1000]
    for word in words:
        assert word in outcome.text


def odd_paths(folder: Path) -> None:
    """Make what a path can lead to in ``folder``."""
    os.mkfifo(folder / "fifo")
    (folder / "loop").symlink_to("loop")
    (folder / "again").symlink_to(".")
    (folder / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(folder / "socket"))


PATHS = {
    "fifo": "a pipe that nobody writes to",
    "loop": "Too many levels of symbolic links",
    "folder": "Is a directory",
    "socket": "No such device or address",
    "/dev/zero": "larger than",
    "/dev/urandom": "larger than",
    "/proc/self/mem": "Input/output error",
    "a" * 300: "File name too long",
}


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all odd paths."""
    monkeypatch.chdir(tmp_path)
    odd_paths(tmp_path)
    return tmp_path


@pytest.mark.parametrize("path", PATHS)
def test_a_compose_file_that_is_no_file_is_refused(path: str, odd: Path) -> None:
    outcome = load_limited(odd, path)
    assert not outcome.loaded
    assert PATHS[path] in outcome.text


USES = {
    "env_file": "services: {web: {image: x, env_file: [#]}}\n",
    "label_file": "services: {web: {image: x, label_file: [#]}}\n",
    "include": "include: [#]\nservices: {web: {image: x}}\n",
    "include's env_file": "include: [{path: web.yaml, env_file: #}]\n",
    "extends": "services: {web: {image: x, extends: {file: #, service: web}}}\n",
}


@pytest.mark.parametrize("use", USES)
def test_files_that_a_file_names_are_refused_with_its_place(use: str, odd: Path) -> None:
    """All odd paths in one project, so that one process does for all of them."""
    (odd / "web.yaml").write_text(WEB)
    services = []
    for number, path in enumerate([*PATHS, '"a\\0b"', "~nobody/x"]):
        text = USES[use].replace("#", path)
        if use in ("env_file", "label_file", "extends"):
            services.append(
                text.removeprefix("services: {").removesuffix("}\n").replace("web:", f"w{number}:")
            )
        (odd / f"{number}.yaml").write_text(text)
    if services:
        (odd / "compose.yaml").write_text("services:\n" + "".join(f"  {one}\n" for one in services))
        told = load_limited(odd, "compose.yaml").text
    else:
        told = "\n".join(load_limited(odd, f"{n}.yaml").text for n in range(len(PATHS) + 2))
    for words in PATHS.values():
        assert words in told
    assert "is not the name of a file" in told
    assert told.count(".yaml:") >= len(PATHS) + 2


def test_what_is_empty_or_a_pipe_with_a_writer_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    os.mkfifo(tmp_path / "values")
    for name, text in (("fifo", WEB + "    env_file: [values, /dev/null]\n"), ("values", "A=b\n")):
        threading.Thread(target=(tmp_path / name).write_text, args=(text,), daemon=True).start()
    outcome = load_limited(tmp_path, "fifo")
    assert outcome.loaded, outcome.text
    assert "A: b" in outcome.text


def test_standard_input_has_limits(tmp_path: Path) -> None:
    with Path("/dev/zero").open("rb") as zeros:
        assert "larger than" in load_limited(tmp_path, "-", stdin=zeros.fileno()).text
    with subprocess.Popen(["printf", WEB.replace("\n", "\\n")], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert load_limited(tmp_path, "-", stdin=writer.stdout.fileno()).loaded


def test_files_that_lead_to_themselves_through_links_are_refused(odd: Path) -> None:
    (odd / "compose.yaml").write_text(
        "include: [again/compose.yaml]\nservices: {web: {image: x}}\n"
    )
    assert "symbolic links" in load_limited(odd, "compose.yaml").text
    (odd / "compose.yaml").write_text(
        "services: {web: {extends: {file: again/compose.yaml, service: web}}}\n"
    )
    outcome = load_limited(odd, "compose.yaml")
    assert "symbolic links" in outcome.text or "extend one another" in outcome.text


def test_files_that_include_twice_as_many_again_and_again_are_refused(tmp_path: Path) -> None:
    for number in range(20):
        below = f"b{number + 1}.yaml"
        (tmp_path / f"b{number}.yaml").write_text(f"include: [{below}, {below}]\n")
    (tmp_path / "b20.yaml").write_text(WEB)
    assert "files are included" in load_limited(tmp_path, "b0.yaml").text


def test_many_services_that_extend_from_one_large_file(tmp_path: Path) -> None:
    count = 2000
    (tmp_path / "base.yaml").write_text(
        "services:\n" + "".join(f"  b{n}: {{image: x{n}}}\n" for n in range(count))
    )
    (tmp_path / "compose.yaml").write_text(
        "services:\n"
        + "".join(
            f"  a{n}: {{extends: {{file: base.yaml, service: b{n}}}}}\n" for n in range(count)
        )
    )
    outcome = load_limited(tmp_path, "compose.yaml")
    assert outcome.loaded
    assert outcome.text.count("image: x") == count


DOTENV: dict[str, tuple[Callable[[], str | bytes], tuple[str, ...]]] = {
    "values that double": (
        lambda: "A0=zzzzzzzzzz\n" + "".join(f"A{n}=$A{n - 1}$A{n - 1}\n" for n in range(1, 60)),
        (".env:", "characters"),
    ),
    "10 MiB": (lambda: "A=" + "z" * 10 * MIB, (".env is larger than 2 MiB",)),
    "one variable again and again": (lambda: "A=1\n" * 400_000, ("50000 variables",)),
    "many variables": (lambda: "".join(f"A{n}=1\n" for n in range(100_000)), ("50000 variables",)),
    "a value that does not end": (lambda: 'A="' + "z" * MIB, (".env:1:3", "not terminated")),
    "escapes": (lambda: 'A="' + "\\n" * (MIB - 8) + '"', ()),
    "dollar signs": (lambda: 'A="' + "$" * (MIB - 8) + '"', ()),
    "blank lines": (lambda: "\n" * 2 * MIB, ()),
    "comments": (lambda: "#\n" * MIB, ()),
    "UTF-16": (lambda: "A=b\n".encode("utf-16"), ()),
    "no text": (lambda: bytes(range(128, 256)), (".env:1:1", "not UTF-8 text")),
    "an unfinished export": (lambda: "export ", (".env:1:8", "end of the file")),
}


@pytest.mark.parametrize("name", DOTENV)
def test_a_hostile_env_file_is_read_or_refused_within_limits(name: str, tmp_path: Path) -> None:
    content, words = DOTENV[name]
    made = content()
    (tmp_path / ".env").write_bytes(made if isinstance(made, bytes) else made.encode())
    (tmp_path / "compose.yaml").write_text(WEB)
    outcome = load_limited(tmp_path)
    assert outcome.loaded == (not words), outcome.text[:1000]
    for word in words:
        assert word in outcome.text


def test_many_services_with_one_large_env_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "values.env").write_text("".join(f"A{n}=1\n" for n in range(40_000)))
    (tmp_path / "compose.yaml").write_text(
        "services:\n" + "".join(f"  a{n}: {{image: x, env_file: values.env}}\n" for n in range(100))
    )
    assert "the env files set more than" in load_limited(tmp_path, "compose.yaml").text
