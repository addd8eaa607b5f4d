# Everything that is done with this checkout. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help tools native parameters build demo test test-fast native-test native-unit java-test java-unit chromium promtool libfaketime nginx package package-test check-gpu-build check-gpu fmt lint bench bench-fleet bench-repair bench-sdr bench-pc2 bench-gpu check-sanitizers torture upgrade-test server-test fleet fuzz fuzz-requests sbom audit clean

# Programs that are built or fetched once for a user and shared by all checkouts.
export RESEAL_CACHE ?= $(HOME)/.cache/reseal
export CARGO_TARGET_DIR ?= $(RESEAL_CACHE)/cargo
export RESEAL_NATIVE := $(CURDIR)/native/dist
# It would take the place of the flags in native/.cargo/config.toml, which sealing needs.
unexport RUSTFLAGS

CARGO := cargo
MVN := mvn
DIST := native/dist/cpu

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

tools:
	@scripts/check-tools

native: tools ## Build the sealing core; FLAVOUR=cuda, cuda-supraseal, opencl or multicore-sdr another than cpu
	@scripts/build-flavour $(or $(FLAVOUR),cpu)

parameters: native ## Make the random Groth16 parameters that tests prove with, once for a user; 20 CPU minutes
	@scripts/make-parameters $(DIST)/reseal-stage $(RESEAL_CACHE)/parameters

build: native ## Build everything: the sealing core and the program
	$(MVN) -q package -DskipTests
	@scripts/make-class-archive starter-cli/target bench/target/reseal-bench.jar

package: build ## Build packages for Debian, and tar files, in target/packages
	@scripts/make-packages

package-test: package ## Build them twice and compare; install, use and remove them in a bare Debian without a network, and under systemd (root)
	@scripts/check-packages
	@scripts/check-units

demo: build ## Lose five sectors and bring them back; KEEP=1 leaves everything running
	./reseal demo $(if $(KEEP),--keep)

# Three things at a time: Java's tests, which mostly wait; Rust's, which give way to them; and the maker of the parameters. A
# test that needs those waits for the lock that their maker holds.
test: native ## Every test there is, with formats and linters checked
	@nice -n 10 scripts/make-parameters $(DIST)/reseal-stage $(RESEAL_CACHE)/parameters & maker=$$!; \
	nice -n 5 $(MAKE) --no-print-directory -o native native-test & native=$$!; \
	$(MAKE) --no-print-directory -o native java-test; status=$$?; \
	wait $$native || status=$$?; \
	[ $$status = 0 ] || kill $$maker 2>/dev/null; wait $$maker; exit $$status

# A test's place is its kind: Rust's unit tests are in src, longer ones in tests; Java's are *Test, those with services *IT.
test-fast: tools ## Unit tests of Java and Rust, in a minute or so once built: no services, no parameters
	@start=$$(date +%s); \
	$(MAKE) --no-print-directory native-unit & native=$$!; \
	$(MAKE) --no-print-directory java-unit; status=$$?; \
	wait $$native || status=$$?; \
	echo "make test-fast took $$(($$(date +%s) - start)) s."; exit $$status

native-unit:
	cd native && $(CARGO) test --quiet --release --locked --workspace --lib --bins

java-unit:
	$(MVN) -q test -Dspotless.check.skip

native-test: native
	cd native && $(CARGO) fmt --all --check
	cd native && $(CARGO) clippy --release --locked --workspace --all-targets -- -D warnings
	cd native && $(CARGO) test --release --locked --workspace

# The unsafe parts at toy size, whatever else their crate tests left out: ASan in a toolchain that calls itself stable.
# Leaks are the proofs library's, which keeps what it has read until the process ends.
SANITIZED := poseidon:: sdr:: sha256:: trees:: parent_cache:: placement:: groups_of_every_size parents_that_lead_nowhere a_layer_that_cannot

check-sanitizers: tools ## The unsafe parts' tests under AddressSanitizer; builds everything anew once
	cd native && RUSTC_BOOTSTRAP=1 CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS=-Zsanitizer=address \
	  CARGO_TARGET_DIR=$(CARGO_TARGET_DIR)/sanitizers CARGO_PROFILE_RELEASE_OPT_LEVEL=1 ASAN_OPTIONS=detect_leaks=0 \
	  $(CARGO) test --release --locked --target x86_64-unknown-linux-gnu -p reseal-sealing --lib --test groups -- $(SANITIZED)

java-test: native chromium promtool libfaketime nginx
	$(MVN) verify || { scripts/failed-tests; exit 1; }

chromium:
	@scripts/get-chromium

promtool:
	@scripts/get-promtool

# Sets the clocks of workers; without it their clocks stay as they are.
libfaketime:
	@ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || scripts/get-packages libfaketime || true

# Lets certificates of their own only look; without it that test is skipped.
nginx:
	@[ -x /usr/sbin/nginx ] || scripts/get-packages nginx-light || true

check-gpu-build: tools ## Build all flavours of the sealing core and load each; needs no GPU
	@scripts/gpu/check-builds $(or $(FLAVOURS),multicore-sdr opencl cuda cuda-supraseal)

check-gpu: tools ## The stage program's tests with FLAVOUR (cuda) on this machine's GPU
	@FLAVOUR=$(or $(FLAVOUR),cuda); scripts/build-flavour $$FLAVOUR && scripts/gpu/check $$FLAVOUR

