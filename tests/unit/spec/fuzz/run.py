"""Loads one changed project after the other, and tells which of them are at fault."""

from __future__ import annotations

import json
import os
import time
import traceback
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import yaml

from composer.errors import ComposerError, FileError
from composer.spec import Options, check_runnable, load, load_canonical, to_json, to_yaml
from tests.unit.spec.fuzz import mutate, soup

CASES = Path(__file__).parents[3] / "conformance" / "cases"
SECONDS = 2.0
"""How much of a processor's time one project may take."""


class Fault(NamedTuple):
    """A project that is not loaded as it should be: the seed, what happened, and its files."""

    seed: int
    what: str
    files: dict[str, str]


class Corpus:
    """The texts of the conformance cases, and those of them that can be read."""

    def __init__(self) -> None:
        paths = sorted(CASES.rglob("*.y*ml"))
        self.texts = [path.read_text(errors="replace") for path in paths]
        self.documents: list[Any] = []
        for text in self.texts:
            try:
                document = yaml.safe_load(text)
            except (yaml.YAMLError, ValueError):
                continue
            if isinstance(document, dict) and list(mutate.places(document)):
                self.documents.append(document)


def compose_text(choose: Random, corpus: Corpus) -> str:
    """A Compose file that resembles one of the cases."""
    if choose.random() < 0.35:
        return mutate.letters(choose, choose.choice(corpus.texts))
    document = mutate.structure(choose, choose.choice(corpus.documents), corpus.documents)
    text = yaml.safe_dump(document, allow_unicode=True)
    return mutate.letters(choose, text) if choose.random() < 0.15 else text


def files_of(choose: Random, corpus: Corpus) -> dict[str, str]:
    """The files of a project."""
    files = {"compose.yaml": compose_text(choose, corpus)}
    if choose.random() < 0.4:
        files["other.yaml"] = compose_text(choose, corpus)
    if choose.random() < 0.3:
        files[".env"] = soup.soup(choose, soup.DOTENV, 20)
    if choose.random() < 0.3:
        files["values.env"] = soup.soup(choose, soup.DOTENV, 20)
    return files


def options_of(choose: Random, files: dict[str, str]) -> Options:
    """How they are loaded."""
    several = "other.yaml" in files and choose.random() < 0.5
    options = Options(
        files=("compose.yaml", "other.yaml") if several else ("compose.yaml",),
        environ={"A": soup.text(choose), "HOME": "/home/user"},
        project_name=None if choose.random() < 0.1 else "p",
        profiles=("*",) if choose.random() < 0.3 else (),
    )
    if choose.random() < 0.6:
        return options
    interpolated, *others = (choose.random() < 0.5 for _ in range(5))
    normalize, resolve_paths, resolve_environment, consistency = others
    return options._replace(
        interpolate=interpolated,
        raw=not interpolated,
        normalize=normalize,
        resolve_paths=resolve_paths,
        resolve_environment=resolve_environment,
        consistency=consistency,
    )


def attempt(seed: int, corpus: Corpus) -> Fault | None:
    """Load the project of ``seed`` in the current folder; what is wrong with that, if anything."""
    choose = Random(seed)
    files = files_of(choose, corpus)
    for name in ("compose.yaml", "other.yaml", ".env", "values.env"):
        Path(name).unlink(missing_ok=True)
        if name in files:
            Path(name).write_bytes(files[name].encode("utf-8", "surrogatepass"))
    options = options_of(choose, files)
    begun = time.process_time()
    try:
        _load(options)
    except FileError as error:
        what = _misplaced(error, files)
        if what:
            return Fault(seed, what, files)
    except ComposerError as error:
        if not error.message:
            return Fault(seed, "an error without a message", files)
    except Exception:
        return Fault(seed, f"{options}\n{traceback.format_exc()}", files)
    taken = time.process_time() - begun
    return Fault(seed, f"took {taken:.1f} s", files) if taken > SECONDS else None


def _load(options: Options) -> None:
    canonical = load_canonical(options)
    json.loads(to_json(canonical.mapping, whole=not options.raw))
    to_yaml(canonical.mapping)
    if options.interpolate and options.normalize and options.consistency:
        check_runnable(load(options))


def _misplaced(error: FileError, files: dict[str, str]) -> str | None:
    """What is wrong with the places of an error's problems."""
    if not error.problems:
        return "an error without problems"
    for problem in error.problems:
        at = problem.position
        if at is None or at.file not in files:
            continue
        lines = files[at.file].replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if not 1 <= at.line <= sum(len(line.split("\x85")) for line in lines) + 2 or at.column < 1:
            return f"a problem at a place that is not in the file: {problem}"
    return None


def fuzz(seeds: range, corpus: Corpus, until: float | None = None) -> list[Fault]:
    """Try the projects of ``seeds``, until the clock ``time.monotonic`` says ``until``."""
    faults = []
    for seed in seeds:
        if until is not None and time.monotonic() > until:
            break
        fault = attempt(seed, corpus)
        if fault is not None:
            faults.append(fault)
    return faults


def show(fault: Fault) -> str:
    """A fault as text."""
    parts = [f"seed {fault.seed}: {fault.what}"]
    parts += [f"--- {name}\n{text}" for name, text in fault.files.items()]
    return os.linesep.join(parts)
