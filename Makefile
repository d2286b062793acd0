# Everything here sets up what it needs in .venv; only Python >= 3.11, git and Terraform must be there.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin

.PHONY: help demo docs pictures pex test test-quick test-full e2e lint format bench fixtures schema dist clean

help: ## Say what there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-10s %s\n", $$1, $$2}'

$(BIN)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

# The demo alone needs none of the developers' tools.
$(BIN)/.demo: pyproject.toml constraints.txt
	@echo "Setting up $(VENV) with tfswap and the stand-in AWS ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[demo]'
	@touch $@

demo: $(BIN)/.demo ## Play a whole swap on a stand-in AWS on this machine
	$(BIN)/tfswap demo

docs: $(BIN)/.ready ## Build the documentation into site/
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[docs]'
	$(BIN)/python -m tests.site.commands > docs/commands.md
	$(BIN)/zensical build --strict

pictures: $(BIN)/.ready ## Draw the pictures in docs/images/ anew, with the real Terraform and Chromium
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[browser]'
	$(BIN)/python -m tests.site.pictures

pex: dist ## Build tfswap as one file, dist/tfswap.pex
	$(BIN)/python -m pip install --quiet pex
	$(BIN)/pex dist/*.whl --console-script tfswap --constraints constraints.txt --output-file dist/tfswap.pex

# Worksteal: a worker that has nothing left takes over what another has not begun.
PYTEST  = $(BIN)/python -m pytest -n auto --dist worksteal

test: $(BIN)/.ready ## Run what a change must pass: every kind of case, of the many a part
	$(PYTEST)

test-quick: $(BIN)/.ready ## Run what needs no Terraform
	$(PYTEST) -m "not terraform"

test-full: $(BIN)/.ready ## Run every case, and fail where Terraform is missing
	TFSWAP_E2E=required $(PYTEST) --full

e2e: $(BIN)/.ready ## Run only whole swaps on the real provider, and fail where it is missing
	TFSWAP_E2E=required $(PYTEST) -m e2e

lint: $(BIN)/.ready ## Check types, style and docstrings
	$(BIN)/ruff check tfswap tests
	$(BIN)/ruff format --check tfswap tests
	$(BIN)/mypy

format: $(BIN)/.ready ## Format the code
	$(BIN)/ruff check --fix --quiet tfswap tests || true
	$(BIN)/ruff format tfswap tests

bench: $(BIN)/.ready ## Measure speed and memory, as ratios in one run
	$(BIN)/python -m tests.bench

fixtures: $(BIN)/.ready ## Record the plans under fixtures anew, with the real Terraform
	$(BIN)/python -m tests.record
	$(BIN)/python -m tests.lab

schema: $(BIN)/.ready ## Write what tfswap knows of the AWS provider's resource types anew
	$(BIN)/python -m tests.schema

dist: $(BIN)/.ready ## Build the wheel and the source archive into dist/
	$(BIN)/python -m build --outdir dist .

clean: ## Remove what these targets made
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist site docs/commands.md
