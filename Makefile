# Every command sets up .venv from the locks by itself, once, and again when they change: the first
# lock is for learners and students, the second adds what teaching, study, site and tests need.
# It needs Python 3.11 to 3.13 as `python3`; another one: make PYTHON=python3.12 …

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK = $(BIN)/uv pip compile --quiet pyproject.toml --universal --python-version 3.11 \
  --no-header --no-annotate $(if $(UPGRADE),--upgrade)
# Framework settings that notebooks must not depend on are set by the helpers themselves.
export SOURCE_DATE_EPOCH ?= 1700000000
# Matplotlib's cache of fonts belongs to this environment and not to every one of the user's.
export MPLCONFIGDIR := $(CURDIR)/$(VENV)/matplotlib

.PHONY: help lab progress test execute study html book release course grade hosts newcomer audits fuzz bounds lock

help: ## what each command does
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

lab: $(VENV)/ready ## open the course; SOURCE=1 opens it with solutions; FRESH=03 renews a chapter
	$(BIN)/python -m coursework.lab $(if $(SOURCE),--source) $(if $(FRESH),--fresh $(FRESH))

progress: $(VENV)/ready ## what is passed, taken and open in your copy of the course
	$(BIN)/python -m helpers.yours

test: $(VENV)/ready-dev ## style, types, spelling, tests, and every notebook from top to bottom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell
	rm -rf notebooks/lander
	$(BIN)/python -m pytest tests notebooks

execute: $(VENV)/ready ## run the notebooks anew and keep their outputs; CHAPTER=08 runs one
	rm -rf notebooks/lander
	TQDM_DISABLE=1 $(BIN)/jupyter nbconvert --to notebook --execute --inplace \
	  --ExecutePreprocessor.record_timing=False --ExecutePreprocessor.timeout=1800 \
	  notebooks/$(CHAPTER)*.ipynb

study: $(VENV)/ready-dev ## the experiments; RUN=lander runs one, RUN=report writes what they say
	$(BIN)/python -m study $(RUN) $(if $(ADDRESS),--address $(ADDRESS))

html: $(VENV)/ready-dev ## the course as a web site; SOLUTIONS=0 leaves the solutions out
	$(BIN)/python -m docs $(if $(filter 0,$(SOLUTIONS)),--without-solutions)

book: $(VENV)/ready-dev ## the web site, and in it the chapters as one PDF, which chromium prints
	$(BIN)/python -m docs --book $(if $(filter 0,$(SOLUTIONS)),--without-solutions)

release: $(VENV)/ready-dev ## the student's version of every chapter; CHAPTER=03 makes one
	$(BIN)/python -m coursework.release $(CHAPTER)

course: $(VENV)/ready-dev ## a course for nbgrader's own tools; CHAPTER=03 makes one assignment
	$(BIN)/python -m coursework.course $(CHAPTER)

grade: $(VENV)/ready-dev ## grade SUBMISSIONS=folder; CHAPTER=03 ROSTER=names.csv STUDENT='Ana Gil'
	$(BIN)/python -m coursework.grade $(if $(SUBMISSIONS),'$(SUBMISSIONS)') \
	  $(if $(CHAPTER),--chapter $(CHAPTER)) $(if $(ROSTER),--roster '$(ROSTER)') \
	  $(if $(STUDENT),--student '$(STUDENT)') $(if $(ADDRESS),--address $(ADDRESS))

hosts: $(VENV)/ready-dev ## the course on imitated hosts: other TensorFlows, Jupyters, or none
	$(BIN)/python -m pytest tests/test_hosts.py -m ""

newcomer: $(VENV)/ready-dev ## a whole course in other words than ours, up to its landing
	$(BIN)/python -m pytest tests/test_newcomer.py -m ""

audits: $(VENV)/ready-dev ## Lighthouse and a validator of HTML over the site; needs npm and java
	$(BIN)/python -m pytest tests/test_site.py -m audits --numprocesses=0

fuzz: $(VENV)/ready-dev ## ten minutes of odd downloads, notebooks and messages for the grader
	FUZZ_SECONDS=600 $(BIN)/python -m pytest tests/test_fuzz.py --numprocesses=0

bounds: $(VENV)/ready-dev ## the tests with the oldest versions that pyproject.toml allows
	$(BIN)/uv venv --quiet --seed --clear --python $(BIN)/python build/bounds
	$(BIN)/uv pip install --quiet --python build/bounds --resolution lowest-direct \
	  --editable '.[tensorflow,lab,teach,study,site,dev]'
	build/bounds/bin/python -m pytest tests -W default

lock: $(VENV)/ready-dev ## renew the locks after a change in pyproject.toml; UPGRADE=1 takes the newest
	mkdir -p build && cat requirements.txt requirements-dev.txt > build/lock.txt
	$(LOCK) --extra tensorflow --extra lab --output-file requirements.txt
	$(LOCK) --extra tensorflow --extra lab --extra teach --extra study --extra site --extra dev \
	  --constraint requirements.txt --output-file build/lock.txt
	grep -vxFf requirements.txt build/lock.txt > requirements-dev.txt

$(VENV)/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	 { echo "Python 3.11 to 3.13 is needed, but $(PYTHON) is $$($(PYTHON) --version 2>&1)."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -W ignore -c 'import matplotlib.font_manager' 2> $(VENV)/matplotlib.log
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements-dev.txt
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	@touch $@
