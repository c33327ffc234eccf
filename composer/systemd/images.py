"""``build`` and ``image`` → units that build and pull."""

from __future__ import annotations

from composer.engine.build_flags import Warn, build_flags, chosen_platform, local_name
from composer.graph.needs import image_name
from composer.spec.model import Build, FileObject, Project, Service
from composer.state import image_names
from composer.systemd.options import Option
from composer.systemd.parts import BESIDE, Part


def qualified(image: str, built: bool) -> str:
    """The full name of an image: Quadlet warns of short ones, and Podman asks which is meant."""
    return local_name(image) if built else image_names(image)[0]


def build_part(project: Project, service: Service, warn: Warn) -> Part:
    """The unit that builds the image of ``service`` (``podman build``)."""
    build = service.build or Build()
    name = qualified(image_name(project, service), built=True)
    base = f"{project.name}-{service.name}"
    part = Part(
        section="Build",
        base=base,
        name=name,
        description=f"image {name}",
        options=[Option("--tag", name), *_paired(build_flags(project, service, warn))],
        context=build.context,
    )
    part.options += _dockerfile(build, part)
    for secret in build.secrets:
        definition = project.secrets[secret.source]
        where = _secret_source(definition)
        if where is None:
            path = f"services.{service.name}.build.secrets"
            warn(f"{path}: {secret.source} has neither a file nor a variable: the build lacks it")
            continue
        part.options.append(Option("--secret", f"id={secret.target or secret.source},{where}"))
    return part


def _dockerfile(build: Build, part: Part) -> list[Option]:
    if build.dockerfile_inline is not None:
        file = f"{part.base}.Containerfile"
        part.texts[file] = build.dockerfile_inline
        return [Option("--file", f"{BESIDE}/{file}")]
    remote = "://" in build.context or build.context.startswith(("git@", "github.com/"))
    if build.dockerfile is None:
        return []
    absolute = build.dockerfile.startswith("/") or remote
    where = build.dockerfile if absolute else f"{build.context}/{build.dockerfile}"
    return [Option("--file", where)]


def _secret_source(definition: FileObject) -> str | None:
    if definition.file is not None:
        return f"src={definition.file}"
    if definition.environment is not None:
        return f"type=env,env={definition.environment}"
    return None


def _paired(flags: list[str]) -> list[Option]:
    """``["--label", "a=b", "--no-cache"]`` as options."""
    options: list[Option] = []
    for word in flags:
        if word.startswith("--"):
            flag, equals, value = word.partition("=")
            options.append(Option(flag, value if equals else None))
        else:
            options[-1] = Option(options[-1].flag, word)
    return options


def image_part(project: Project, service: Service) -> Part:
    """The unit that pulls the image of ``service`` at each start (``pull_policy: always``)."""
    name = qualified(image_name(project, service), built=False)
    system, _, machine = (chosen_platform(service) or "").partition("/")
    architecture, _, variant = machine.partition("/")
    said = (("--os", system), ("--arch", architecture), ("--variant", variant))
    return Part(
        section="Image",
        base=f"{project.name}-{service.name}",
        name=name,
        description=f"image {name}",
        options=[Option(flag, value) for flag, value in said if value],
        image=name,
    )
