"""A plan: operations, and which of them have to come before which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import networkx as nx

from composer.plan.operations import Operation
from composer.state import Container

if TYPE_CHECKING:
    Graph = nx.DiGraph[str]


class Plan:
    """Operations as the nodes of a directed acyclic graph; an edge says "before".

    ``kept`` are the containers that the plan found as they should be, ``warnings`` what the user
    should know (orphans that stay, for example).
    """

    def __init__(self) -> None:
        self.graph: Graph = nx.DiGraph()
        self.kept: list[Container] = []
        self.warnings: list[str] = []

    def add(
        self, operation: Operation, after: Iterable[str] = (), *, wanted: Iterable[str] = ()
    ) -> str:
        """Add ``operation`` and return its id.

        It runs after the operations ``after``, and not at all if one of them fails; it also waits
        for those in ``wanted``, but runs even if they fail. Ids that the plan lacks are left out.
        """
        self.graph.add_node(operation.id, operation=operation)
        for ids, required in ((wanted, False), (after, True)):
            for before in ids:
                if before in self.graph:
                    self.graph.add_edge(before, operation.id, required=required)
        return operation.id

    def __len__(self) -> int:
        return len(self.graph)

    def __contains__(self, operation_id: str) -> bool:
        return operation_id in self.graph

    def __getitem__(self, operation_id: str) -> Operation:
        operation: Operation = self.graph.nodes[operation_id]["operation"]
        return operation

    def __iter__(self) -> Iterator[Operation]:
        """The operations in an order in which they could run one after the other."""
        return (self[node] for node in nx.topological_sort(self.graph))

    def before(self, operation_id: str) -> list[str]:
        """The operations that ``operation_id`` directly waits for."""
        return list(self.graph.predecessors(operation_id))
