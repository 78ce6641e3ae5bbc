# Everything starts here: `make help`. The environment is made by the first command that needs it.
EDITION ?= 2025-03
YEAR ?= 2025
LANGUAGE ?= zh
CITY ?= 深圳
DESPITE ?=
COUNT ?= 2000
FAMILY ?= all
SEED ?= 1
JOBS ?= 1
export DESPITE
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help report quality method-check draft proof dossier dossiers published image-index influence-index test stress fuzz lab bench lint format clean

help:  ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 25

$(READY): requirements.txt pyproject.toml
	@echo "Setting up: making the Python environment in .venv (once; a few minutes) ..."
	@$(PYTHON) -m venv .venv
	@echo "Setting up: installing the pinned packages ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@echo "Setting up: installing cityreach itself ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $(READY)
	@echo "Setting up: done."

report: $(READY)  ## build a report: make report EDITION=2025-02 LANGUAGE=en [DESPITE="why in spite of a gate"]
	@$(BIN)/cityreach report $(EDITION) --lang $(LANGUAGE)$(if $(DESPITE), --despite "$$DESPITE")

quality: $(READY)  ## build the page on how good a month's data are: make quality EDITION=2025-02
	@$(BIN)/cityreach quality $(EDITION) --lang $(LANGUAGE)

method-check: $(READY)  ## build the page on a month's method and how firm its places are: make method-check EDITION=2025-02
	@$(BIN)/cityreach check-method $(EDITION) --lang $(LANGUAGE)

dossier: $(READY)  ## build a city's dossier: make dossier CITY=深圳 EDITION=2025-03 (or a year: EDITION=2025)
	@$(BIN)/cityreach dossier "$(CITY)" $(EDITION) --lang $(LANGUAGE)

dossiers: $(READY)  ## build every city's dossier, an index page and a ZIP for each province: make dossiers EDITION=2025-03
	@$(BIN)/cityreach dossiers $(EDITION) --lang $(LANGUAGE)

draft: $(READY)  ## write a month's generated words as files to edit, section by section: make draft EDITION=2025-02
	@$(BIN)/cityreach draft $(EDITION) --lang $(LANGUAGE)

proof: $(READY)  ## build a month's proof copy for its editors: make proof EDITION=2025-02
	@$(BIN)/cityreach report $(EDITION) --lang $(LANGUAGE) --proof

published: $(READY)  ## build the report on what has been published of these indices
	@$(BIN)/cityreach published

image-index: $(READY)  ## build the annual image index: make image-index YEAR=2025 [LANGUAGE=en]
	@$(BIN)/cityreach annual image-$(YEAR) --lang $(LANGUAGE)

influence-index: $(READY)  ## build the annual influence index: make influence-index YEAR=2024
	@$(BIN)/cityreach annual influence-$(YEAR) --lang $(LANGUAGE)

test: $(READY)  ## run every test but the long ones
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not stress"

stress: $(READY)  ## run the long tests: every format in every container, mutated files
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m stress

fuzz: $(READY)  ## mutated exports in large numbers: make fuzz COUNT=100000 [FAMILY=csv] [SEED=1] [JOBS=2]
	@$(BIN)/python -m tests.fuzz --count $(COUNT) --family $(FAMILY) --seed $(SEED) --jobs $(JOBS)

lab: $(READY)  ## open JupyterLab on the notebooks
	@$(BIN)/jupyter lab --notebook-dir=.

bench: $(READY)  ## measure what the README states: two builds, an export of 1 GB, the index engine, findings and prose, dossiers
	@$(BIN)/python -m tests.bench
	@$(BIN)/python -m tests.bench_intake
	@$(BIN)/python -m tests.bench_index
	@$(BIN)/python -m tests.bench_findings
	@$(BIN)/python -m tests.bench_dossiers

lint: $(READY)  ## check style and types
	@$(BIN)/ruff check lib tests && $(BIN)/ruff format --check lib tests && $(BIN)/mypy

format: $(READY)  ## put the code into the house format
	@$(BIN)/ruff check --fix lib tests && $(BIN)/ruff format lib tests

clean:  ## remove built reports and the store (never an inbox)
	@find reports -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} + && rm -rf data/store build
	@echo "Removed. Run make report to build again."
