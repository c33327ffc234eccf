"""``composer kube``: out of a Compose file into Kubernetes' manifests, and back."""

from __future__ import annotations

from composer.cli.commands import Command

COMMANDS = {
    "apply": Command("kube_cluster:apply", "Bring the project to a cluster"),
    "delete": Command("kube_cluster:delete", "Take the project off a cluster"),
    "diff": Command("kube_cluster:diff", "Show what apply would change on a cluster"),
    "generate": Command("kube_generate:generate", "Write the manifests of the project"),
    "scale": Command("kube_cluster:scale", "Change the number of replicas on a cluster"),
}
