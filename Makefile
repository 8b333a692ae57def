# Homeward's few commands. `make help` explains them.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint shots lock browser

BIN := .venv/bin
INSTALLED := .venv/.installed
COMPILED := .venv/.compiled
WORDS := $(shell find src -name '*.po')
TEMPLATES := $(shell find src -name '*.html' -print -quit)

help: ## Explain these commands
	@echo "make ..."
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s%s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(COMPILED) ## Build .venv with all that is needed; instant when nothing changed

demo: setup ## Start everything with sample data, tell one return's story, and say where to look
	$(BIN)/homeward demo

test: setup browser ## Run the whole test suite, browser included (make test ARGS="tests/orders -x" for a part)
	$(if $(ARGS),$(BIN)/python -m pytest $(ARGS),tools/test.sh)

lint: setup ## Check style, templates, import order and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(if $(TEMPLATES),$(BIN)/djlint src --lint --quiet)
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy src

check: lint test ## Run exactly what CI runs: lint, then test

shots: setup browser ## Take pictures of all pages: desktop, phone, dark
	$(BIN)/homeward demo --port 8017 --shots

lock: $(INSTALLED) ## Write requirements.lock anew from pyproject.toml (UPGRADE=1 for newer versions)
	tools/lock.sh

browser:
	@tools/browser.sh

$(INSTALLED): requirements.lock pyproject.toml tools/setup.sh
	@tools/setup.sh
	@touch $@

$(COMPILED): $(INSTALLED) $(WORDS)
	@$(BIN)/python -m homeward.config.words
	@touch $@