torture: native libfaketime ## Rebuild sectors amid random faults; FAULTS=500 SEED=7 SMALL=6 BIG=3 KINDS=KILLED,FROZEN
	$(MVN) -q verify -pl starter-cli -am -Dtest=none -Dit.test=TortureIT -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dfailsafe.failIfNoSpecifiedTests=false -Dreseal.torture.seed=$(or $(SEED),1) -Dreseal.torture.faults=$(or $(FAULTS),500) \
	  -Dreseal.torture.small=$(or $(SMALL),6) -Dreseal.torture.big=$(or $(BIG),3) \
	  -Dreseal.torture.kinds=$(KINDS)

upgrade-test: package ## Upgrade two hosts from the previous version and back while rebuilds run, by packages under systemd; FROM=COMMIT (root)
	@scripts/check-upgrade $(FROM)

server-test: build ## Try the oldest and the newest supported Temporal server, on PostgreSQL; VERSIONS="1.31.2 …" are others
	@scripts/check-servers $(VERSIONS)

fleet: package ## Run the commands of docs/fleet.md on fifteen machines made for that, and rebuild sectors while parts of them die (root)
	@scripts/fleet

fuzz: ## Fuzz every parser with Jazzer for FUZZ_SECONDS each (600); TARGETS="config.WordsFuzz …" only some
	@scripts/fuzz

fuzz-requests: tools ## Fuzz the stage program's reading of requests for FUZZ_SECONDS (600); builds the core for it first
	cd native/fuzz && CARGO_TARGET_DIR=$(RESEAL_CACHE)/cargo-fuzz $(CARGO) build --release --locked
	mkdir -p $(RESEAL_CACHE)/fuzz/requests
	$(RESEAL_CACHE)/cargo-fuzz/x86_64-unknown-linux-gnu/release/reseal-fuzz -max_total_time=$(or $(FUZZ_SECONDS),600) -max_len=4096 \
	  -artifact_prefix=native/fuzz/corpus/ $(RESEAL_CACHE)/fuzz/requests native/fuzz/corpus

sbom: ## List in CycloneDX what Java's and Rust's parts are made of, in target/sbom
	@scripts/sbom

# The known faults come last: they are fetched from RustSec's repository, which not every network reaches.
audit: ## Check the crates' licences, sources and known faults with cargo deny
	@scripts/get-cargo-tool cargo-deny 0.18.5
	cd native && PATH=$(RESEAL_CACHE)/tools/bin:$$PATH $(CARGO) deny --locked check bans licenses sources
	cd native && PATH=$(RESEAL_CACHE)/tools/bin:$$PATH $(CARGO) deny --locked check advisories

fmt: ## Format all sources
	cd native && $(CARGO) fmt --all
	$(MVN) -q spotless:apply

lint: ## Check formats and run the linters, without tests
	cd native && $(CARGO) fmt --all --check
	cd native && $(CARGO) clippy --release --locked --workspace --all-targets -- -D warnings
	$(MVN) -q test-compile

bench: build ## Measure, and print a table with the machine; LONG=1 seals 512 MiB too, MANY=1 rebuilds 1,000 sectors at once
	FIL_PROOFS_PARENT_CACHE=$(RESEAL_CACHE)/parents ./reseal bench $(if $(LONG),--long) $(if $(MANY),--many)

bench-fleet: build ## Measure a fleet of simulated hosts on embedded services, about 4 minutes: HOSTS=3 SECTORS=20; SERVICES=DIR uses those of an installation
	./reseal bench-fleet --hosts $(or $(HOSTS),3) --sectors $(or $(SECTORS),20) $(if $(SERVICES),--services $(SERVICES)) $(FLEET)

bench-repair: build ## Measure what each loss of files costs at 512 MiB, next to a full rebuild; SIZE=8MiB is quick
	FIL_PROOFS_PARENT_CACHE=$(RESEAL_CACHE)/parents ./reseal bench --repair --long-size $(or $(SIZE),512MiB)

bench-sdr: native ## Measure labelling, parent cache and tree D beside the library's; MULTICORE=1 also its labelling on two cores (needs libhwloc)
	@for work in sdr parents tree-d; do (cd native && FIL_PROOFS_PARENT_CACHE=$(RESEAL_CACHE)/parents $(CARGO) run --release \
	  --locked -q -p reseal-direct $(if $(MULTICORE),--features multicore-sdr) -- \
	  $$work --size $(or $(SIZE),512MiB) --runs $(or $(RUNS),3)) || exit 1; done

bench-pc2: native ## Measure Poseidon, tree C, the sealed file with tree R, and PC2 beside the library's; ALL=1 also the library on one core
	$(DIST)/reseal-direct poseidon --runs $(or $(RUNS),1)
	FIL_PROOFS_PARENT_CACHE=$(RESEAL_CACHE)/parents $(DIST)/reseal-direct pc2 --size $(or $(SIZE),512MiB) --runs $(or $(RUNS),1) $(if $(ALL),--all)

bench-gpu: native parameters ## Measure PC2 and C2 by each flavour on this machine's first GPU, beside the CPU; builds them first
	@for flavour in $(or $(FLAVOURS),opencl cuda cuda-supraseal); do scripts/build-flavour $$flavour reseal-direct || exit 1; done
	FIL_PROOFS_PARENT_CACHE=$(RESEAL_CACHE)/parents FIL_PROOFS_PARAMETER_CACHE=$(RESEAL_CACHE)/parameters \
	  $(DIST)/reseal-direct gpu --size $(or $(SIZE),512MiB) --runs $(or $(RUNS),1)

clean: ## Remove what was built in this checkout
	$(MVN) -q clean
	rm -rf native/dist
