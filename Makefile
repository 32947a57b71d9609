.PHONY: serve test check lint specs bench lock clean clients fmt

serve: ; @.ci/setup serve && exec .venv/bin/python -m mockserver serve $(ARGS)
test: ; @.ci/setup test && .ci/test
check: ; @.ci/setup test && .ci/check
lint: ; @.ci/setup test && .ci/lint
specs: ; @.ci/setup test && .ci/specs
clients: ; @.ci/setup test && .venv/bin/python -m pytest -q tests/clients
bench: ; @.ci/setup test && .ci/bench
lock: ; @.ci/setup test && .ci/lock
fmt: ; @.ci/setup test && .venv/bin/ruff format . && .venv/bin/ruff check --fix .
clean: ; rm -rf .venv node_modules build dist .cache
