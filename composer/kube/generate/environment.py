"""Environment variables: literal ones, those of env files (ConfigMap), and secret ones (Secret)."""

from __future__ import annotations

import base64
import re
from typing import Any

from composer.kube.generate.draft import Draft
from composer.kube.names import dns_label
from composer.spec.model import Service

_SECRET = re.compile(r"(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|(API|PRIVATE)_?KEY)\Z")
"""How the names of variables end that nobody wants to read in a manifest."""


def literal(text: str) -> str:
    """``text`` so that Kubernetes takes nothing in it for a variable: there ``$(NAME)`` is one, and
    ``$$`` a dollar sign."""
    return text.replace("$$", "$$$$").replace("$(", "$$(")


def sounds_secret(name: str) -> bool:
    """Whether a variable is called as those are that hold secrets."""
    return _SECRET.search(name.upper()) is not None


def environment(draft: Draft, service: Service, owner: str) -> dict[str, Any]:
    """The ``env`` and ``envFrom`` of a container; what they refer to is added to ``draft``."""
    from_files = draft.project.env_file_variables.get(service.name, frozenset())
    said = {name: value for name, value in service.environment.items() if value is not None}
    files = {
        name: value
        for name, value in said.items()
        if name in from_files and not sounds_secret(name) and _is_key(name)
    }
    secret = {name: value for name, value in said.items() if sounds_secret(name) and _is_key(name)}
    object_name = dns_label(f"{service.name}-env")
    found: dict[str, Any] = {}
    own = [
        _variable(name, value, object_name if name in secret else None)
        for name, value in said.items()
        if name not in files
    ]
    if own:
        found["env"] = own
    if files:
        from_map = dns_label(f"{service.name}-env-file")
        found["envFrom"] = [{"configMapRef": {"name": from_map}}]
        draft.add("ConfigMap", from_map, owner, data=files)
    if secret:
        draft.add("Secret", object_name, owner, type="Opaque", data=encoded(secret))
    return found


def _is_key(name: str) -> bool:
    """Whether ConfigMaps and Secrets take ``name`` as a key."""
    return re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", name) is not None


def _variable(name: str, value: str, secret: str | None) -> dict[str, Any]:
    if secret is None:
        return {"name": name, "value": literal(value)}
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": name}}}


def encoded(values: dict[str, str]) -> dict[str, str]:
    """The ``data`` of a Secret."""
    return {name: base64.b64encode(value.encode()).decode() for name, value in values.items()}
