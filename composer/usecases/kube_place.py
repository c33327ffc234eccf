"""The place of a project on a cluster, for as long as a command is about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from composer.errors import ComposerError
from composer.kube.cluster.api import Api
from composer.kube.cluster.belongings import Place
from composer.kube.cluster.program import Access, Proxy
from composer.kube.names import dns_label
from composer.usecases.context import Context


@contextmanager
def cluster(ctx: Context, access: Access, project: str) -> Iterator[Place]:
    """The place of ``project`` on a cluster; ``kubectl`` runs until the end of the block.

    Raises ``ClusterError``, and ``ComposerError`` for what is no namespace.
    """
    namespace = access.namespace or dns_label(project)
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", namespace):
        raise ComposerError(
            f"{namespace!r} is no namespace",
            hint="Names have lower case letters, digits and dashes, 63 at most.",
        )
    proxy = Proxy(access, ctx.environ, ctx.say)
    api = Api(proxy.path)
    try:
        yield Place(api, namespace, dns_label(project))
    finally:
        api.close()
        proxy.close()
