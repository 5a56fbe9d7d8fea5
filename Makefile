# The commands of this repository. `make` alone lists them.
.DEFAULT_GOAL := list
CARGO_FLAGS := --locked

.PHONY: list
list: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

.PHONY: test
test: ## run every test, real servers included
	cargo test $(CARGO_FLAGS) --features failpoints
