# Everything a newcomer types. Each target sets up its own environment first, and only when that is out of date.
#
#   make play    start: a tutorial of three minutes, then the incidents
#   make demo    play the expert's play of not-null-column, without a terminal
#   make test    lint, types, import rules and all tests
#   make check   the first three of these
#   make ladder  whether scores keep their order, in every scenario over twenty seeds
#   make bench   what the engine costs, each figure beside its bar
#   make clean   forget the environment and every cache in this folder

VENV  := .venv
BIN   := $(VENV)/bin
READY := $(VENV)/.ready
PIP   := $(BIN)/python -m pip --disable-pip-version-check --quiet

# An environment remembers absolute paths, so one that was copied or moved here is made anew.
ifneq ($(shell cat $(READY) 2>/dev/null),$(CURDIR))
.PHONY: $(READY)
endif

.PHONY: setup play demo test check ladder bench clean

setup: $(READY)
	@:

play: $(READY)
	@$(BIN)/rehearse play

demo: $(READY)
	@$(BIN)/rehearse run not-null-column --play expert

test: check
	@$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(READY)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/python -m mypy
	@$(BIN)/lint-imports --no-cache

ladder: $(READY)
	@$(BIN)/python -m scorecards.ladder

bench: $(READY)
	@$(BIN)/python -m bench

clean:
	@rm -rf $(VENV) .hypothesis .mypy_cache .ruff_cache .import_linter_cache .pytest_cache

# `make setup PYTHON=/path/to/python` decides; otherwise the first of these that is new enough does.
PYTHON  ?=
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11

$(READY): pyproject.toml constraints.txt
	@set -eu; \
	for python in $(or $(PYTHON),$(PYTHONS)); do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found="$$python"; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
	  echo "Rollback Rehearsal needs Python 3.11 or newer, and found none as: $(or $(PYTHON),$(PYTHONS))." >&2; \
	  echo "On Debian or Ubuntu: apt-get install python3 python3-venv   (or name one: make PYTHON=/path/to/python3.12)" >&2; \
	  exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
	  version="$$("$$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"; \
	  echo "$$found is here, but it cannot make virtual environments (no ensurepip)." >&2; \
	  echo "On Debian or Ubuntu: apt-get install python$$version-venv" >&2; \
	  exit 1; \
	fi; \
	if [ "$$(cat $(READY) 2>/dev/null || true)" != "$(CURDIR)" ]; then \
	  echo "Setting up $(VENV) with $$("$$found" --version) – once, about a minute." >&2; \
	  "$$found" -m venv --clear $(VENV); \
	fi; \
	$(PIP) install --constraint constraints.txt hatchling; \
	$(PIP) install --constraint constraints.txt --no-build-isolation --editable '.[dev]'; \
	printf '%s' '$(CURDIR)' > $(READY)
