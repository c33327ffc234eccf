"""A plan: operations, and which of them have to come before which.

Plans are ordered by the standard library, and given out as networkx graphs only to those who draw
them or ask them: importing networkx takes as long as making the containers of a small project.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from composer.plan.operations import Operation
from composer.state import Container

if TYPE_CHECKING:
    import networkx as nx

    Graph = nx.DiGraph[str]


class Plan:
    """Operations as the nodes of a directed acyclic graph; an edge says "before".

    ``kept`` are the containers that the plan found as they should be, ``warnings`` what the user
    should know (orphans that stay, for example).
    """

    def __init__(self) -> None:
        self._operations: dict[str, Operation] = {}
        self._before: dict[str, dict[str, bool]] = {}
        self._after: dict[str, dict[str, bool]] = {}
        self.kept: list[Container] = []
        self.warnings: list[str] = []

    def add(
        self, operation: Operation, after: Iterable[str] = (), *, wanted: Iterable[str] = ()
    ) -> str:
        """Add ``operation`` and return its id.

        It runs after the operations ``after``, and not at all if one of them fails; it also waits
        for those in ``wanted``, but runs even if they fail. Ids that the plan lacks are left out.
        """
        if operation.id not in self._operations:
            self._before[operation.id] = {}
            self._after[operation.id] = {}
        self._operations[operation.id] = operation
        for ids, required in ((wanted, False), (after, True)):
            for before in ids:
                if before in self._operations:
                    self.order(before, operation.id, required=required)
        return operation.id

    def drop(self, operation_id: str) -> None:
        """Take an operation out; what waited for it waits for what it had waited for."""
        before, after = self._before.pop(operation_id), self._after.pop(operation_id)
        del self._operations[operation_id]
        for first in before:
            del self._after[first][operation_id]
        for second, needed in after.items():
            del self._before[second][operation_id]
            for first, required in before.items():
                known = self._before[second].get(first, False)
                self.order(first, second, required=known or (needed and required))

    def order(self, first: str, second: str, *, required: bool) -> None:
        """Let ``second`` run after ``first``; if ``required`` only when that did not fail.

        Both have to be there. What was said of the two before is replaced.
        """
        self._after[first][second] = required
        self._before[second][first] = required

    def order_all(self, firsts: Iterable[str], seconds: Collection[str], *, required: bool) -> None:
        """Let each of ``seconds`` run after each of ``firsts``, as ``order`` does for two."""
        for first in firsts:
            for second in seconds:
                self.order(first, second, required=required)

    def __len__(self) -> int:
        return len(self._operations)

    def __contains__(self, operation_id: str) -> bool:
        return operation_id in self._operations

    def __getitem__(self, operation_id: str) -> Operation:
        return self._operations[operation_id]

    def __iter__(self) -> Iterator[Operation]:
        """The operations in an order in which they could run one after the other."""
        return (self[node] for node in TopologicalSorter(self._before).static_order())

    def before(self, operation_id: str) -> Mapping[str, bool]:
        """The operations that ``operation_id`` directly waits for, and whether it needs them."""
        return self._before[operation_id]

    def after(self, operation_id: str) -> Mapping[str, bool]:
        """The operations that directly wait for ``operation_id``, and whether they need it."""
        return self._after[operation_id]

    @property
    def graph(self) -> Graph:
        """A picture of the plan: nodes with ``operation``, edges with ``required``. Frozen."""
        import networkx as nx

        graph: Graph = nx.DiGraph()
        for name, operation in self._operations.items():
            graph.add_node(name, operation=operation)
        for first, following in self._after.items():
            for second, required in following.items():
                graph.add_edge(first, second, required=required)
        nx.freeze(graph)
        return graph
