# Every target makes sure of its environment first; the second time that takes no time.
PYTHON ?= python3
VENV = .venv/bin/python
ENVIRONMENT = $(PYTHON) -I config/run/bootstrap.py
COMPILE = .venv-tools/bin/uv pip compile pyproject.toml --universal --generate-hashes --no-header --python-version 3.11 --quiet
TESTS ?= tests
# The order of the tests and the examples of properties, the same here and there; SEED=default takes
# others each time.
SEED ?= 2026
ORDER = --randomly-seed=$(SEED) $(if $(filter default,$(SEED)),,--hypothesis-profile=ci)

.PHONY: run test test-fast test-soak check bench chaos-erasure fmt lock schema environment environment-dev python

run: environment  ## the whole suite on this machine, with demo data; Ctrl-C stops it
	@exec $(VENV) -m config.run

test: environment-dev  ## every test, against embedded servers of their own
	@$(VENV) -m config.run.browser
	@$(VENV) -m config.run.with_servers $(VENV) -m config.run.tests $(ORDER) $(TESTS)

test-fast: environment-dev  ## without the tests that drive browsers, kill processes or take long
	@$(VENV) -m config.run.with_servers $(VENV) -m pytest -n 2 $(ORDER) -m "not browser and not fault and not slow and not soak" $(TESTS)

test-soak: environment-dev  ## what `make test` leaves out: the same promises, attacked longer and in more ways
	@$(VENV) -m config.run.browser
	@$(VENV) -m config.run.with_servers $(VENV) -m pytest -n 2 $(ORDER) -m "soak and not browser" $(TESTS)
	@$(VENV) -m config.run.with_servers $(VENV) -m pytest -n 2 $(ORDER) -m "soak and browser" $(TESTS)

check: environment-dev  ## format, lint, types, import contracts, system checks, migrations, schema
	@$(VENV) -m config.run.checks

bench: environment-dev  ## the benchmarks: a table, and JSON; SUBJECTS= changes the size
	@$(VENV) -m config.run.with_servers --set bench $(VENV) -m benchmarks
	@$(VENV) -m config.run.with_servers --set bench $(VENV) -m benchmarks.audience
	@$(VENV) -m config.run.with_servers --set bench $(VENV) -m benchmarks.profiles
	@$(VENV) -m config.run.with_servers --set bench $(VENV) -m benchmarks.guardrails
	@$(VENV) -m config.run.with_servers --set bench $(VENV) -m benchmarks.cedars
	@$(VENV) -m config.run.with_servers --set bench-log $(VENV) -m benchmarks.log
	@$(VENV) -m config.run.with_servers --set bench-search $(VENV) -m benchmarks.search
	@EVENTS=$${EVENTS:-60000} $(VENV) -m config.run.with_servers --set bench-fanout $(VENV) -m benchmarks.fanout
	@$(VENV) -m config.run.with_servers --set bench-consents $(VENV) -m benchmarks.consents 6 200000
	@$(VENV) -m config.run.with_servers --set bench-erasures $(VENV) -m benchmarks.erasures

chaos-erasure: environment-dev  ## hundreds of erasures while processes are killed at random; CHAOS_SEED= others
	@CHAOS_PEOPLE=$${CHAOS_PEOPLE:-400} CHAOS_ACTS=$${CHAOS_ACTS:-100} $(VENV) -m config.run.with_servers $(VENV) -m pytest -n 0 -s $(ORDER) tests/chaos
	@$(VENV) -m config.run.with_servers $(VENV) -m pytest -n 0 $(ORDER) tests/erasure/engine/test_engine_crashes.py

fmt: environment-dev  ## format the code and mend what lint can mend
	@$(VENV) -m ruff format .
	@$(VENV) -m ruff check --fix .

lock: python  ## pin every dependency, with hashes
	@$(ENVIRONMENT) tools
	@$(COMPILE) --output-file requirements.txt
	@$(COMPILE) --extra embedded --output-file requirements-run.txt
	@$(COMPILE) --extra embedded --extra dev --extra bench --extra parquet --extra pdf --extra hsm --extra mysql --extra s3 --output-file requirements-dev.txt

schema: environment-dev  ## renew the management API's document
	@$(VENV) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

environment: python
	@$(ENVIRONMENT) run

environment-dev: python
	@$(ENVIRONMENT) dev

python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed; install it (apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python3.11"; exit 1; }
