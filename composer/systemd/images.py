"""``build`` and ``image`` → units that build and pull."""

from __future__ import annotations

from composer.engine.build_flags import Warn, build_flags, chosen_platform, local_name
from composer.graph.needs import image_name
from composer.spec.model import Build, Project, Service
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
    path = f"services.{service.name}.build"
    if build.ssh:
        warn(f"{path}.ssh: systemd has no agent with keys: the build goes without")
    part.options = [option for option in part.options if option.flag != "--ssh"]
    for secret in build.secrets:
        file = project.secrets[secret.source].file
        if file is None:
            text = "has no file, and systemd no variables of yours: the build goes without"
            warn(f"{path}.secrets: {secret.source} {text}")
            continue
        name = secret.target or secret.source
        part.options.append(Option("--secret", f"id={name},src={file}"))
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
    image = qualified(image_name(project, service), built=False)
    chosen = chosen_platform(service) or ""
    system, _, machine = chosen.partition("/")
    architecture, _, variant = machine.partition("/")
    said = (("--os", system), ("--arch", architecture), ("--variant", variant))
    return Part(
        section="Image",
        base=f"{project.name}-{service.name}",
        name=f"{image} {chosen}".strip(),
        description=f"image {image}",
        options=[Option(flag, value) for flag, value in said if value],
        image=image,
    )
