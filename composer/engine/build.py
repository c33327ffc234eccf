"""``services.*.build`` → ``podman build``."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from composer.background import Stop, never
from composer.engine.api import Progress
from composer.engine.build_flags import Warn, build_flags, each
from composer.engine.program import Program, extra_arguments
from composer.engine.unix import readable
from composer.engine.variables import BUILD_ARGUMENTS
from composer.errors import ComposerError, EngineError, Interrupted
from composer.spec.model import Build, FileObject, Project

_LAST_LINES = 20
_POLL_SECONDS = 0.2
_CHUNK = 1 << 16
_STEP = re.compile(r"(?:\[\d+/\d+\] )?STEP (\d+)/(\d+):")
_SSH = "only builds without it do, on the engine of this machine (unset CONTAINER_HOST)"


def build_image(
    program: Program,
    project: Project,
    service: str,
    *,
    image: str,
    pull: bool,
    no_cache: bool,
    args: Sequence[str],
    memory: int | None = None,
    progress: Progress | None,
    stop: Stop = never,
    warn: Warn,
) -> str:
    """Build, tag and return the image's id. ``warn`` is told what has no effect.

    Raises ``ComposerError`` for a missing context or Dockerfile, ``EngineError`` with the last
    lines of the output when the build fails, ``Interrupted`` when ``stop`` says so.
    """
    wanted = project.services[service]
    build = wanted.build
    if build is None:
        raise ComposerError(f"services.{service}: there is no build section")
    flags = build_flags(project, wanted, warn)
    flags += [
        word for word, wanted in (("--pull=always", pull), ("--no-cache", no_cache)) if wanted
    ]
    flags += each("--build-arg", list(args))
    flags += ["--memory", str(memory)] if memory is not None else []
    flags += extra_arguments(program.environment, BUILD_ARGUMENTS)
    with tempfile.TemporaryDirectory(prefix="composer-build-") as folder:
        files = Path(folder)
        identity = files / "id"
        if _is_archive(build.context):
            build = _unpacked(project, service, build, files / "context")
        _check_context(project, service, build)
        flags += ["--tag", image, "--iidfile", str(identity)]
        flags += _dockerfile(build, files)
        with _secrets(project, build, files) as secrets:
            command = _command(program, build, ["build", *flags, *secrets, build.context])
            if build.ssh and command[1] == "--url":
                warn(f"services.{service}.build.ssh: Podman's service takes no keys: {_SSH}")
            # Podman takes a Dockerfile of this name in its own folder first.
            place = tempfile.mkdtemp(dir=files) if _is_remote(build.context) else None
            _run(program, command, service, progress, stop, place=place)
        return identity.read_text().strip().removeprefix("sha256:")


def _is_remote(context: str) -> bool:
    """Whether the context is fetched: a git repository, an archive behind a URL."""
    return "://" in context or context.startswith(("git@", "github.com/"))


def _is_archive(context: str) -> bool:
    """Whether the context is a tar file of this machine."""
    return not _is_remote(context) and Path(context).is_file()


def _unpacked(project: Project, service: str, build: Build, folder: Path) -> Build:
    """``build`` with what its archive holds, in ``folder``, as the context.

    Podman's client unpacks one that it gets as its input with rights that only root has.
    """
    folder.mkdir()
    command = ["tar", "-xf", build.context, "-C", str(folder), "--no-same-owner"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        path = f"services.{service}.build.context"
        raise ComposerError(
            f"{path}: cannot unpack {build.context}: {done.stderr.strip()}",
            hint="name a folder, or an archive that tar can read",
            position=project.where(path),
        )
    return replace(build, context=str(folder))


def _check_context(project: Project, service: str, build: Build) -> None:
    path = f"services.{service}.build"
    if _is_remote(build.context):
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
        if _is_remote(build.context):
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


def _run(
    program: Program,
    command: list[str],
    service: str,
    progress: Progress | None,
    stop: Stop,
    *,
    place: str | None,
) -> None:
    """Run the program in the folder ``place``."""
    last: deque[str] = deque(maxlen=_LAST_LINES)
    with subprocess.Popen(
        command,
        cwd=place,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=program.clean_environment,
    ) as process:
        try:
            for raw in _lines(process, stop):
                line = raw.decode(errors="replace").rstrip()
                if line:
                    last.append(line)
                    if progress is not None:
                        step = _STEP.match(line)
                        if step is None:
                            progress(line)
                        else:
                            current, total = int(step[1]) - 1, int(step[2])
                            progress(line, current=current, total=total, unit="steps")
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        # The terminal sends Ctrl-C to both, and the program may be the first to end.
        if stop():
            raise Interrupted
        text = "\n".join(f"  {line}" for line in last)
        raise EngineError(
            f"building {service} failed (podman build ended with {process.returncode}):\n{text}",
            status=500,
            hint="mend the Dockerfile and try again",
        )


def _lines(process: subprocess.Popen[bytes], stop: Stop) -> Iterator[bytes]:
    """What the program writes, line by line.

    Raises ``Interrupted`` when ``stop``, which is asked five times a second, says so.
    """
    assert process.stdout is not None
    output, rest, data = process.stdout.fileno(), b"", b"\n"
    while data:
        ready = readable(output, _POLL_SECONDS)
        if stop():
            raise Interrupted
        if not ready:
            continue
        data = os.read(output, _CHUNK)
        *lines, rest = (rest + data).split(b"\n")
        yield from lines
    yield rest
