# A fresh machine needs make and Python 3.11 or newer; everything else goes into .venv.
PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
BENCH_VENV := .venv-bench
PIP_FLAGS := -qq --disable-pip-version-check
PYTEST := $(BIN)/pytest -n 2 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help setup day serve test check bench bench-days soak lock python

help:
	@echo 'make day     one whole simulated race day (ARGS="--seed 7" to change it)'
	@echo 'make test    the whole test suite'
	@echo 'make serve   the service on loopback, without authentication'
	@echo 'make setup   only the virtual environment; then $(BIN)/hippique --help'
	@echo 'make check   lint, format, types, direction of imports'
	@echo 'make bench   all benchmarks against their peers (ARGS="parse sizes" for some)'
	@echo 'make bench-days  200 simulated days: what each policy returned, what each gate refused'
	@echo 'make soak    the long forms of the tests'
	@echo 'make lock    requirements.lock again (UPGRADE=1: newest versions)'

setup: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml | python
	@echo 'Installing into $(VENV) …'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install $(PIP_FLAGS) --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install $(PIP_FLAGS) --no-deps --no-build-isolation -e .
	@touch $@

$(BENCH_VENV)/.installed: benchmarks/requirements.lock pyproject.toml | python
	@echo 'Installing the peers into $(BENCH_VENV) …'
	@$(PYTHON) -m venv $(BENCH_VENV)
	@$(BENCH_VENV)/bin/python -m pip install $(PIP_FLAGS) --require-hashes -r benchmarks/requirements.lock
	@$(BENCH_VENV)/bin/python -m pip install $(PIP_FLAGS) --no-deps --no-build-isolation -e .
	@touch $@

python:
	@command -v $(PYTHON) >/dev/null || { echo 'No $(PYTHON) here: install Python 3.11 or newer, or name yours: make PYTHON=/path/to/python3' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old: Python 3.11 or newer is needed; name yours: make PYTHON=python3.11" >&2; exit 1; }

day: setup
	@$(BIN)/hippique day $(ARGS)

serve: setup
	@REQUIRE_AUTH=false $(BIN)/hippique serve --host 127.0.0.1 $(ARGS)

test: setup
	@$(PYTEST) $(ARGS)

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/pytest tests/unit/test_house_rooms.py

bench: $(BENCH_VENV)/.installed
	@$(BENCH_VENV)/bin/python benchmarks/run.py $(ARGS)

bench-days: setup
	@$(BIN)/python benchmarks/many_days/run.py $(ARGS)

soak: setup
	@$(PYTEST) --hypothesis-profile=soak --run-soak $(ARGS)

lock: setup
	@$(BIN)/python scripts/requirements_lock.py $(if $(UPGRADE),--upgrade)
