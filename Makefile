# `make` lists the targets. Each of them first sets up what it needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run desk test quick check check-js docs shape test-faults test-api test-cameras test-screens test-appliance timings soak soak-long
.PHONY: bundle parity evaluate parts cases bench screenshots first-minutes install upgrade uninstall wheelhouse lock clean
.PHONY: system system-test system-js system-python system-appliance apt

PYTHON ?= python3
PORT ?= 8080
COLLECTION ?= demo/collection
BUNDLE ?= $(if $(filter demo/collection,$(COLLECTION)),demo/bundle,out/$(notdir $(COLLECTION)).bundle)
GATE ?= $(if $(filter demo/collection %/devset,$(COLLECTION)),strict,museum)

comma := ,

# The environments: the kiosk's, the desk's and developers' with TensorFlow, a small one for the fast tests, the documentation's.
KIOSK := .venv
DESK := .venv-desk
QUICK := .venv-quick
DOCS := .venv-docs
# A Pi's picamera2, numpy and OpenCV come from apt and are seen through; elsewhere pip brings OpenCV.
FROM_APT := $(shell $(PYTHON) -c "import picamera2, cv2, numpy" 2>/dev/null && echo yes)
KIOSK_EXTRAS := device,ui$(if $(FROM_APT),,$(comma)opencv)

# For every 64-bit machine and Python a kiosk may have; numpy is the system's.
LOCKED = $(DESK)/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# What is no kind of camera is a webcam's number, path or name. The shell gets it from its environment, whatever is in it.
run: $(KIOSK)/ready ## set up and start the kiosk on the demo bundle; prints the page's address (CAMERA= names a webcam or a kind, REPLAY= a folder or video)
	$(KIOSK)/bin/printkiosk --bundle $(BUNDLE) --port $(PORT) $(if $(REPLAY),--replay "$$REPLAY") \
		$(if $(CAMERA),$(if $(filter-out auto pi webcam replay none,$(CAMERA)),--device "$$CAMERA",--camera $(CAMERA)))

# The help is there to end with something to do. `make check`, `make bundle` and many others need the same environment.
desk: $(DESK)/ready ## set up the desk's programs in .venv-desk, TensorFlow included, and list their commands
	$(DESK)/bin/printkiosk-convert --help

# Two files of tests at a time, a file's own together for the bundle they share; then the browser's, which keep two cores busy alone.
test: system-test $(DESK)/ready ## set up and run every test, TensorFlow and browser included
	$(DESK)/bin/python -m pytest -n 2 --dist loadfile -m "not browser"
	$(DESK)/bin/python -m pytest -m browser

# An environment of its own, less than half the size of the desk's: neither TensorFlow nor a browser is in it.
quick: $(QUICK)/ready ## the fast tests, without TensorFlow and a browser: minutes, set-up included
	$(QUICK)/bin/python -m pytest -n 2 --dist loadfile -m "not tensorflow and not weights and not browser and not runtime and not slow" --durations=5 --durations-min=1

# Every test of updates at full length. Prints its counts as a table, and the branch coverage of the store.
test-faults: $(DESK)/ready ## updates under every fault, in full: an hour at most; prints a table with its counts
	mkdir -p out
	KIOSK_FAULTS=all MALLOC_ARENA_MAX=2 $(DESK)/bin/python -m coverage run --branch --source=device/store -m pytest -s -q \
		tests/device/store tests/kiosk_ui/test_changing_over.py tests/end_to_end/test_updates.py > out/faults.log 2>&1 \
		|| { tail -60 out/faults.log; exit 1; }
	@grep -ahoE "FAULTS .*" out/faults.log | cut -c8-
	@tail -1 out/faults.log
	@$(DESK)/bin/python -m coverage report --fail-under=100 | tail -1

# Whole Debian systems in folders: needs root and namespaces. Fresh ones are kept in ~/.cache/printkiosk/appliance.
test-appliance: export KIOSK_APPLIANCE = yes
test-appliance: system-appliance $(DESK)/ready ## the kiosk installed, booted and shown on whole systems; lists what ran and what not, and why
	$(DESK)/bin/python -m pytest tests/appliance --verbose --capture=no -rsxfE --durations=0 --durations-min=5

test-api: export KIOSK_API = all
test-api: $(DESK)/ready ## the API held against its description, fifty times as long as in make test
	$(DESK)/bin/python -m pytest tests/kiosk_ui/api/test_openapi.py

test-screens: system-test $(DESK)/ready ## every page in every language, size and look under axe: an hour
	KIOSK_SCREENS=all $(DESK)/bin/python -m pytest -q tests/kiosk_ui/test_languages.py

