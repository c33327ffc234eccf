"""``services.*.build`` → ``podman build``."""

from __future__ import annotations

import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from composer.engine.api import Progress
from composer.engine.program import Program
from composer.errors import ComposerError, EngineError
from composer.spec.model import Build, FileObject, Project

_LAST_LINES = 20

Flags = Callable[[Build], list[str]]


def _each(flag: str, values: Sequence[str]) -> list[str]:
    return [word for value in values for word in (flag, value)]


def _args(build: Build) -> list[str]:
    # Without a value the program takes it from the environment.
    pairs = (key if value is None else f"{key}={value}" for key, value in build.args.items())
    return _each("--build-arg", list(pairs))


def _labels(build: Build) -> list[str]:
    return _each("--label", [f"{key}={value}" for key, value in build.labels.items()])


def _extra_hosts(build: Build) -> list[str]:
    return _each("--add-host", [entry.replace("=", ":", 1) for entry in build.extra_hosts])


def _ulimits(build: Build) -> list[str]:
    return _each(
        "--ulimit", [f"{name}={said.soft}:{said.hard}" for name, said in build.ulimits.items()]
    )


def _contexts(build: Build) -> list[str]:
    pairs = (f"{name}={place}" for name, place in build.additional_contexts.items())
    return _each("--build-context", list(pairs))


FLAGS: dict[str, Flags] = {
    "additional_contexts": _contexts,
    "args": _args,
    "cache_from": lambda build: _each("--cache-from", build.cache_from),
    "cache_to": lambda build: _each("--cache-to", build.cache_to),
    "extra_hosts": _extra_hosts,
    "isolation": lambda build: ["--isolation", str(build.isolation)],
    "labels": _labels,
    "network": lambda build: ["--network", str(build.network)],
    "no_cache": lambda _: ["--no-cache"],
    "platforms": lambda build: ["--platform", ",".join(build.platforms)],
    "privileged": lambda _: ["--cap-add", "all", "--security-opt", "label=disable"],
    "pull": lambda _: ["--pull=always"],
    "shm_size": lambda build: ["--shm-size", str(int(build.shm_size or 0))],
    "ssh": lambda build: _each("--ssh", build.ssh),
    "tags": lambda build: _each("--tag", build.tags),
    "target": lambda build: ["--target", str(build.target)],
    "ulimits": _ulimits,
}
"""What each attribute of ``build`` adds to the command line."""

BESIDE_FLAGS = frozenset({"context", "dockerfile", "dockerfile_inline", "secrets"})
"""Attributes that ``build_image`` itself takes care of."""

NOT_IN_PODMAN = frozenset({"entitlements", "provenance", "sbom"})
"""Attributes of BuildKit. They change nothing in the image that is built."""

_NOTHING_SAID = Build()


def build_image(
    program: Program,
    project: Project,
    service: str,
    *,
    image: str,
    pull: bool,
    no_cache: bool,
    args: Sequence[str],
    progress: Progress | None,
) -> str:
    """Build, tag and return the image's id.

    Raises ``ComposerError`` for a missing context or Dockerfile, ``EngineError`` with the last
    lines of the output when the build fails.
    """
    build = project.services[service].build
    if build is None:
        raise ComposerError(f"services.{service}: there is no build section")
    _check_context(project, service, build)
    flags = build_flags(build)
    flags += [
        word for word, wanted in (("--pull=always", pull), ("--no-cache", no_cache)) if wanted
    ]
    flags += _each("--build-arg", list(args))
    with tempfile.TemporaryDirectory(prefix="composer-build-") as folder:
        files = Path(folder)
        identity = files / "id"
        flags += ["--tag", image, "--iidfile", str(identity)]
        flags += _dockerfile(build, files)
        with _secrets(project, build, files) as secrets:
            command = _command(program, build, ["build", *flags, *secrets, build.context])
            _run(program, command, service, progress)
        return identity.read_text().strip().removeprefix("sha256:")


def build_flags(build: Build) -> list[str]:
    """The flags that follow from the file alone."""
    flags: list[str] = []
    for name, flag in FLAGS.items():
        if getattr(build, name) != getattr(_NOTHING_SAID, name):
            flags += flag(build)
    return flags


def _check_context(project: Project, service: str, build: Build) -> None:
    path = f"services.{service}.build"
    if "://" in build.context or build.context.startswith("git@"):
        return
    context = Path(build.context)
    if not context.is_dir():
        raise ComposerError(
            f"{path}.context: the folder {build.context} does not exist",
            hint="create it, or correct the path",
            position=project.where(f"{path}.context"),
        )
    if build.dockerfile_inline is not None:
        return
    names = [build.dockerfile] if build.dockerfile else ["Dockerfile", "Containerfile"]
    if not any((context / name).is_file() for name in names):
        raise ComposerError(
            f"{path}.dockerfile: there is no {names[0]} in {build.context}",
            hint="create it, or name another file with dockerfile",
            position=project.where(f"{path}.dockerfile"),
        )


def _dockerfile(build: Build, files: Path) -> list[str]:
    if build.dockerfile_inline is not None:
        inline = files / "Dockerfile"
        inline.write_text(build.dockerfile_inline)
        return ["--file", str(inline)]
    if build.dockerfile:
        if "://" in build.context:
            return ["--file", build.dockerfile]
        return ["--file", str(Path(build.context) / build.dockerfile)]
    return []


@contextmanager
def _secrets(project: Project, build: Build, files: Path) -> Iterator[list[str]]:
    """``--secret`` flags. Texts go through private files: never through the command line."""
    flags = []
    for reference in build.secrets:
        definition = project.secrets[reference.source]
        source = definition.file or str(_secret_file(project, definition, files))
        flags += ["--secret", f"id={reference.target or reference.source},src={source}"]
    yield flags


def _secret_file(project: Project, definition: FileObject, files: Path) -> Path:
    text = definition.content
    if definition.environment is not None:
        text = project.environment.get(definition.environment)
    if text is None:
        raise ComposerError(
            f"secrets.{definition.key}: a build needs a file, a text or a set environment variable",
            position=project.where(f"secrets.{definition.key}"),
        )
    path = files / f"secret-{definition.key}"
    path.touch(mode=0o600)
    path.write_text(text)
    return path


def _command(program: Program, build: Build, arguments: list[str]) -> list[str]:
    """Through the service; the program alone knows ``ssh`` and further contexts in folders."""
    folders = [place for place in build.additional_contexts.values() if "://" not in place]
    if build.ssh or folders:
        local = program.local_command(*arguments)
        if local is not None:
            return local
    return program.command(*arguments)


def _run(program: Program, command: list[str], service: str, progress: Progress | None) -> None:
    last: deque[str] = deque(maxlen=_LAST_LINES)
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=program.clean_environment,
    ) as process:
        try:
            for raw in process.stdout or ():
                line = raw.decode(errors="replace").rstrip()
                if line:
                    last.append(line)
                    if progress is not None:
                        progress(line)
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        text = "\n".join(f"  {line}" for line in last)
        raise EngineError(
            f"building {service} failed (podman build ended with {process.returncode}):\n{text}",
            status=500,
            hint="mend the Dockerfile and try again",
        )
