"""``models``: services learn where the models that they use are served.

Podman runs no models. A server beside it does (RamaLama, Docker Model Runner, llama.cpp …), and a
variable of the environment or of ``.env`` says where: ``COMPOSER_MODELS_URL`` for all models, or
``COMPOSER_MODELS_URL_LLM`` for the model ``llm``.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import msgspec

from composer.plan.providers import with_variables
from composer.spec.model import Project, Service

URL = "COMPOSER_MODELS_URL"


def with_models(project: Project) -> Project:
    """``project`` whose services have the variables of the models that they use.

    As Docker Compose names them: ``endpoint_var`` and ``model_var``, or ``LLM_URL`` and
    ``LLM_MODEL`` for a model ``llm``. A model of which nobody says where it is served sets nothing.
    """
    services = {
        name: with_variables(service, _variables(project, service))
        for name, service in project.services.items()
    }
    return msgspec.structs.replace(project, services=services)


def unserved_models(project: Project, services: Collection[str]) -> str | None:
    """The warning about models of ``services`` that are served nowhere; None without any."""
    used = {model for name in services for model in project.services[name].models}
    missing = sorted(model for model in used if not _url(project, model))
    if not missing:
        return None
    named = ", ".join(f"{key} ({project.models[key]['model']})" for key in missing)
    return (
        f"models: Podman runs none, so nothing is set for {named}. Serve them beside it, for "
        f"example with `ramalama serve`, and say where in the environment or .env, for example "
        f"{URL}=http://host.containers.internal:8080/v1"
    )


def _url(project: Project, model: str) -> str:
    known = project.environment
    return known.get(f"{URL}_{_upper(model)}") or known.get(URL) or ""


def _upper(model: str) -> str:
    return re.sub(r"[^A-Z0-9]", "_", model.upper())


def _variables(project: Project, service: Service) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, said in service.models.items():
        url = _url(project, key)
        if url:
            names = said or {}
            prefix = key.upper().replace("-", "_")
            found[names.get("model_var") or f"{prefix}_MODEL"] = project.models[key]["model"]
            found[names.get("endpoint_var") or f"{prefix}_URL"] = url
    return found
