# Every verb does the set-up that it needs by itself; the second time it is quick.
#
#   make demo              runs the whole service on a real recording, played as three live cameras; Ctrl-C ends it
#                          (TOUR=1 shows first what a city does before anyone looks)
#   make count             counts a real recording and shows the table (VIDEO=path SITE=path for your own)
#   make test              runs the tests (SLOW=1 the slow ones too, as the CI does)
#   make check             style, types, import rules, risky calls, documentation, known vulnerabilities
#   make package           builds wheel and sdist, installs the wheel in an empty environment, counts a video there,
#                          and writes the list of all packages (CycloneDX)
#   make mutants           puts small faults into a copy of the code: do the unit tests notice? (ROOM=track SAMPLE=20)
#   make pictures          makes the documentation's pictures of the demo anew, in build/pictures and docs/pictures
#   make setup bench docs lock clean

PYTHON ?=
# How many tests run at once; each file stays in one process. Many wait for cameras and servers, so more run than there are
# cores: three at once left a quarter of two cores idle.
JOBS ?= 4
VENV := .venv
BIN := $(VENV)/bin
FETCHED := $(CURDIR)/build/debian/usr
PIP := $(BIN)/pip --disable-pip-version-check --no-input
DETECTOR_BUILD := $(wildcard tools/detector_build/*.py tools/detector_build/*.json src/passerby/ingest/detectors/models.json)
WEIGHTS := src/passerby/ingest/detectors/weights/nanodet-g-int8.onnx src/passerby/ingest/detectors/weights/centerface-int8.onnx
UI_PACKAGES := ui/node_modules/.package-lock.json
UI_SOURCES := $(shell find ui/src ui/public -type f -not -name schema.d.ts 2>/dev/null) ui/index.html ui/vite.config.ts ui/svelte.config.js
UI := src/passerby/web/built/index.html

# Where this is set, as in many containers, each process compiles all of the code anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo count check check-ui test package mutants bench docs pictures lock clean
.DELETE_ON_ERROR:

help:
	@sed -n 's/^#   //p' Makefile

# A camera's process may write no file, so what it imports is compiled here.
setup: $(VENV)/installed $(UI)
	@$(BIN)/python -m compileall -q src

$(VENV)/bin/pip:
	tools/make_venv $(VENV) $(PYTHON)

# Hashes are checked for everything that comes from outside.
$(VENV)/packages: requirements.lock | $(VENV)/bin/pip
	@echo "Installing the Python packages of requirements.lock (300 MB, once) ..."
	$(PIP) install --quiet --require-hashes --requirement requirements.lock
	@touch $@

# One run builds them all.
$(WEIGHTS) &: $(DETECTOR_BUILD) | $(VENV)/packages
	$(BIN)/python -m tools.detector_build
	@touch $(WEIGHTS)

# passerby itself is linked in from here; nothing is fetched for it.
$(VENV)/installed: pyproject.toml $(VENV)/packages $(WEIGHTS)
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# The web application; the lock file holds a hash of every package.
$(UI_PACKAGES): ui/package.json ui/package-lock.json ui/.npmrc
	@echo "Installing the npm packages of ui/package-lock.json (150 MB, once) ..."
	cd ui && npm ci --silent --ignore-scripts
	@touch $@

$(UI): $(UI_PACKAGES) $(UI_SOURCES)
	@echo "Building the web application ..."
	@cd ui && npm run --silent build -- --logLevel warn

demo: setup
	@tools/demo_video build/demo
	$(BIN)/python -m tools.demo build/demo/vtest.avi examples/demo.site.yaml build/demo $(if $(FOR),--for $(FOR)) $(if $(TOUR),--tour)

count: setup
ifdef VIDEO
	@mkdir -p build/demo
	$(BIN)/passerby count "$(VIDEO)" $(if $(SITE),--site "$(SITE)") --picture build/demo/counts.png
else
	@tools/demo_video build/demo
	$(BIN)/passerby count build/demo/vtest.avi --site examples/demo.site.yaml --picture build/demo/counts.png
endif

# Its types come from the API's own description.
check-ui: setup
	$(BIN)/python -m tools.api_description build/openapi.json
	cd ui && npm run --silent types && npm run --silent check

check: setup check-ui
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --severity-level medium --recursive src
	$(BIN)/python -m tools.check_docs
	$(BIN)/python -m tools.known_vulnerabilities

test: setup
	@tools/test_programs
	cd ui && npm run --silent test
	PATH="$$PATH:$(FETCHED)/bin:$(FETCHED)/sbin:$(FETCHED)/lib/postgresql/15/bin" LD_LIBRARY_PATH="$$(echo $(FETCHED)/lib/*-linux-gnu)" \
		$(BIN)/pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder \
		$(if $(CI)$(SLOW),--slow) $(if $(CI),--cov --cov-report=term)

# What a user gets: the wheel and the sdist, built, installed without extras in an empty environment, and tried there;
# and the list of all that an installation consists of.
package: setup
	$(BIN)/python -m tools.package_trial
	$(BIN)/python -m tools.bill_of_materials

mutants: setup
	$(BIN)/python -m tools.mutants $(if $(ROOM),--room $(ROOM)) $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(SEED),--seed $(SEED))

# The other projects' parts that this compares with live in environments of their own, which it makes under build.
# ARGS="--only counts" and the like are handed on.
bench: setup
	$(BIN)/python -m benchmarks $(ARGS)

docs: setup
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs build/docs
	@echo "Open build/docs/index.html"

# Five minutes: the demo's cameras have to learn the empty place. Needs Chromium (Debian: apt install chromium).
pictures: setup
	@tools/demo_video build/demo
	$(BIN)/python -m tools.pictures build/demo/vtest.avi examples/demo.site.yaml build/pictures

# Writes the lock files anew from the ranges; `make lock UPGRADE=1` takes the newest versions.
lock: build/uv-venv/bin/uv
	tools/lock $(if $(UPGRADE),--upgrade)

build/uv-venv/bin/uv:
	tools/make_venv build/uv-venv $(PYTHON)
	build/uv-venv/bin/pip --disable-pip-version-check --no-input install --quiet uv

clean:
	rm -rf $(VENV) build dist ui/node_modules src/passerby/web/built .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src testing tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
