"""Texts that containers are given → Podman's own secrets, and the options that mount them."""

from __future__ import annotations

from shlex import quote

from composer.engine.context import InjectedFile
from composer.errors import ComposerError
from composer.spec.contents import content_of
from composer.spec.model import FileObject, Project, Service
from composer.systemd.options import Option
from composer.systemd.parts import Part
from composer.systemd.units import SecretText

_PREFIXES = {"secrets": "", "configs": "config_"}


class Secrets:
    """The secrets that the units of a project need, by Podman's name for them."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.known: dict[str, SecretText] = {}

    def option(self, file: InjectedFile, service: Service, part: Part) -> Option:
        """The option that mounts a text; the command that makes it is noted above ``part``.

        Raises ``ComposerError`` for what Podman cannot have as a secret.
        """
        secret = self._secret(file, service)
        other = self.known.setdefault(secret.name, secret)
        if other.source != secret.source:
            raise ComposerError(
                f"{secret.source} and {other.source} would both be Podman's secret {secret.name}",
                hint="call one of them otherwise",
                position=self._project.where(secret.source),
            )
        if "," in file.path:
            path = f"services.{service.name}.{file.of}"
            raise ComposerError(
                f"{path}: Podman mounts no secret at {file.path}: a comma ends the path",
                hint="name a target without one",
                position=self._project.where(path),
            )
        part.notes.append(secret.made_by)
        said = [secret.name, "type=mount", f"target={file.path}"]
        said += [f"uid={file.uid}"] * bool(file.uid) + [f"gid={file.gid}"] * bool(file.gid)
        return Option("--secret", ",".join([*said, f"mode={file.mode:04o}"]))

    def _secret(self, file: InjectedFile, service: Service) -> SecretText:
        section, _, key = file.of.partition(".")
        if not section:  # the user's logins, for use_api_socket
            name = f"{self._project.name}_{service.name}_docker_config"
            source = f"services.{service.name}.use_api_socket"
            return SecretText(name, source, None, file.content, _by_hand(name, source, None))
        name = f"{self._project.name}_{_PREFIXES[section]}{key}"
        defined: FileObject = getattr(self._project, section)[key]
        content = None if defined.file else content_of(self._project, defined) or b""
        return SecretText(name, file.of, defined.file, content, _by_hand(name, file.of, defined))


def _by_hand(name: str, source: str, defined: FileObject | None) -> str:
    """The command that makes a secret."""
    if defined is not None and defined.file:
        return f"podman secret create {name} {quote(defined.file)}"
    if defined is not None and defined.environment:
        return f'printf %s "${defined.environment}" | podman secret create {name} -'
    return f"podman secret create {name} -    # the text is {source} in the file"
