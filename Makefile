# The two that matter: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check
SHOW_LOG := { cat $(VENV)/install.log >&2; exit 1; }

.PHONY: run test browser-packages lint types bench chaos races together shuffle soak fuzz upgrade pictures schema lock clean

# AS is also make's name for the assembler: only one that was typed counts.
run: $(VENV)/.ready
	@$(BIN)/troupe console $(if $(filter command line,$(origin AS)),--as "$(AS)")

# Beside mypy the tests are collected once, which compiles them: each of the four would do so anew.
test: export PYTHONDONTWRITEBYTECODE =
test: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(BIN)/pytest --collect-only -qq >/dev/null 2>&1 & echo $(BIN)/mypy; $(BIN)/mypy; types=$$?; wait; exit $$types
	$(BIN)/pytest --numprocesses 4 --dist worksteal
	@$(BIN)/python -m tests.browser.packages missing

# What the browser tests need of npm's, pinned and checked by hash, into build/browser.
browser-packages: $(VENV)/.ready
	@$(BIN)/python -m tests.browser.packages

bench: $(VENV)/.ready
	$(BIN)/python -m tests.bench

# Half an hour. Others: make chaos CHAOS='--kills 500 --seed 7'; --help names the options.
chaos: $(VENV)/.ready
	@$(BIN)/python -m tests.chaos $(CHAOS)

# Some minutes. Others: make races RACES='--rounds 50 --seed 7', or --bug read-then-write to see it fail.
races: $(VENV)/.ready
	@$(BIN)/python -m tests.races $(RACES)

# An hour to an hour and a half on two cores. Others: make together TOGETHER='--calls 2000 --processes 8 --seed 7'.
together: $(VENV)/.ready
	@$(BIN)/python -m tests.together $(TOGETHER)

# A quarter of an hour with TMPDIR in memory. Others: make shuffle SHUFFLE='--conversations 200 --seed 7'.
shuffle: $(VENV)/.ready
	@$(BIN)/python -m tests.shuffle $(SHUFFLE)

# Forty minutes. Others: make soak SOAK='--steps 20000 --seed 7', or --bugs to see every fence broken once.
soak: $(VENV)/.ready
	@$(BIN)/python -m tests.fences $(SOAK)

# Half an hour beside other work. Others: make fuzz FUZZ='--inputs 5000 --seed 7'.
fuzz: $(VENV)/.ready
	@$(BIN)/python -m tests.fuzz $(FUZZ)

# Some minutes. Others: make upgrade UPGRADE='--calls 10000 --processes 2'.
upgrade: $(VENV)/.ready
	@$(BIN)/python -m tests.upgrade $(UPGRADE)

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Troupe needs Python 3.11 or newer; name one with: make run PYTHON=python3.12" >&2; exit 2; }
	@echo "Installing what Troupe needs into $(VENV) (once, up to a minute) ..." >&2
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes --requirement requirements.lock >$(VENV)/install.log 2>&1 || $(SHOW_LOG)
	@$(PIP) --no-deps --no-build-isolation --editable . >$(VENV)/install.log 2>&1 || $(SHOW_LOG)
	@touch $@

# The pictures in docs/pictures, of the real thing. Needs Chromium, and `make browser-packages` once.
pictures: $(VENV)/.ready
	@$(BIN)/python -m tests.pictures

# What an export holds, and what stands at the top of a character's file.
schema: $(VENV)/.ready
	@$(BIN)/python -c 'import json; from bot.records.exporting import schema; \
		print(json.dumps(schema(), indent=1))' > docs/export.schema.json
	@$(BIN)/troupe personas schema > personas/persona.schema.json

# Needs uv; the lock serves every Python from 3.11 to 3.14 and names no index.
lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 --extra dev \
		--custom-compile-command "make lock" --quiet --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
