# Two commands for people: `make run` and `make test`. The rest is for those who change the code.
#   make run HOST=0.0.0.0 PORT=8010 DEMO=0 DEMO_PASSWORD=…

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# --no-deps: the lock names every package, and nothing that is published later may be looked up;
# older pips ask for the newest release of a package with extras although its version is pinned.
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --no-input --no-deps \
	--require-hashes --only-binary :all:
VAR_DIR ?= $(CURDIR)/var
TEST_ARGS ?=
BENCH_ARGS ?=
# Two processes: tests wait for the disk, the database and the browser as much as for the processor.
# Each has a database, a server and a browser of its own.
TEST_PROCESSES ?= 2
CHROMIUM ?= $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name))))
REQUIRE_BROWSER ?= $(if $(filter true,$(CI)),1,0)

# HOST, PORT, DEMO and every other setting of the README reach the programs by themselves: make
# passes on what its command line or the environment says.
export VAR_DIR CHROMIUM REQUIRE_BROWSER

# A virtual environment that no longer starts (its Python was upgraded, the disk was full) is made
# again; asked here, since make looks at the stamps before any recipe runs.
ifneq ($(wildcard $(VENV)),)
ifneq ($(shell $(PY) -c 'import pip' >/dev/null 2>&1 && echo works),works)
$(shell rm -rf $(VENV))
endif
endif

# Tools read the settings, which ask for keys, but open no data: they get an installation of their
# own, so that `make lint` works before the first `make run` and never touches its var/.
TOOLS_VAR := $(VENV)/tools
TOOL := VAR_DIR=$(TOOLS_VAR) DJANGO_SETTINGS_MODULE=tests.tool_settings

.PHONY: help run test bench drill lint messages migrations lock python

help:
	@echo "make run         jalankan portal / run the portal (HOST, PORT, DEMO=0, DEMO_PASSWORD)"
	@echo "make test        semua pengujian / every test: SQLite, PostgreSQL, browser"
	@echo "make bench       ratios against stock packages, on both engines (BENCH_ARGS; see bench/)"
	@echo "make drill       workers killed at random points of an import, on both engines"
	@echo "make lint        ruff, djLint, mypy, import contracts, migrations"
	@echo "make migrations  write migrations after a change of the models"
	@echo "make messages    collect and compile the translations (needs gettext)"
	@echo "make lock        compile requirements/*.txt from pyproject.toml (needs uv)"

python:
	@command -v $(PYTHON) >/dev/null \
		&& $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		&& $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { \
		echo "Python 3.11 atau lebih baru beserta paket venv belum terpasang. Pasang dengan:"; \
		echo "Python 3.11 or newer with its venv package is not installed. Install it with:"; \
		echo "    sudo apt install -y make python3-venv"; \
		exit 1; }

# Stamps are touched last, so a failed or interrupted installation is done again.
$(VENV)/base.stamp: requirements/base.txt | python
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
	@echo "Memasang pustaka … / Installing packages …"
	@$(PIP_INSTALL) -r requirements/base.txt
	@$(PY) -m pip check --disable-pip-version-check >/dev/null || { $(PY) -m pip check; exit 1; }
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/base.stamp
	@echo "Memasang pustaka pengujian … / Installing test packages …"
	@$(PIP_INSTALL) -r requirements/dev.txt
	@$(PY) -m pip check --disable-pip-version-check >/dev/null || { $(PY) -m pip check; exit 1; }
	@touch $@

$(TOOLS_VAR)/secret_key: | $(VENV)/dev.stamp
	@$(PY) -m tkpk.provision $(TOOLS_VAR) >/dev/null

run: $(VENV)/base.stamp
	@$(PY) -m tkpk.provision $(if $(FIELD_KEYS)$(KEYS_DIR),--keys-elsewhere) "$(VAR_DIR)"
	@exec $(PY) manage.py serve

test: $(VENV)/dev.stamp
	@echo "== SQLite =="
	@TEST_ENGINE=sqlite $(PY) -m pytest -n $(TEST_PROCESSES) -m "not browser and not drill" $(TEST_ARGS)
	@echo "== PostgreSQL =="
ifeq ($(filter postgres://% postgresql://%,$(DATABASE_URL)),)
	@TEST_ENGINE=postgres $(PY) -m tests.postgres -- \
		$(PY) -m pytest -n $(TEST_PROCESSES) -m "not browser and not drill" $(TEST_ARGS)
else
	@TEST_ENGINE=postgres $(PY) -m pytest -n $(TEST_PROCESSES) -m "not browser and not drill" $(TEST_ARGS)
endif
ifneq ($(CHROMIUM),)
	@echo "== Browser: $(CHROMIUM) =="
	@TEST_ENGINE=sqlite $(PY) -m pytest -n $(TEST_PROCESSES) -m browser $(TEST_ARGS)
else ifeq ($(REQUIRE_BROWSER),1)
	@echo "browser tests not run: no Chromium found, and one is required"; exit 1
else
	@echo "browser tests not run: no Chromium found"
endif

bench: $(VENV)/dev.stamp
	@$(PY) -m bench.parsing_speed
	@$(PY) -m bench.import_speed $(BENCH_ARGS)

drill: $(VENV)/dev.stamp
	@TEST_ENGINE=sqlite $(PY) -m pytest -m drill $(TEST_ARGS)
	@TEST_ENGINE=postgres $(PY) -m tests.postgres -- $(PY) -m pytest -m drill $(TEST_ARGS)

lint: $(TOOLS_VAR)/secret_key
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m djlint templates --lint --quiet
	@$(TOOL) $(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-logo
	@$(TOOL) $(PY) manage.py makemigrations --check --dry-run
	@$(TOOL) $(PY) manage.py check

messages: $(TOOLS_VAR)/secret_key
	@$(TOOL) $(PY) manage.py makemessages --locale id --no-obsolete --add-location file \
		--ignore "$(VENV)*" --ignore var --ignore tests --ignore bench
	@$(TOOL) $(PY) manage.py compilemessages --locale id --ignore "$(VENV)*"

# Writes the migrations and the files that keep them in one line.
migrations: $(TOOLS_VAR)/secret_key
	@$(TOOL) $(PY) manage.py create_max_migration_files >/dev/null
	@$(TOOL) $(PY) manage.py makemigrations
	@$(TOOL) $(PY) manage.py create_max_migration_files >/dev/null

# Compiled once per Python line; --universal would write two versions of one package.
lock:
	uv pip compile pyproject.toml --generate-hashes --python-version 3.11 --no-header --quiet \
		--output-file requirements/base.txt
	uv pip compile pyproject.toml --extra dev --generate-hashes --python-version 3.11 --no-header \
		--quiet --constraint requirements/base.txt --output-file requirements/dev.txt
