# The commands of this repository. `make` alone lists them.
.DEFAULT_GOAL := list
CARGO_FLAGS := --locked
SCALE := city
PAGES := dashboards/web/dist/index.html

.PHONY: list
list: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

.PHONY: run
run: $(PAGES) ## build everything and show a living city of three parks with its year (SCALE=park: one, three months)
	cargo build $(CARGO_FLAGS) --release
	target/release/parkpulse demo --scale $(SCALE) --data-dir target/demo-data$(filter-out -city,-$(SCALE))

.PHONY: test
test: $(PAGES) ## run every test, real servers included; installs what they need and says so
	.ci/servers
	cargo test $(CARGO_FLAGS) --features failpoints

.PHONY: pages
pages: $(PAGES) ## build the pages with npm; the next build of the program embeds them

$(PAGES): $(shell find dashboards/web/src config/text -type f) dashboards/web/package-lock.json dashboards/web/vite.config.ts dashboards/web/openapi.json
	cd dashboards/web && npm ci --no-audit --no-fund && npm run build

.PHONY: picture
picture: $(PAGES) ## paint the picture of README anew, from the demo city
	cargo build $(CARGO_FLAGS) --release
	.ci/picture target/release/parkpulse pictures/map.png

.PHONY: lint
lint: ## formatting, clippy and the links of the documentation
	.ci/lint

.PHONY: crash
crash: $(PAGES) ## kill -9 three hundred times, with messages on the wire
	CRASH_ROUNDS=300 cargo test $(CARGO_FLAGS) --features failpoints --test it crash::kill -- --nocapture

.PHONY: year
year: $(PAGES) ## the whole demo city's year against a slow recomputation, to the last digit; some minutes
	DEMO_YEAR=whole cargo test $(CARGO_FLAGS) --release --features failpoints --test it demo_year -- --nocapture

.PHONY: bench
bench: ## what a synced value costs, measured on a release build; BENCH_QUICK=1 for a short run
	cargo bench $(CARGO_FLAGS) --bench bench
