# The front door: `make help` lists it. What a recipe needs, it sets up itself; only what asks a
# running stack takes it for granted.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
ONLY ?=
BESIDE ?=
BASES ?= registry
BEFORE ?=
# So many files of tests at a time; all share one PostgreSQL and one Kafka. More than two cores
# have, because much of a test is waiting for others.
WORKERS ?= 3
PURE := $(wildcard tests/domain tests/contracts tests/architecture tests/edges)
SERVERS := $(wildcard tests/integration tests/journey tests/chaos tests/browser)

# A step counts on those before it.
.NOTPARALLEL:

.PHONY: help
help:  ## show this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: dashboard  ## everything from nothing: the stack, a bureau's day, the page to watch it on
	@$(BIN)/casetrack demo

.PHONY: test
test: setup dashboard  ## every test, the pure rings first
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --durations 30 $(PURE) $(SERVERS)

.PHONY: check
check: lint types imports pure coverage  ## format, lint, types, import contracts, pure tests; no server

.PHONY: bench
bench: setup-run  ## what it costs, side by side with what others would pick; ONLY=fold for one, BESIDE=../other
	@$(PYTHON) deploy/setup.py peers
	@$(BIN)/python -m bench $(ONLY) $(if $(BESIDE),--beside $(BESIDE))

.PHONY: drill
drill: setup-run  ## the same load on 1, 2 and 4 metrics workers: rates, lag, rebalances, verify, capacity
	@$(BIN)/python -m bench.drill

.PHONY: containers
containers: setup-run  ## image and Compose for real: scaled, killed, upgraded, verified; BASES=local, BEFORE=revision
	@$(BIN)/python -m deploy.containers --bases $(BASES) $(if $(BEFORE),--before $(BEFORE))

.PHONY: soak
soak: setup dashboard  ## hours under load with the page open: whether anything grows; CASETRACK_SOAK_MINUTES=120
	@$(BIN)/python -m bench.soak

.PHONY: bundle
bundle: dashboard  ## one archive that installs and runs without any registry, with checksums and materials
	@$(BIN)/python -P -m deploy.bundle

.PHONY: up
up: dashboard  ## the local stack, in the background
	@$(BIN)/casetrack up --detach

.PHONY: down
down:  ## stop the local stack
	@$(BIN)/casetrack down

.PHONY: status
status:  ## what runs where
	@$(BIN)/casetrack status

.PHONY: logs
logs:  ## the last lines of every log
	@$(BIN)/casetrack logs

.PHONY: doctor
doctor: setup-run  ## whether this machine can carry the stack, with a fix for each trouble
	@$(BIN)/casetrack doctor

.PHONY: setup
setup:  ## .venv with everything for running and testing
	@$(PYTHON) deploy/setup.py test

.PHONY: setup-run
setup-run:
	@$(PYTHON) deploy/setup.py run

.PHONY: dashboard
dashboard: setup-run  ## build the web page, where its sources have changed
	@$(BIN)/python -P -m deploy.stack.dashboard

.PHONY: lint
lint: setup  ## format and rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

.PHONY: format
format: setup  ## rewrite as the formatter wants
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: types
types: setup  ## mypy, strict
	$(BIN)/mypy

.PHONY: imports
imports: setup  ## who may import whom
	$(BIN)/lint-imports

.PHONY: pure
pure: setup  ## the tests that need no server
	PYTHONASYNCIODEBUG=1 $(BIN)/pytest -q -n auto $(PURE)

.PHONY: coverage
coverage: setup  ## every branch of the rules and contracts, from their own tests alone
	$(BIN)/coverage run -m pytest -q --hypothesis-seed=1 tests/domain tests/contracts
	$(BIN)/coverage report

.PHONY: schemas
schemas: setup  ## write the frozen schemas, the tables of the docs and the types of the page again
	$(BIN)/python -m shared.contracts.publishing
	$(BIN)/python -m deploy.reference
	$(BIN)/python -m deploy.typescript

.PHONY: requirements
requirements:  ## compile the pinned requirements again; needs uv
	$(LOCK) pyproject.toml --extra metrics --extra traces --extra local --group test --group lint --group build -o requirements/test.txt
	$(LOCK) pyproject.toml --extra metrics --extra traces --extra local --group build -c requirements/test.txt -o requirements/run.txt
	$(LOCK) pyproject.toml --extra metrics --extra traces --group build -c requirements/test.txt -o requirements/services.txt
	$(LOCK) --group peers -o requirements/peers.txt
	$(LOCK) --group containers-check -o requirements/containers-check.txt

LOCK := uv pip compile --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-annotate --no-header -q
