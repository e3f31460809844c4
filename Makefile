# Everything is built, checked and tested from here.

SHELL := /bin/bash
# Company networks bring certificate authorities of their own.
export DENO_TLS_CA_STORE ?= mozilla,system
DENO := node_modules/.bin/deno
SOURCES := $(shell find main.ts commands docker images incus modes -name '*.ts' -not -name '*_test.ts') $(wildcard fixtures/*)
PREFIX ?= /usr/local

.PHONY: all build check fmt test unit e2e e2e-all demo bench lab lab-shell lab-down install release man clean help

all: build ## Build dist/kini

build: dist/kini

node_modules/.bin/deno: package.json package-lock.json
	npm install --no-save --no-audit --no-fund
	@touch $@

dist/kini: $(DENO) $(SOURCES) deno.json tools/build
	tools/build

check: $(DENO) ## Formatting, lint and types
	$(DENO) fmt --check
	$(DENO) lint
	$(DENO) check

fmt: $(DENO) ## Format the sources
	$(DENO) fmt

unit: $(DENO) ## Pure functions, and whole commands against a fake server
	$(DENO) test -A --quiet

e2e: dist/kini ## The compiled binary with real kind, Incus and Docker in the lab
	tests/e2e/run

e2e-all: dist/kini ## A cluster on every server, in every mode and topology; docs/compatibility.md
	tests/matrix/run

test: check unit e2e ## All tests; sets up what they need

demo: dist/kini ## A cluster with kind on Incus, step by step
	tests/demo

bench: dist/kini ## Times against the incus CLI, Docker Engine and a floor
	tests/bench/run --images

lab: dist/kini ## Start Incus with a registry and kind on this machine
	tests/lab/lab up incus

lab-shell: lab ## A shell beside that Incus
	tests/lab/lab shell incus

lab-down: ## Stop everything of the lab
	tests/lab/lab down

install: dist/kini ## Install kini with its docker and kind links (PREFIX=/usr/local)
	tools/install "$(DESTDIR)$(PREFIX)"

release: $(DENO) ## What a release consists of, in dist/release
	tools/release

man: dist/kini.1 ## The manual page, dist/kini.1

dist/kini.1: $(DENO) $(SOURCES)
	mkdir -p dist
	$(DENO) run --quiet --allow-all --no-check main.ts man >$@.new
	mv $@.new $@

clean: ## Remove what was built
	rm -rf dist

help: ## This list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/' | expand -t 20
