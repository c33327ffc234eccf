"""A cluster for tests: the HTTP API of Kubernetes, strictly, without anything that runs containers.

``server`` speaks the API (or ``tests.real_api_server`` starts the real one), ``controllers`` plays
the part of those who fill in what workloads and pods have become.
"""
