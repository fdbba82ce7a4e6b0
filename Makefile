# litpool: `make report` builds the environment and the report, `make test` runs every check.
PYTHON ?= python3
BIN := .venv/bin
SHARED ?= ../shared
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: report test check score bench test-survival test-slurm validate fuzz lock schema clean

report: .venv/ready
	$(BIN)/snakemake all
	@echo "The report is at $(CURDIR)/reports/index.html"

test: .venv/ready check
	$(BIN)/python -m pytest -n 2 --dist loadfile -rs

test-survival: .venv/ready  ## processes killed at 50 random moments, disks of ten sizes; needs the right to mount
	LITPOOL_KILLS=50 LITPOOL_SURROUNDINGS=all LITPOOL_JUMPS="-365 365" LITPOOL_DISKS="10 60 150 300 450 600 750 900 1050 1200" $(BIN)/python -m pytest -n 2 -rs tests/survival tests/update/test_update_killed.py

check: .venv/ready  ## style, types, workflow, the embedded review's config and overrides
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile pipeline/rules
	$(BIN)/snakemake --lint
	$(BIN)/litpool check

score: .venv/ready
	@$(BIN)/python -m scripts.score $(SHARED)

MONTHS ?= 4
RECORDS ?= 200
bench: .venv/ready  ## speeds as ratios against bare libraries on the files of SHARED; what months of updates cost
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m bench --shared $(SHARED)
	@$(BIN)/python -m scripts.scale
	@test ! -d $(SHARED)/corpora || $(BIN)/python -m bench.year --shared $(SHARED) --months $(MONTHS) --records $(RECORDS)

RECORDS_LARGE ?= 30000
RUNS ?= embedded disturbed unattended large
test-slurm: .venv/cluster/ready  ## a real Slurm on this machine, against local runs: RUNS="large" RECORDS_LARGE=3000 for a part
	.venv/cluster/bin/python -m pytest tests/slurm
	@.venv/cluster/bin/python -m tests.slurm $(RUNS) --records $(RECORDS_LARGE) --shared $(SHARED)

validate: .venv/ready  ## coverage of intervals by simulation: docs/coverage.csv and the tables of docs/statistics.md
	@$(BIN)/python -m scripts.validate

INPUTS ?= 100000
fuzz: .venv/ready  ## damaged files for every reader; what breaks one is kept under tests/fuzz/crashes
	@$(BIN)/python -m tests.fuzz --inputs $(INPUTS)

COMPILE := .venv/lock/bin/uv pip compile --universal --generate-hashes --python-version 3.11 --no-annotate --no-header --no-strip-extras -q
lock:  ## after editing requirements*.in
	$(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip -q install uv
	$(COMPILE) requirements-dev.in -o requirements.txt
	$(COMPILE) requirements-cluster.in -o requirements-cluster.txt
	$(PYTHON) scripts/environment.py

schema: .venv/ready  ## after a change of the config's or the overrides' models
	$(BIN)/python scripts/schema.py

# One environment, from the pinned and hashed requirements; made again only when they change.
.venv/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "litpool needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --require-hashes -r requirements.txt
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

# The same with the plugins for clusters, which every start of Snakemake would load; only for test-slurm.
.venv/cluster/ready: .venv/ready requirements-cluster.txt
	$(PYTHON) -m venv .venv/cluster
	.venv/cluster/bin/python -m pip install -q --require-hashes -r requirements.txt -r requirements-cluster.txt
	@touch $@

clean:  ## all that is made again; reports/versions/ is not
	rm -rf .venv .snakemake logs extracted/* .litpool/kept
	find reports -mindepth 1 -maxdepth 1 ! -name versions ! -name .gitkeep -exec rm -rf {} +