# Each fault several times, mended after pauses of several lengths; the targets are 5 s and 15 s, without any slack.
test-cameras: $(DESK)/ready ## every way a camera fails, again and again: a quarter of an hour; prints how soon it is back
	mkdir -p out
	KIOSK_CAMERAS=all $(DESK)/bin/python -m pytest -s -q tests/device/service/test_camera_faults.py \
		tests/device/service/test_webcam_faults.py tests/device/cameras/test_supervised.py \
		> out/cameras.log 2>&1 || { tail -60 out/cameras.log; exit 1; }
	@grep -ahoE "CAMERAS .*" out/cameras.log | cut -c9-
	@tail -1 out/cameras.log

check: $(DESK)/ready check-js ## format, lint, strict types, import contracts, texts, language and shape; Python and JavaScript
	$(DESK)/bin/black --check --quiet . || { $(DESK)/bin/black --check .; exit 1; }
	$(DESK)/bin/ruff check .
	$(DESK)/bin/mypy
	$(DESK)/bin/lint-imports
	PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 $(DESK)/bin/python -m pytest -q --noconftest \
		tests/architecture/test_strings.py tests/architecture/test_language.py tests/architecture/test_shape.py
	$(DESK)/bin/python tests/architecture/shape.py

shape: $(DESK)/ready ## print how the code is shaped, next to the limits that make check holds
	$(DESK)/bin/python tests/architecture/shape.py

