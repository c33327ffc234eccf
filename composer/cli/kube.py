"""``composer kube``: out of a Compose file into Kubernetes' manifests, and back."""

from __future__ import annotations

from composer.cli.commands import Command

COMMANDS = {
    "apply": Command("kube_cluster:apply", "Bring the project to a cluster"),
    "delete": Command("kube_cluster:delete", "Take the project off a cluster"),
    "diff": Command("kube_cluster:diff", "Show what apply would change on a cluster"),
    "down": Command("kube_play:down", "Stop and remove what play made"),
    "generate": Command("kube_generate:generate", "Write the manifests of the project"),
    "import": Command("kube_play:import_", "Write a Compose file of manifests"),
    "logs": Command("kube_play:logs", "Show the output of what play made, or of a cluster"),
    "play": Command("kube_play:play", "Run manifests on Podman"),
    "ps": Command("kube_play:ps", "List the containers of what play made, or of a cluster"),
    "scale": Command("kube_cluster:scale", "Change the number of replicas on a cluster"),
}
