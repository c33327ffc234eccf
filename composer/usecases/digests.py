"""Pins the images of services to digests (``config --resolve-image-digests``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from composer.errors import ComposerError, EngineError
from composer.state import image_names
from composer.usecases.context import Context


def pin_images(ctx: Context, services: Mapping[str, Any]) -> None:
    """Add the digest to the ``image`` of each of ``services`` that has none (changed in place).

    The image that Podman has is what counts. One that is missing is pulled: Podman tells the
    digest of a name only then. Raises ``ComposerError`` that names the image.
    """
    pinned: dict[str, str] = {}
    for name, service in services.items():
        image = service.get("image")
        if not image:
            continue
        if "$" in image:
            raise ComposerError(
                f"services.{name}.image: the digest of {image} cannot be told while it has "
                "variables",
                hint="leave out --no-interpolate",
            )
        if image not in pinned:
            pinned[image] = _pinned(ctx, image)
        service["image"] = pinned[image]


def _pinned(ctx: Context, image: str) -> str:
    if "@" in image:
        return image_names(image)[0]
    found = ctx.engine.pinned(image)
    if found is None:
        ctx.say(f"{image} is not here: pulling it for its digest")
        try:
            ctx.engine.pull(image)
        except EngineError as error:
            raise ComposerError(
                f"the digest of {image} cannot be resolved: {error.message}", hint=error.hint
            ) from None
        found = ctx.engine.pinned(image)
    if found is None:
        raise ComposerError(
            f"the digest of {image} cannot be resolved: Podman knows none",
            hint="push it to a registry, and pull it from there",
        )
    return found