check-js: node_modules/ready ## the page's modules: format, lint, strict types
	node_modules/.bin/prettier --check --log-level warn kiosk_ui/static/*.js kiosk_ui/types.d.ts eslint.config.js
	node_modules/.bin/eslint kiosk_ui/static eslint.config.js
	node_modules/.bin/tsc

# From nothing each time: Sphinx repeats no warning on a page that it keeps. docs/api holds a stub for each module.
docs: $(DOCS)/ready ## the documentation as a site, in out/docs; fails at a broken link or docstring
	rm -rf out/docs out/doctrees docs/api
	$(DOCS)/bin/sphinx-build --quiet --fail-on-warning --keep-going --jobs auto -c docs -d out/doctrees . out/docs
	@echo "out/docs/index.html"

bundle: $(DESK)/ready ## build the demo bundle (COLLECTION= and BUNDLE= name others)
	$(DESK)/bin/printkiosk-convert build $(COLLECTION) --out $(BUNDLE) --gate $(GATE)

parity: $(DESK)/ready ## measure the demo bundle against full-precision TensorFlow (COLLECTION= names another)
	test -f $(BUNDLE)/manifest.json || $(MAKE) bundle
	$(DESK)/bin/printkiosk-convert parity $(BUNDLE) --collection $(COLLECTION) --gate $(GATE) --out out/parity

evaluate: $(DESK)/ready ## hold the bundle's prints under a simulated camera; a page in out/evaluation (COLLECTION=, BUNDLE=, CAPTURES=)
	test -f $(BUNDLE)/manifest.json || $(MAKE) bundle
	$(DESK)/bin/printkiosk-convert evaluate $(BUNDLE) --collection $(COLLECTION) --out out/evaluation $(if $(CAPTURES),--captures $(CAPTURES))

parts: $(DESK)/ready ## how well a part of a print, drawn on it with a finger, finds it
	test -f $(BUNDLE)/manifest.json || $(MAKE) bundle
	$(DESK)/bin/python -m evaluation.region_search $(BUNDLE)

bench: $(DESK)/bench-ready ## the benchmarks, side by side with peers in one run (COLLECTION= names another)
	$(DESK)/bin/python -m bench --bundle $(BUNDLE) --collection $(COLLECTION)

# The small cases are next to the checkout or shipped. The three checks of 100,000 generated rows take some minutes; CASES_SHORT=yes leaves them out.
cases: $(DESK)/ready ## how well museums' exports are imported: a table of marks (CASES= names a folder, CASES_SHORT=yes is seconds)
	$(DESK)/bin/python -m bench.import_cases $(if $(CASES),--cases $(CASES)) $(if $(CASES_SHORT),--short)

# May be stopped and run again; out/soak keeps what was done. SOAK=short is a few minutes, SOAK=long ten times as much.
SOAK_ANSWERS := $(if $(filter short,$(SOAK)),200,$(if $(filter long,$(SOAK)),100000,10000))
soak: $(DESK)/ready ## a kiosk's long life in an hour and a half: frames, answers and changes of bundle; prints what it found (SOAK=short, long)
	MALLOC_ARENA_MAX=2 $(DESK)/bin/python -m bench.soak --bundle $(BUNDLE) --out out/soak$(if $(SOAK),-$(SOAK)) --answers $(SOAK_ANSWERS)

soak-long: ## the same with 100,000 answers: a night and a day
	$(MAKE) soak SOAK=long

timings: system-test $(DESK)/ready ## how fast the page is, in a real browser, also next to fifty stalled clients; prints a table
	$(DESK)/bin/python tests/screens/timings.py --bundle demo/bundle

screenshots: system-test $(DESK)/ready ## pictures of every page and size, into out/screenshots
	$(DESK)/bin/python tests/screens/shoot.py --bundle demo/bundle --out out/screenshots

first-minutes: system-test $(DESK)/ready ## what a newcomer without a camera sees in two minutes: a strip of pictures in out/first-minutes.webp
	$(DESK)/bin/python tests/screens/first_minutes.py --out out/first-minutes.webp

install: | system-python ## make this machine a kiosk, with `sudo`; may be run again (BUNDLE= names the first bundle)
	$(PYTHON) systemd/install.py install $(if $(filter command line environment,$(origin BUNDLE)),--bundle $(BUNDLE))

upgrade: | system-python ## bring the kiosk on this machine to this software, with `sudo`; the old stays until the new is proven
	$(PYTHON) systemd/install.py upgrade

wheelhouse: system ## fill out/wheelhouse for a stick: all that a kiosk without a network needs (BUNDLE= names the bundle)
	$(PYTHON) systemd/install.py wheelhouse $(if $(filter command line environment,$(origin BUNDLE)),--bundle $(BUNDLE))

uninstall: ## take the kiosk off this machine, with `sudo`; settings and bundles stay
	$(PYTHON) systemd/install.py uninstall

lock: $(DESK)/ready ## look for newer versions of what a kiosk is installed with, and lock them with their hashes
	$(LOCKED) setup.cfg --extra device --extra ui --no-emit-package numpy --constraint systemd/constraints.txt -o systemd/requirements.lock
	echo "setuptools>=77,<81" | $(LOCKED) - -o systemd/build-requirements.lock

clean: ## remove the environments and everything made; never a bundle
	rm -rf $(KIOSK) $(DESK) $(QUICK) $(DOCS) docs/api node_modules out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Install an environment's packages, with pip's own progress; say what is missing where they can't be fetched.
define fetch
$(1)/bin/python -m pip install --editable ".[$(2)]" \
	|| { echo "$(1): expected to fetch Python packages, and pip could not (see above); connect to a network and run make again" >&2; exit 1; }
endef

$(KIOSK)/ready: setup.cfg pyproject.toml | system
	$(PYTHON) -m venv $(if $(FROM_APT),--system-site-packages) $(KIOSK)
	$(call fetch,$(KIOSK),$(KIOSK_EXTRAS))
	touch $@

$(DESK)/ready: setup.cfg pyproject.toml | system
	$(PYTHON) -m venv $(DESK)
	$(call fetch,$(DESK),dev)
	touch $@

$(QUICK)/ready: setup.cfg pyproject.toml | system
	$(PYTHON) -m venv $(QUICK)
	$(call fetch,$(QUICK),quick)
	touch $@

$(DOCS)/ready: setup.cfg pyproject.toml | system
	$(PYTHON) -m venv $(DOCS)
	$(call fetch,$(DOCS),docs)
	touch $@

$(DESK)/bench-ready: $(DESK)/ready
	$(call fetch,$(DESK),dev$(comma)bench)
	touch $@

# Tools for developers alone; a kiosk gets the page's modules as they are.
node_modules/ready: package.json package-lock.json .npmrc | system-js
	npm ci --loglevel error
	touch $@

# What pip can't bring: a compiler and Python's headers (Annoy is built from source), and venv itself.
system:
	@$(PYTHON) -c 'import ensurepip, venv, sysconfig, pathlib, shutil, sys; \
	sys.exit(not (shutil.which("c++") and pathlib.Path(sysconfig.get_paths()["include"], "Python.h").exists()))' \
	|| $(MAKE) --no-print-directory apt PACKAGES="python3-venv python3-dev g++"

system-test: system
	@command -v chromium >/dev/null || $(MAKE) --no-print-directory apt PACKAGES="chromium"
	@command -v systemd-analyze >/dev/null || $(MAKE) --no-print-directory apt PACKAGES="systemd"

# Debian's npm recommends compilers that nothing here needs; apt leaves them out.
system-js:
	@command -v node >/dev/null && command -v npm >/dev/null || $(MAKE) --no-print-directory apt PACKAGES="nodejs npm"

system-python:
	@command -v $(PYTHON) >/dev/null || $(MAKE) --no-print-directory apt PACKAGES="python3"

system-appliance: system
	@command -v mmdebstrap >/dev/null && command -v systemd-nspawn >/dev/null \
	|| $(MAKE) --no-print-directory apt PACKAGES="mmdebstrap systemd-container debian-archive-keyring"

apt:
	@command -v apt-get >/dev/null || { echo "please install: $(PACKAGES)" >&2; exit 1; }
	@echo "installing $(PACKAGES)" >&2
	@as_root=$$([ $$(id -u) = 0 ] || echo sudo); \
	$$as_root apt-get update -qq && $$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PACKAGES) >/dev/null
