"""Builds the graph: one node for each resource of a project, one edge for each need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

from composer.graph.needs import depends_on
from composer.spec.model import Project, Service

if TYPE_CHECKING:
    Graph = nx.DiGraph[str]


def service_node(name: str) -> str:
    """The node of service ``name``."""
    return f"service:{name}"


def build(project: Project) -> Graph:
    """Return the graph of ``project``: an edge A → B means that A needs B.

    Nodes are ``service:app``, ``pod:web``, ``network:backend``, ``volume:pgdata``,
    ``secret:x``, ``config:x``, with attributes ``kind``, ``name`` and, of networks and volumes,
    ``external`` and ``internal``. Members of a pod that shares its networks need the pod for them.
    Edges between services carry ``condition`` and ``required``. Dependencies on services whose
    profile is not active have no edge.
    """
    graph: Graph = nx.DiGraph(name=project.name)
    for key, network in project.networks.items():
        graph.add_node(
            f"network:{key}",
            kind="network",
            name=key,
            external=network.external,
            internal=network.internal,
        )
    for key, volume in project.volumes.items():
        graph.add_node(f"volume:{key}", kind="volume", name=key, external=volume.external)
    for kind, objects in (("secret", project.secrets), ("config", project.configs)):
        for key, item in objects.items():
            graph.add_node(f"{kind}:{key}", kind=kind, name=key, external=item.external)
    for key, pod in project.pods.items():
        graph.add_node(f"pod:{key}", kind="pod", name=key)
        for joined in pod.networks:
            graph.add_edge(f"pod:{key}", f"network:{joined}")
    for name, service in project.services.items():
        graph.add_node(service_node(name), kind="service", name=name)
        _add_needs(graph, project, service)
    return graph


def _add_needs(graph: Graph, project: Project, service: Service) -> None:
    node = service_node(service.name)
    pod = project.pod_of(service.name)
    if pod is not None:
        graph.add_edge(node, f"pod:{pod.key}")
    if pod is None or not pod.shares("net"):
        for key in service.networks:
            graph.add_edge(node, f"network:{key}")
    for mount in service.volumes:
        if mount.type == "volume" and mount.source in project.volumes:
            graph.add_edge(node, f"volume:{mount.source}")
    for kind, references in (("secret", service.secrets), ("config", service.configs)):
        for reference in references:
            graph.add_edge(node, f"{kind}:{reference.source}")
    for name, dependency in depends_on(service).items():
        if name in project.services:
            graph.add_edge(
                node,
                service_node(name),
                condition=dependency.condition,
                required=dependency.required,
            )
