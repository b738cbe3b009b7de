# Everything runs from .venv, which `make setup` builds from pyproject.toml with exact versions.
SHELL := /bin/bash
PYTHON := $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.kitsdesk-setup
PEERS := .venv-peers
PAIRS := 1
PEERS_STAMP := $(PEERS)/.kitsdesk-setup
# Tests in so many processes, each with a display of its own (pytest-xvfb).
WORKERS := $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n > 4 ? 4 : n)))
XVFB := xvfb-run -a -s "-screen 0 1600x1000x24 -nolisten tcp"

.PHONY: setup system demo guide test test-slurm test-peers lint format bench bench-suspicion bench-calibration bench-case bench-queue pictures fuzz soak soak-real demo-model suspicion wheel test-wheel installer test-installer clean

setup: $(STAMP)

$(STAMP): pyproject.toml installer/constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("KiTSDesk needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c installer/constraints.txt -e '.[desk,dev]'
	touch $@

system:
	bash installer/linux/system_libraries.sh

demo: system setup
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	  exec $(BIN)/kitsdesk demo; \
	else \
	  echo "No display: running the demo headless. With a display, make demo opens the window."; \
	  exec $(XVFB) $(BIN)/kitsdesk demo --headless --report demo-report.json; \
	fi

# A real Slurm and a real sshd on loopback, from Debian's packages, not installed; as root. It
# starts and stops them itself, and fails where it cannot.
test-slurm: setup
	$(BIN)/python -m pytest -m slurm tests/slurm -s

test: system setup
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

# nnU-Net's own packages, beside ours in an environment of their own.
$(PEERS_STAMP): pyproject.toml installer/constraints.txt installer/constraints-peers.txt
	test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -c installer/constraints.txt -c installer/constraints-peers.txt -e '.[dev]' nnunetv2==2.8.1 surface-distance==0.1
	touch $@

test-peers: $(PEERS_STAMP)
	$(PEERS)/bin/python -m pytest -p no:pytest-qt -m peers tests/peers

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: system setup
	$(XVFB) $(BIN)/python -m tests.bench
	$(XVFB) $(BIN)/python -m tests.bench.desk_window build/bench-window
	$(BIN)/python -m tests.bench.fast_mode quality
	$(BIN)/python -m tests.bench.forecast
	$(BIN)/python -m tests.bench.augmentation --peers-python $(PEERS)/bin/python

# Ours and nnU-Net v2's predictor in turn on one full-size case; minutes a pair (PAIRS=3: medians
# of three). See also --device cuda.
bench-case: system setup $(PEERS_STAMP)
	$(BIN)/python -m tests.bench.whole_case --peers ../shared/peers --peer-python $(PEERS)/bin/python --pairs $(PAIRS)

bench-queue: system setup
	$(XVFB) $(BIN)/python -m tests.bench.many_cases build/many-cases

pictures: system setup
	$(XVFB) $(BIN)/python -m tests.gui.gallery docs/pictures

demo-model: setup
	$(BIN)/python installer/demo_model/make_demo_model.py build/demo-model --publish resources/demo/model

suspicion: setup
	$(BIN)/python installer/demo_model/run_suspicion.py build/suspicion --model resources/demo/model

bench-suspicion: setup
	$(BIN)/python -m tests.bench.suspicion_after_training build/suspicion-after-training

# How well the estimate of wrong masks is calibrated, on scored phantoms with known faults.
bench-calibration: setup
	$(BIN)/python installer/demo_model/run_suspicion.py build/suspicion --model resources/demo/model
	$(BIN)/python installer/demo_model/run_suspicion.py build/suspicion --model resources/demo/model --strength any
	$(BIN)/python -m tests.bench.calibration build/suspicion

fuzz: setup
	$(BIN)/python tests/faults/header_fuzz.py 5000

# 200 kills at random moments of painting, saving and exporting, and 5 of the real window.
soak: system setup
	$(XVFB) $(BIN)/python -m tests.faults.soak --kills 200 --windows 5

# Two annotations of the same real scans against numpy; needs KITSDESK_REAL_DATA or ../shared/data.
soak-real: system setup
	$(XVFB) $(BIN)/python -m tests.bench.real_disagreement build/real-disagreement

# The guide as HTML, searchable from file://, in build/guide.
guide: setup
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going -b html docs build/guide

wheel: setup guide
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

# dist/*.deb and dist/*.tar.zst by PyInstaller, from an environment of its own (.venv-installer).
installer: wheel
	PYTHON=$(PYTHON) nice -n 5 bash installer/linux/build.sh

# The .deb in a bare Debian without Python: install, open a real CT, demo, remove. Needs root.
test-installer:
	test -f dist/kitsdesk_*_amd64.deb || $(MAKE) installer
	bash installer/linux/bare_system.sh build/installer/bare
	unshare --mount --pid --fork .venv-installer/bin/python -m tests.bundle.installed_deb dist/kitsdesk_*_amd64.deb build/installer/bare

# The wheel in fresh environments of its own: without Qt, with plain napari, as GPU support; minutes.
test-wheel: system setup
	KITSDESK_FRESH_ENVIRONMENTS=1 $(XVFB) $(BIN)/python -m pytest tests/bundle

clean:
	rm -rf $(VENV) .venv-installer build dist *.egg-info
