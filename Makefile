# Two commands on a bare machine: `make demo` runs the main job, `make test` passes the tests.
# Everything else is listed by `make help`.

PYTHON ?= python3
PY := .venv/bin/python
WORKERS ?= 2
TEST_WORKERS ?= auto
JUNIT := build/junit

.DEFAULT_GOAL := help
.PHONY: help bootstrap bootstrap-dev demo up test test-browser test-long test-device check format bench lock clean reset

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

bootstrap: ## Install what running needs (quick when nothing changed)
	@$(PYTHON) scripts/bootstrap

bootstrap-dev: ## Install what tests and checks need on top
	@$(PYTHON) scripts/bootstrap --dev

demo: bootstrap ## Load the demo school, play the story, leave the site running (SERVE=0: end after the story)
	@$(PY) manage.py demo $(if $(filter 0,$(SERVE)),--no-serve)

up: bootstrap ## Run PostgreSQL, Redis, web, workers and beat; Ctrl-C stops them
	@$(PY) manage.py up $(if $(filter 1,$(TLS)),--tls)

test: bootstrap-dev ## Run the tests (PostgreSQL is started for them)
	@$(PY) -m pytest -n $(TEST_WORKERS) --maxprocesses 6 -m "not browser and not long and not device" --junitxml=$(JUNIT)/test.xml

test-browser: bootstrap-dev ## Walk the pages in Chromium
	@$(PY) -m pytest -n $(WORKERS) -m "browser" --junitxml=$(JUNIT)/test-browser.xml

test-long: bootstrap-dev ## Run the exhaustive tests
	@$(PY) -m pytest -n $(WORKERS) --dist loadgroup -m "long and not browser" --junitxml=$(JUNIT)/test-long.xml

check: bootstrap-dev ## Format, lint, types, imports, migrations, deployment, compose file, lock files
	@$(PY) scripts/check.py

test-device: bootstrap-dev ## Sign with a key in a PKCS#11 device (SoftHSM2, from the distribution's packages)
	@$(PY) -m pytest -m "device" --junitxml=$(JUNIT)/test-device.xml

format: bootstrap-dev ## Format Python and templates
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .
	@.venv/bin/djlint templates --reformat --quiet

bench: bootstrap-dev ## Measure; prints a table and writes build/bench.json
	@SIGNET_HOME=$(CURDIR)/build/bench $(PY) manage.py bench

lock: bootstrap-dev ## Compile the lock files from requirements/*.in and package.json
	@$(PY) scripts/lock.py

reset: ## Remove the data of this machine: the demo school, its keys, its files (var/, build/demo/)
	rm -rf var build/demo

clean: ## Remove what was installed and built; data in var/ stays
	rm -rf .venv node_modules vendor static/vendor static/collected build .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
