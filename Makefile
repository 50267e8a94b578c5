# make demo    set up and open the page on http://127.0.0.1:7860
# make test    set up, check the style and run every test
#
# TORCH=cpu    take the torch without CUDA: a fifth of the download
# PYTHON=...   another Python than python3 (3.11 or newer)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CHROMIUM := /usr/bin/chromium

as_root := $(if $(filter-out 0,$(shell id -u)),sudo -n)
apt_get = $(as_root) env DEBIAN_FRONTEND=noninteractive apt-get -q -y
install_package = { $(apt_get) update && $(apt_get) install $(1); } || { echo "$(2) is missing: run apt-get install $(1) as root."; exit 1; }

ifdef TORCH
install = $(BIN)/python -m pip install -q uv && $(BIN)/uv pip install --python $(BIN)/python --torch-backend $(TORCH) -r
else
install = $(BIN)/python -m pip install -q --disable-pip-version-check -r
endif

.PHONY: demo test lint clean

demo: $(VENV)/demo.stamp
	$(BIN)/python app.py

test: lint | $(CHROMIUM)
	$(BIN)/python -m pytest

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/demo.stamp: requirements.txt | $(BIN)/python
	$(install) $<
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements.txt | $(BIN)/python
	$(install) $<
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: set PYTHON=/path/to/it."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(call install_package,python3-venv,The venv module of Python)
	$(PYTHON) -m venv $(VENV)

$(CHROMIUM):
	$(call install_package,chromium fonts-liberation,Chromium)
