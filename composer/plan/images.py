"""Plans pulls and builds: which images are missing, or wanted anew."""

from __future__ import annotations

from composer.errors import ComposerError
from composer.graph.needs import image_name
from composer.plan.intent import Build, Images
from composer.plan.operations import BuildImage, PullImage
from composer.plan.plan import Plan
from composer.spec.model import Project, Service
from composer.state import State


def plan_images(project: Project, services: list[str], state: State, intent: Images) -> Plan:
    """The pulls and builds that ``services`` need before their containers can be made.

    An image that several services use is pulled or built once. Raises ``ComposerError`` if an image
    is missing and the policy forbids to get it.
    """
    plan = Plan()
    seen: set[str] = set()
    for name in services:
        service = project.services[name]
        image = image_name(project, service)
        if not image or image in seen or service.provider is not None:
            continue
        present = state.image_id(image) is not None
        policy = intent.pull or service.pull_policy or "missing"
        if service.build is not None:
            cause = _build_cause(service, image, present, policy, intent)
            if cause:
                _add_build(plan, project, service, cause, Build(quiet=intent.quiet))
                seen.add(image)
        elif policy == "always" or (not present and policy != "never"):
            seen.add(image)
            cause = "it is not there yet" if not present else "the pull policy is always"
            plan.add(
                PullImage(
                    id=f"pull:{image}",
                    cause=cause,
                    service=name,
                    image=image,
                    platform=service.platform,
                    quiet=intent.quiet,
                )
            )
        elif not present:
            raise _missing(project, service, image, "the pull policy is never")
    return plan


def _build_cause(service: Service, image: str, present: bool, policy: str, intent: Images) -> str:
    if intent.build:
        return "--build"
    if policy == "build" and not intent.no_build:
        return "the pull policy is build"
    if present:
        return ""
    if intent.no_build:
        raise ComposerError(
            f"service {service.name}: image {image} does not exist, and --no-build is set",
            hint=f"Build it with `composer build {service.name}`.",
        )
    return "it is not there yet"


def _missing(project: Project, service: Service, image: str, why: str) -> ComposerError:
    return ComposerError(
        f"service {service.name}: image {image} does not exist, and {why}",
        hint=f"Pull it with `composer pull --policy missing {service.name}`.",
        position=project.where(f"services.{service.name}.image"),
    )


def plan_build(project: Project, services: list[str], intent: Build) -> Plan:
    """Build the images of all ``services`` that have a ``build`` section."""
    plan = Plan()
    for name in services:
        service = project.services[name]
        if service.build is not None:
            _add_build(plan, project, service, "asked for", intent)
    return plan


def _add_build(plan: Plan, project: Project, service: Service, cause: str, intent: Build) -> None:
    """Add a build, after the builds whose images it uses (``additional_contexts: service:…``)."""
    image = image_name(project, service)
    if f"build:{image}" in plan or service.build is None:
        return
    contexts = service.build.additional_contexts.values()
    needed = [c.removeprefix("service:") for c in contexts if c.startswith("service:")]
    after = []
    for other in needed:
        if other in project.services:
            _add_build(plan, project, project.services[other], f"{service.name} needs it", intent)
            after.append(f"build:{image_name(project, project.services[other])}")
    plan.add(
        BuildImage(
            id=f"build:{image}",
            cause=cause,
            service=service.name,
            image=image,
            pull=intent.pull or service.build.pull,
            no_cache=intent.no_cache or service.build.no_cache,
            quiet=intent.quiet,
            args=intent.args,
        ),
        after,
    )


def plan_pull(
    project: Project,
    services: list[str],
    state: State,
    *,
    policy: str | None = None,
    ignore_buildable: bool = False,
    ignore_failures: bool = False,
    quiet: bool = False,
) -> Plan:
    """Pull the images of ``services`` (``pull``). Images that are only built are passed over."""
    plan = Plan()
    for name in services:
        service = project.services[name]
        image = service.image
        if image is None or f"pull:{image}" in plan:
            continue
        if service.build is not None and (ignore_buildable or service.pull_policy == "build"):
            continue
        if policy == "missing" and state.image_id(image) is not None:
            continue
        plan.add(
            PullImage(
                id=f"pull:{image}",
                cause="asked for",
                service=name,
                image=image,
                platform=service.platform,
                quiet=quiet,
                optional=ignore_failures or service.build is not None,
            )
        )
    return plan
