"""Turns a canonical mapping into the typed ``Project``."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from composer.spec import units
from composer.spec.hashing import config_hash
from composer.spec.loading import Canonical
from composer.spec.model import (
    ByteSize,
    FileObject,
    Nanoseconds,
    Network,
    Project,
    Service,
    Volume,
)

Part = TypeVar("Part")


def build(canonical: Canonical) -> Project:
    """The project that ``canonical`` describes."""
    mapping = canonical.mapping
    return Project(
        name=canonical.name,
        working_dir=canonical.working_dir,
        files=canonical.files,
        services=_services(mapping.get("services", {}), mapping),
        disabled_services=_services(canonical.disabled, mapping),
        networks=_parts(mapping.get("networks", {}), Network),
        volumes=_parts(mapping.get("volumes", {}), Volume),
        secrets=_parts(mapping.get("secrets", {}), FileObject),
        configs=_parts(mapping.get("configs", {}), FileObject),
        models=mapping.get("models", {}),
        extensions=_extensions(mapping),
        environment=dict(canonical.environment),
        positions=canonical.positions,
        warnings=canonical.warnings,
    )


def _extensions(value: dict[str, Any]) -> dict[str, Any]:
    return {key: entry for key, entry in value.items() if key.startswith("x-")}


def _services(services: dict[str, Any], resources: dict[str, Any]) -> dict[str, Service]:
    return {
        name: _convert(
            {
                **service,
                "name": name,
                "ulimits": _ulimits(service.get("ulimits", {})),
                "build": _build(service.get("build")),
                "networks": _attachments(service.get("networks") or {}),
                "extensions": _extensions(service),
                "config_hash": config_hash(service, resources),
            },
            Service,
        )
        for name, service in services.items()
    }


def _ulimits(ulimits: dict[str, Any]) -> dict[str, Any]:
    return {
        name: limit if isinstance(limit, dict) else {"soft": limit, "hard": limit}
        for name, limit in ulimits.items()
    }


def _attachments(networks: dict[str, Any]) -> dict[str, Any]:
    return {
        key: {**said, "extensions": _extensions(said)} if said else said
        for key, said in networks.items()
    }


def _build(build: dict[str, Any] | None) -> dict[str, Any] | None:
    if build is None or "ulimits" not in build:
        return build
    return {**build, "ulimits": _ulimits(build["ulimits"])}


def _parts(parts: dict[str, Any], kind: type[Part]) -> dict[str, Part]:
    return {
        key: _convert({**part, "key": key, "extensions": _extensions(part)}, kind)
        for key, part in parts.items()
    }


def _convert(value: dict[str, Any], kind: type[Part]) -> Part:
    return msgspec.convert(value, kind, dec_hook=_decode)


def _decode(kind: type, value: Any) -> Any:
    if kind is Nanoseconds:
        return Nanoseconds(units.nanoseconds(value))
    if kind is ByteSize:
        return ByteSize(units.size(value))
    raise NotImplementedError(kind)
