# make           what there is to do
# make run       set up what is missing, then start
PYTHON_IN_VENV := .venv/bin/python
INSTALLED := .venv/.installed
FOR_WINDOW := .venv/.system-window
FOR_SCREEN := .venv/.system-screen
WITH_SCREEN := sh tools/with_screen.sh
# Each of the two processes has a virtual screen of its own (see tests/conftest.py).
TWO_AT_A_TIME := -n 2 --dist worksteal
export PYTHON TORCH_INDEX

.DEFAULT_GOAL := help
.PHONY: help setup run test test-cpus test-interop chaos soak bench bench-peers cures lint hooks screenshots clean FORCE

help: ## list these targets
	@echo "Neural Sketchbook: make <target> [ARGS=…]"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo "Settings: PYTHON=<a Python 3.11 or newer>, TORCH_INDEX=<a package index with CPU builds of PyTorch>"

setup: $(INSTALLED) ## make .venv and install the pinned packages (the others do this by themselves)

run: $(INSTALLED) $(FOR_WINDOW) ## start the application; ARGS="--help" shows its options
	@$(PYTHON_IN_VENV) -m gui_app $(ARGS)

test: $(INSTALLED) $(FOR_SCREEN) ## run the tests; ARGS="tests/engine -k spiral" chooses some
	@$(WITH_SCREEN) $(PYTHON_IN_VENV) -m pytest $(or $(ARGS),$(TWO_AT_A_TIME))

test-cpus: $(INSTALLED) ## run the tests of training under each instruction set of the processor, with 1 and 2 threads
	@$(PYTHON_IN_VENV) tools/test_cpus.py $(ARGS)

test-interop: $(INSTALLED) ## run exported code with Keras and scikit-learn, which get an environment of their own
	@sh tools/test_interop.sh $(ARGS)

chaos: $(INSTALLED) ## kill windows and engines at random moments and see what is lost; ARGS="--windows 20 --engines 10"
	@$(PYTHON_IN_VENV) -m tests.chaos $(ARGS)

soak: $(INSTALLED) $(FOR_SCREEN) ## train at full speed for an hour, all views open, and see what grows; ARGS=10 for ten minutes
	@$(WITH_SCREEN) $(PYTHON_IN_VENV) -m tests.chaos.soak $(ARGS)

bench: $(INSTALLED) $(FOR_SCREEN) ## measure speed, latency and memory against the budgets
	@$(WITH_SCREEN) $(PYTHON_IN_VENV) -m tests.benchmarks $(ARGS)

bench-peers: $(INSTALLED) ## measure a training step beside one of JAX, which gets an environment of its own
	@sh tools/bench_peers.sh $(ARGS)

cures: $(INSTALLED) ## try every cure of every finding and write the table of docs/diagnosis.md (half an hour)
	@$(PYTHON_IN_VENV) -m tests.cures $(ARGS)

lint: $(INSTALLED) ## check style, format, types and import contracts
	@status=0; \
	for check in "ruff check" "ruff format --check" "mypy engine gui_app tests" "lint-imports --no-logo"; do \
	    echo "== $$check"; \
	    .venv/bin/$$check || status=1; \
	done; \
	exit $$status

hooks: $(INSTALLED) ## check style and types before each commit, and run the tests before each push
	@$(PYTHON_IN_VENV) -m pip install -qq -c constraints.txt "pre-commit>=4,<5"
	@.venv/bin/pre-commit install

screenshots: $(INSTALLED) $(FOR_SCREEN) ## take the pictures for the documentation
	@$(WITH_SCREEN) --virtual $(PYTHON_IN_VENV) -m tests.screenshots $(ARGS)

clean: ## remove environments, caches and everything built
	rm -rf .venv .venv-peers .venv-interop .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist out *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp holds the folder it was made in: a .venv that was moved or lost its Python does not work any more.
ifneq ($(shell test -x $(PYTHON_IN_VENV) && cat $(INSTALLED) 2>/dev/null),$(CURDIR))
$(INSTALLED): FORCE
endif
$(INSTALLED): pyproject.toml constraints.txt tools/setup.sh
	@sh tools/setup.sh

# What could not be installed is asked for again next time, and the target goes on without it.
.venv/.system-%: tools/system_packages.sh | $(INSTALLED)
	@if sh tools/system_packages.sh $*; then touch $@; fi
