# make demo      annotate examples/ with the shipped model and say where the report is
# make test      run the whole test suite
# make install   leave .venv/bin/rhetoric, with everything to develop and train
# make figures   refresh the README's picture and scores after a new model (needs chromium)
# make check     formatting, lint, types, documentation, tests
# Each makes .venv if there is none. Only versions of constraints.txt are installed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORE := $(VENV)/.installed-core
FULL := $(VENV)/.installed-full
METADATA := pyproject.toml constraints.txt hatch_build.py
PIP_INSTALL := PIP_BUILD_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 \
	$(BIN)/python -m pip install --constraint constraints.txt

.PHONY: help install demo test lint check figures clean

help:
	@sed -n 's/^# //p' Makefile

install: $(FULL)

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python %d.%d came, 3.11 or newer is needed: make PYTHON=python3.11 …" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)

$(FULL): $(METADATA) | $(BIN)/pip
	$(PIP_INSTALL) --editable '.[dev,docs,train,html,warc,dedup,ray,lora]'
	@touch $(CORE) $(FULL)

$(CORE): $(METADATA) | $(BIN)/pip
	$(PIP_INSTALL) --editable .
	@touch $(CORE)

demo: $(CORE)
	@mkdir -p demo-report
	$(BIN)/rhetoric annotate examples/ -o demo-report/report.html
	@echo 'The report is at file://$(CURDIR)/demo-report/report.html'

lint: $(FULL)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir $(VENV)/site

test: $(FULL)
	$(BIN)/python -m pytest -n auto

check: lint test

figures: $(CORE)
	$(BIN)/python docs/figures.py

clean:
	rm -rf $(VENV) demo-report site
