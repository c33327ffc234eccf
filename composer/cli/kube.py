"""``composer kube``: out of a Compose file into Kubernetes' manifests, and back."""

from __future__ import annotations

from composer.cli.commands import Command

COMMANDS = {
    "generate": Command("kube_generate:generate", "Write the manifests of the project"),
}
