# Stillwatch. The two commands to know: make demo, make test.
# make help lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

MODULE  := github.com/stillwatch/stillwatch
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LINT    := go tool -modfile=tools/go.mod golangci-lint
FUZZ_TIME ?= 20s
BENCH   ?= .
BENCH_COUNT ?= 6
BENCH_LOAD ?= 10m

# A checkout owned by somebody else must still build: the version is passed in
# by hand, not read by the go command.
export GOFLAGS ?= -buildvcs=false

.PHONY: help setup web build build-simd demo test check bench bench-kinetics faults fuzz fmt tidy clean \
	test-go test-web check-format check-vet check-race check-house check-tools check-generated check-tidy check-web

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

## Set-up and build

setup: web/node_modules/.stamp ## Fetch what the build needs (Go modules, two npm packages)
	@go mod download

# Scripts of packages are never run.
web/node_modules/.stamp: web/package.json web/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20 or later (on Debian: apt-get install nodejs npm)" >&2; exit 1; }
	npm --prefix web ci --ignore-scripts --no-audit --no-fund
	@touch $@

web: setup ## Bundle the pages' scripts and styles into internal/web/dist
	go run ./internal/web/build

build: web ## Leave the program, self-contained, in bin/stillwatch
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X $(MODULE)/internal/cli.Version=$(VERSION)" -o bin/stillwatch ./cmd/stillwatch

build-simd: web ## Leave a program that steps simulated patients with vectors (amd64) in bin/stillwatch-simd
	GOARCH=amd64 GOEXPERIMENT=simd CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X $(MODULE)/internal/cli.Version=$(VERSION)" -o bin/stillwatch-simd ./cmd/stillwatch

demo: build ## Open a working clinic in the browser (ARGS="--no-open" and the like)
	bin/stillwatch demo $(ARGS)

## Tests

test: test-go test-web ## Every test, with all its set-up, the browser's too

# The summary counts the tests and gives the reason of each one not run.
test-go: build
	@scripts/ensure-postgres.sh
	@mkdir -p bin
	go test -json -timeout 20m ./... | go -C tools run ./testsum -o $(CURDIR)/bin/test-summary.txt

test-web: build
	@scripts/test-web.sh

## What continuous integration checks, but the browser

check: check-format check-vet check-house check-tidy check-generated check-web check-tools check-race ## Everything that CI checks but the browser
	@echo "check: all passed"

# Formatting (gofumpt, gci) and every linter of .golangci.yml.
check-format: web
	$(LINT) run ./...

check-vet: web
	go vet ./...

# Never from the test cache: it reads the whole tree.
check-house:
	go test -count=1 ./internal/archtest ./internal/safetytest

check-tidy:
	go mod tidy -diff
	go -C tools mod tidy -diff

check-generated: web
	@scripts/check-generated.sh

# Types of the TypeScript, and the tests of the islands' logic.
check-web: setup
	npm --prefix web run check
	npm --prefix web test

check-tools:
	go -C tools test ./...

# -short leaves out the long runs (kill test, budgets), which make test does.
check-race: web
	@scripts/ensure-postgres.sh
	go test -race -short -json -timeout 20m ./... | go -C tools run ./testsum

## Now and then

bench: build ## Measure, and print a table (BENCH=regexp, BENCH_COUNT=n, BENCH_LOAD=10m)
	@mkdir -p bin
	go test -run '^$$' -bench '$(BENCH)' -benchmem -count $(BENCH_COUNT) -timeout 60m $$(go list ./... | grep -v internal/demo) | tee bin/bench.txt
	@echo "a whole clinic on this machine: once each, for 20 s and more"
	@STILLWATCH_CHROMIUM=$$(scripts/ensure-browser.sh); export STILLWATCH_CHROMIUM; \
		STILLWATCH_BENCH_LOAD=$(BENCH_LOAD) go test -run '^$$' -bench '$(BENCH)' -benchtime 3s -timeout 60m ./internal/demo | tee -a bin/bench.txt
	go tool -modfile=tools/go.mod benchstat bin/bench.txt
	@STILLWATCH_CHROMIUM=$$(scripts/ensure-browser.sh); export STILLWATCH_CHROMIUM STILLWATCH_BIN=$$PWD/bin/stillwatch; \
		if [ -n "$$STILLWATCH_CHROMIUM" ]; then npm --prefix web run --silent bench:browser; fi

bench-kinetics: build build-simd ## Measure how fast patients are simulated, with and without vectors
	@for program in bin/stillwatch bin/stillwatch-simd; do for threads in 1 2; do \
		$$program kinetics bench --subjects 10000 --rounds 15 --threads $$threads; echo; done; done

fuzz: web ## Run each fuzz target for FUZZ_TIME (20s)
	@scripts/fuzz.sh $(FUZZ_TIME)

fmt: ## Format the Go files (gofumpt, gci)
	$(LINT) fmt ./...

faults: build ## Kill, cut, delay, double and fill the disk, at length (minutes); make test does it in short
	STILLWATCH_TEST_FAULTS=thorough go test -count=1 -v -run 'TestFaults|TestServe_Killed' -timeout 30m ./internal/cli ./internal/server

tidy: ## Bring go.mod and go.sum up to date
	go mod tidy
	go -C tools mod tidy

clean: ## Remove what was built or fetched
	rm -rf bin web/node_modules
	find internal/web/dist -mindepth 1 ! -name .keep -delete
