"""Manifests as text: one stream, a Kustomize base with an overlay, or a Helm chart.

Each is a table of file names and texts; the same manifests give the same bytes.
"""
