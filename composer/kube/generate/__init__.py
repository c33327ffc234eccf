"""Manifests of a project: what its file means, in Kubernetes' words.

Nothing here looks at containers: the same file gives the same bytes.
"""

from composer.kube.generate.draft import Generated, GenerateOptions
from composer.kube.generate.project import manifests

__all__ = ["GenerateOptions", "Generated", "manifests"]
