"""Images for ``kube apply``: built here, pushed to the registry that the cluster pulls from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from composer.errors import ComposerError
from composer.graph.needs import image_name
from composer.kube.cluster.registry import named, registry_images
from composer.plan.intent import Build
from composer.spec.model import Project
from composer.usecases.context import Context


class Pushing(NamedTuple):
    """The flags about images. ``registry`` alone names images that somebody else has pushed."""

    push: bool = False
    registry: str | None = None


class Images(NamedTuple):
    """What built images are called in the registry, by their names here; and the ids of those that
    were pushed, by their names there."""

    names: Mapping[str, str] = {}
    ids: Mapping[str, str] = {}


def images(ctx: Context, project: Project, pushing: Pushing, *, dry_run: bool = False) -> Images:
    """Build and push what ``project`` builds, if that is asked for; what it is called then.

    A build that changes nothing takes its layers from the cache. Raises ``ComposerError``.
    """
    if pushing.registry is None:
        if pushing.push:
            raise ComposerError(
                "it is not said where images are to be pushed",
                hint="Name the registry: --push --registry registry.example.com/team",
            )
        return Images()
    names = registry_images(project, pushing.registry)
    if not pushing.push or dry_run or not names:
        return Images(names)
    return Images(names, _push(ctx, named(project, names), list(names.values())))


def _push(ctx: Context, project: Project, names: Sequence[str]) -> Mapping[str, str]:
    """Build and push ``names``, which services of ``project`` are built to; their ids by name."""
    from composer.plan.images import plan_build

    built = [name for name, service in project.services.items() if service.build is not None]
    with ctx.lock(project.name):
        ctx.run(project, plan_build(project, built, Build(push=True)))
    state = ctx.engine.observe(project.name)
    ids = {name: state.image_id(name) for name in names}
    return {name: identity for name, identity in ids.items() if identity is not None}


def warn_of_local(ctx: Context, project: Project) -> None:
    """Warn of images that are built here and whose names say no registry to pull them from."""
    for name, service in project.services.items():
        image = image_name(project, service)
        host = image.partition("/")[0] if "/" in image else ""
        if service.build is not None and not ("." in host or ":" in host):
            ctx.warn(
                f"service {name}: {image} is built here, where a cluster cannot pull it from; "
                "--push --registry HOST/PATH brings it there"
            )
