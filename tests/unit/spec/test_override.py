"""What command lines say in the specification's short syntaxes."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.errors import ComposerError
from composer.spec.model import Port
from composer.spec.override import labels, mounted, published, split_words, variables


def test_flags_are_above_files_and_names_are_looked_up(tmp_path: Path) -> None:
    file = tmp_path / "more.env"
    file.write_text("A=file\nB=${A}-${HOST}\nC='file'\n")
    known = {"HOST": "h", "TAKEN": "t"}
    found = variables(["A=flag", "TAKEN", "MISSING", "EMPTY="], [str(file)], known)
    assert found == {"A": "flag", "TAKEN": "t", "EMPTY": "", "B": "flag-h", "C": "file"}


def test_ports_and_mounts_have_the_syntax_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert published(["127.0.0.1:80:8080/udp"]) == (
        Port(target=8080, published="80", host_ip="127.0.0.1", protocol="udp"),
    )
    monkeypatch.chdir(tmp_path)
    bind, named, anonymous = mounted(["./x:/y:ro", "data:/z", "/own"])
    assert (bind.type, bind.source, bind.read_only) == ("bind", str(tmp_path / "x"), True)
    assert (named.type, named.source) == ("volume", "data")
    assert (anonymous.type, anonymous.source, anonymous.target) == ("volume", None, "/own")


def test_what_cannot_be_read_names_the_option() -> None:
    with pytest.raises(ComposerError, match="--publish: "):
        published(["x:y"])
    with pytest.raises(ComposerError, match="--volume: "):
        mounted(["data::/to"])
    with pytest.raises(ComposerError, match="--entrypoint: "):
        split_words("'open", "--entrypoint")
    with pytest.raises(ComposerError, match="KEY=VALUE"):
        labels(["word"])
    with pytest.raises(ComposerError):
        variables([], ["/no/such/file"], {})
