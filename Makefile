# The few commands of a checkout. Each target brings up what it needs first; nothing done is done again.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
STAMPS := .venv/.stamps
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
INSTALL := $(PIP) install --quiet --no-deps --no-compile
# Some packages carry files for other Pythons, which do not compile.
COMPILE := $(BIN)/python -m compileall -q -j 0 .venv/lib >/dev/null || true

.PHONY: help setup demo up test lint audit browser bench lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+%?:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMPS)/project ## the environment in .venv, from requirements.lock, and the engines' data
	@$(BIN)/python -m litink.platform.engines

demo: setup ## starts the platform and makes a film of the sample book; EXIT=1 stops it when the film is done
	@$(BIN)/litink demo $(if $(EXIT),--exit)

up: setup ## starts the platform and keeps it running until Ctrl-C
	@$(BIN)/litink up

test: setup $(STAMPS)/test browser lint ## everything: lint, types, import rules and all tests
	@echo "== tests"
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: setup $(STAMPS)/test ## style, types and import rules
	@echo "== ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "== mypy"
	@$(BIN)/mypy
	@echo "== import rules"
	@$(BIN)/lint-imports

audit: setup $(STAMPS)/test ## whether a locked package is known to be vulnerable; skipped where that cannot be asked
	@$(BIN)/python scripts/audit.py $(ARGS)

bench: setup $(STAMPS)/test ## every benchmark, its tables written to docs/
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python "$$script" --write; done

bench-%: setup $(STAMPS)/test ## one benchmark: bench-reading runs benchmarks/reading.py; ARGS=--quick
	@$(BIN)/python benchmarks/$*.py $(ARGS)

lock: ## makes requirements.lock and requirements-test.lock anew from pyproject.toml; UPGRADE=1 moves to newer versions
	@bash scripts/lock.sh $(if $(UPGRADE),--upgrade)

clean: ## removes .venv and caches; the library in .litink stays
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps tell what is finished. The first one stands only while the environment is whole: a new lock, or an
# interruption anywhere between its removal and its return, means a new environment, never a half-installed one.

$(STAMPS)/requirements: requirements.lock
	@echo "setup: installing $$(grep -c == $<) packages into .venv"
	@bash scripts/venv.sh
	@$(INSTALL) --require-hashes -r $<
	@$(COMPILE)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/project: pyproject.toml $(STAMPS)/requirements
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(STAMPS)/test: requirements-test.lock $(STAMPS)/project
	@echo "setup: installing $$(grep -c == $<) packages for the tests"
	@mv $(STAMPS)/requirements $(STAMPS)/requirements.unfinished
	@$(INSTALL) --require-hashes -r $<
	@$(COMPILE)
	@mv $(STAMPS)/requirements.unfinished $(STAMPS)/requirements
	@touch $@

browser:
	@bash scripts/browser.sh
