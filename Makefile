# Every command somebody here needs. `make` alone lists them.
# On the command line: PORT=9000 for run, ARGS="-k name" for test, ARGS=--record for rig and bench.

.DEFAULT_GOAL := help
.PHONY: help run screens test model rig bench check fix words pins clean

# Any Python from 3.8 on starts the bootstrap, which finds 3.12 or newer by itself. Each is tried,
# not only looked for: a pyenv shim exists, and fails, where the version it stands for is absent.
PYTHON := $(shell for python in python3 python3.13 python3.14 python3.12 /usr/bin/python3 \
	$${PYENV_ROOT:-$$HOME/.pyenv}/versions/3.*/bin/python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null \
	&& echo $$python && break; done)
BOOTSTRAP = $(or $(PYTHON),$(error Ringsite needs Python 3.12 or newer and found no Python)) \
	scripts/bootstrap.py
BIN := .venv/bin
TEMPLATES := find templates -name '*.html' -exec
COMPILE := uv pip compile --quiet --universal --python-version 3.12 --generate-hashes \
	--no-header --no-annotate --extra sentry pyproject.toml

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST))

run: ## prepare everything and serve the demo ring on http://127.0.0.1:8000
	@$(BOOTSTRAP) run

screens: ## photograph every screen into docs/screens
	@$(BOOTSTRAP) test -n0 tests/browser/screens.py

test: ## prepare everything and run all tests, in a browser too
	@$(BOOTSTRAP) test $(ARGS)

model: ## the model machines at their nightly size
	@HYPOTHESIS_PROFILE=nightly $(BOOTSTRAP) test -n2 tests/model $(ARGS)

rig: ## try every promise under its faults, and every mutant
	@$(BOOTSTRAP) rig --mutants $(ARGS)

bench: ## measure every speed target beside its limit and its peers
	@$(BOOTSTRAP) bench $(ARGS)

check: ## lint, format and types, changing nothing
	@$(BOOTSTRAP) prepare
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(TEMPLATES) $(BIN)/djade --check {} +
	$(BIN)/mypy

fix: ## mend what ruff and djade can mend
	@$(BOOTSTRAP) prepare
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(TEMPLATES) $(BIN)/djade {} +

words: ## gather the texts to translate and compile the translations (needs gettext)
	@$(BOOTSTRAP) prepare
	$(BIN)/python manage.py makemessages --all --no-location --no-obsolete --no-wrap \
		--ignore=.venv --ignore=build --ignore=tests --ignore=bench
	$(BIN)/python manage.py compilemessages --ignore=.venv

pins: ## compile both requirements files from pyproject.toml (needs uv)
	$(COMPILE) $(ARGS) --output-file requirements.txt
	$(COMPILE) $(ARGS) --extra dev --constraints requirements.txt --output-file requirements-dev.txt

clean: ## remove what the commands made, but not your database or .env
	rm -rf .venv .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	rm -rf build htmlcov test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
