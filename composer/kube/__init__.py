"""Kubernetes: manifests of a project, and projects of manifests."""
