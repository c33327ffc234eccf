"""Plans pulls and builds: which images are missing, or wanted anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from composer.errors import ComposerError
from composer.graph.needs import image_name
from composer.plan.intent import Build, Images
from composer.plan.operations import BuildImage, PullImage
from composer.plan.plan import Plan
from composer.plan.push import push_operations
from composer.spec.model import Project, Service
from composer.state import State

_NEVER: dict[str, float] = {}


def plan_images(
    project: Project,
    services: list[str],
    state: State,
    intent: Images,
    *,
    pulled: Mapping[str, float] = _NEVER,
    now: float = 0.0,
) -> Plan:
    """The pulls and builds that ``services`` need before their containers can be made.

    An image that several services use is pulled or built once; one that another service builds is
    not pulled. ``pulled`` says when images were pulled last and ``now`` what time it is (seconds
    since the epoch), for policies that refresh. Raises ``ComposerError`` if an image is missing and
    the policy forbids to get it.
    """
    plan = Plan()
    builders = {image_name(project, s): s for s in project.services.values() if s.build is not None}
    for name in services:
        service = project.services[name]
        if service.provider is not None:
            continue
        for other in _further_images(service):
            if other not in builders and state.image_id(other) is None:
                _add_pull(plan, service, other, "it is not there yet", intent)
        image = image_name(project, service)
        if not image or f"pull:{image}" in plan or f"build:{image}" in plan:
            continue
        present = state.image_id(image) is not None
        policy = intent.pull or service.pull_policy or "missing"
        builder = builders.get(image)
        said = intent.pull or service.pull_policy
        if builder is not None and (intent.build or not builder.image or not _pulls(said)):
            cause = _build_cause(builder, image, present, policy, intent)
            if cause:
                _add_build(plan, project, builder, cause, intent.how_to_build)
        elif not present and policy == "never":
            raise _missing(project, service, image, "the pull policy is never")
        elif not present:
            cause = "it is not there yet"
            _add_pull(plan, service, image, cause, intent, optional=builder is not None)
        elif policy in ("always", "newer"):
            cause = f"the pull policy is {policy}"
            optional = builder is not None
            newer = policy == "newer"
            _add_pull(plan, service, image, cause, intent, newer=newer, optional=optional)
        elif (limit := refresh_after(policy)) and now - pulled.get(image, 0.0) >= limit:
            cause = f"the pull policy is {policy}, and it was last pulled before that"
            _add_pull(plan, service, image, cause, intent, optional=True)
    return plan


def _pulls(policy: str | None) -> bool:
    """Whether a policy that the user gave wants an image pulled that could be built as well."""
    return policy not in (None, "never", "build")


def _further_images(service: Service) -> list[str]:
    """Images besides the service's own: of its hooks, and those that it mounts."""
    hooks = [hook.image for hook in service.pre_start if hook.image]
    return hooks + [m.source for m in service.volumes if m.type == "image" and m.source]


def plan_not_pulled(
    project: Project, services: list[str], state: State, tried: Plan, intent: Images
) -> Plan:
    """Build what the plan ``tried`` could not pull and the file says how to build.

    ``state`` is what there is after it. Raises ``ComposerError`` if building is forbidden.
    """
    plan = Plan()
    for name in services:
        service = project.services[name]
        image = image_name(project, service)
        if service.build is None or f"pull:{image}" not in tried:
            continue
        if state.image_id(image) is None:
            _build_cause(service, image, False, "missing", intent)
            cause = "it could not be pulled"
            _add_build(plan, project, service, cause, intent.how_to_build)
    return plan


_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


def refresh_after(policy: str | None) -> float:
    """The seconds after which ``daily``, ``weekly`` or ``every_1d12h`` pull again; else 0."""
    if policy in ("daily", "weekly"):
        return _SECONDS[policy[0]]
    if policy and policy.startswith("every_"):
        return sum(int(n) * _SECONDS[u] for n, u in re.findall(r"([0-9]+)([wdhms])", policy))
    return 0


def refreshed(project: Project, services: Iterable[str]) -> set[str]:
    """The images of ``services`` for which it matters when they were pulled."""
    chosen = (project.services[name] for name in services)
    return {image_name(project, s) for s in chosen if refresh_after(s.pull_policy)}


def _add_pull(
    plan: Plan,
    service: Service,
    image: str,
    cause: str,
    intent: Images,
    *,
    newer: bool = False,
    optional: bool = False,
) -> None:
    operation = PullImage(
        id=f"pull:{image}",
        cause=cause,
        service=service.name,
        image=image,
        platform=service.platform,
        quiet=intent.quiet,
        newer=newer,
        optional=optional,
    )
    plan.add(operation)


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
    """Build the images of all ``services`` that have a ``build`` section; push them if asked."""
    plan = Plan()
    for name in services:
        service = project.services[name]
        if service.build is not None:
            _add_build(plan, project, service, "asked for", intent)
    if intent.push:
        for operation in push_operations(project, services, quiet=intent.quiet):
            plan.add(
                operation, [f"build:{image_name(project, project.services[operation.service])}"]
            )
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
            memory=intent.memory,
        ),
        after,
    )


def _has_version(image: str) -> bool:
    """Whether the name says which image it is: ``latest`` may be another one every day."""
    tag = image.rpartition("/")[2].partition(":")[2]
    return "@" in image or tag not in ("", "latest")


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
        if service.pull_policy in ("never", "build") or (service.build and ignore_buildable):
            continue
        said = "missing" if service.pull_policy == "missing" and _has_version(image) else None
        if "missing" in (policy, said) and state.image_id(image) is not None:
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
