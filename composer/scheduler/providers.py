"""Calls provider programs as Docker Compose does (docs/extension.md of docker/compose).

A program gets ``compose --project-name=NAME up|down|stop --OPTION=VALUE … SERVICE`` and answers on
its standard output, one JSON object a line.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Literal

import msgspec

from composer.decoding import decoder
from composer.errors import ComposerError
from composer.printable import printable
from composer.scheduler.conditions import quoted
from composer.spec.model import Project

PLUGINS = (
    "~/.docker/cli-plugins",
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
)
"""Where Docker keeps its plugins, the first that has one wins."""


class _Message(msgspec.Struct):
    type: str
    message: str = ""


class _Parameter(msgspec.Struct):
    name: str = ""
    required: bool = False


class _Command(msgspec.Struct):
    parameters: list[_Parameter] | None = None


class _Metadata(msgspec.Struct):
    """What ``compose metadata`` tells; most programs have no such command."""

    description: str = ""
    up: _Command = msgspec.field(default_factory=_Command)
    down: _Command = msgspec.field(default_factory=_Command)
    stop: _Command | None = None

    @property
    def silent(self) -> bool:
        return not self.description and self.up.parameters is None and self.down.parameters is None


class Providers:
    """Calls the programs of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._environment = {**os.environ, **project.environment}

    def call(
        self, name: str, command: Literal["up", "down", "stop"], inform: Callable[[str], None]
    ) -> dict[str, str]:
        """Run one command of the provider of service ``name``; the variables that it sets.

        ``stop`` is only for programs that say that they have it. ``inform`` gets what is going on.
        Raises ``ComposerError`` when there is no such program, and when it fails.
        """
        provider = self._project.services[name].provider or {}
        program = self._find(name, str(provider.get("type", "")))
        metadata = self._metadata(program)
        declared = metadata.stop if command == "stop" else getattr(metadata, command)
        if declared is None:
            return {}
        words = [program, "compose", f"--project-name={self._project.name}", command]
        words += self._flags(name, provider.get("options") or {}, declared, metadata.silent)
        with tempfile.TemporaryFile() as errors:
            return self._run(name, [*words, name], errors, inform)

    def _find(self, name: str, kind: str) -> str:
        path = self._environment.get("PATH")
        for folder in PLUGINS:
            plugin = Path(folder).expanduser() / f"docker-{kind}"
            if os.access(plugin, os.X_OK):
                return str(plugin)
        found = shutil.which(kind, path=path) or shutil.which(f"docker-{kind}", path=path)
        if found is None or kind == "compose":
            where = f"services.{name}.provider.type"
            raise ComposerError(
                f"{where}: there is no provider program {kind} (and no docker-{kind})",
                hint=f"Install it on PATH or as docker-{kind} in {PLUGINS[0]}, or correct the type",
                position=self._project.where(where),
            )
        return found

    def _metadata(self, program: str) -> _Metadata:
        done = subprocess.run(
            [program, "compose", "metadata"],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            said: _Metadata = decoder(_Metadata).decode(
                done.stdout if done.returncode == 0 else b""
            )
        except msgspec.DecodeError:
            return _Metadata()
        return said

    def _flags(
        self, name: str, options: Mapping[str, Any], command: _Command, silent: bool
    ) -> list[str]:
        """The options as flags: those that the program knows, or all if it does not tell."""
        known = {parameter.name for parameter in command.parameters or ()}
        missing = [p.name for p in command.parameters or () if p.required and p.name not in options]
        if missing:
            where = f"services.{name}.provider"
            raise ComposerError(
                f"{where}: the provider needs the option {', '.join(missing)}",
                hint="Say it in provider.options",
                position=self._project.where(where),
            )
        return [
            f"--{key}={value}"
            for key, values in options.items()
            if silent or key in known
            for value in (values if isinstance(values, list | tuple) else [values])
        ]

    def _run(
        self, name: str, words: list[str], errors: IO[bytes], inform: Callable[[str], None]
    ) -> dict[str, str]:
        found: dict[str, str] = {}
        with subprocess.Popen(
            words,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as process:
            try:
                for line in process.stdout or ():
                    if line.strip():
                        self._take(name, line, found, inform)
            except BaseException:
                process.terminate()
                raise
        if process.returncode != 0:
            errors.seek(0)
            said = errors.read().decode(errors="replace").splitlines()
            raise self._failed(name, f"ended with exit code {process.returncode}", quoted(said))
        return found

    def _take(
        self, name: str, line: bytes, found: dict[str, str], inform: Callable[[str], None]
    ) -> None:
        """Do what one line of the program says."""
        try:
            message: _Message = decoder(_Message).decode(line)
        except msgspec.DecodeError:
            text = printable(line.decode(errors="replace").strip())
            raise self._failed(name, f"wrote something that is no message: {text}") from None
        text = printable(message.message.strip().partition("\n")[0])
        key, equals, value = message.message.partition("=")
        match message.type:
            case "error":
                raise self._failed(name, text)
            case "info":
                inform(text)
            case "setenv" if equals:
                found[f"{name.upper()}_{key}"] = value
            case "rawsetenv" if equals:
                found[key] = value
            case "debug":
                pass
            case kind:
                raise self._failed(name, f"wrote a message of an unknown kind: {printable(kind)}")

    def _failed(self, name: str, text: str, hint: str | None = None) -> ComposerError:
        position = self._project.where(f"services.{name}.provider")
        return ComposerError(
            f"the provider of service {name}: {text}", hint=hint, position=position
        )
