# The commands of this repository; each is complete on a fresh Debian 12.
#
#   make run [EXAMPLE=basics]   build and start an example
#   make test                   the complete test run, ends with "N passed, N failed"
#   make check                  the quick run: no sanitized stress, no slow tests
#   make bench                  benchmarks, compile times, and Roost beside other servers; half an hour
#   make format / make lint     clang-format / clang-tidy and the coroutine rules
#   make clean                  forget everything that was built
#
# JOBS=n limits how many compilers run at once.

SHELL := /bin/bash
.DEFAULT_GOAL := help
JOBS ?= $(shell nproc)

# The most advanced example that there is.
EXAMPLE ?= $(firstword $(foreach name,relationships database basics hello,\
  $(if $(wildcard examples/$(name)/CMakeLists.txt),$(name))))

.PHONY: help
help:
	@sed -n 's/^#   make/make/p' Makefile

.PHONY: packages
packages:
	@cmake/install-debian-packages.sh

build/%/build.ninja: | packages
	@cmake --preset $* --log-level=WARNING > /dev/null

.PHONY: run
run: build/release/build.ninja
	@test -n "$(EXAMPLE)" || { echo "No example to run: examples/ is empty." >&2; exit 1; }
	@test -f "examples/$(EXAMPLE)/CMakeLists.txt" || { \
	  echo "There is no example '$(EXAMPLE)'; there are: $(notdir $(patsubst %/,%,$(wildcard examples/*/)))" >&2; exit 1; }
	@cmake --build build/release -j $(JOBS) --target $(EXAMPLE)
	@exec build/release/bin/$(EXAMPLE)

.PHONY: test
test: packages
	@JOBS=$(JOBS) python3 tests/run.py complete

.PHONY: check
check: packages
	@JOBS=$(JOBS) python3 tests/run.py quick

.PHONY: bench
bench: build/release/build.ninja
	@cmake --build build/release -j $(JOBS) --target benchmarks
	@python3 bench/run.py

.PHONY: format
format: packages
	@git ls-files -z -co --exclude-standard '*.cpp' '*.hpp' | xargs -0 clang-format -i

.PHONY: lint
lint: build/debug/build.ninja
	@python3 tests/coroutine_lint.py --build build/debug
	@python3 tests/tidy.py --build build/debug

.PHONY: clean
clean:
	@rm -rf build
