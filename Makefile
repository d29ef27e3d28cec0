PYTHON ?= python3
PORT ?= 8501
BIN = .venv/bin

.PHONY: run test lint bench messages clean

run: .venv/run
	$(BIN)/streamlit run streamlit_app.py --server.port $(PORT) --server.fileWatcherType none

test: .venv/dev .venv/browser
	$(BIN)/python -m pytest

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/dev .venv/browser
	$(BIN)/python -m benchmarks

messages: .venv/dev
	$(BIN)/python -m tests.messages

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/pyvenv.cfg:
	$(PYTHON) -m venv .venv

.venv/run: .venv/pyvenv.cfg requirements.txt
	$(BIN)/python -m pip install --quiet -r requirements.txt
	touch $@

.venv/dev: .venv/run requirements-dev.txt
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	touch $@

.venv/browser: .venv/dev tests/browser.sh
	sh tests/browser.sh $(BIN)
	touch $@
