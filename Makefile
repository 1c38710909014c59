# Weft.  `make help` lists what can be made; everything generated goes into build/.

MODE ?= release
PREFIX ?= /usr/local
SECONDS ?= 120
VERSION := $(shell sed -n 's/.*WEFT_VERSION "\(.*\)"/\1/p' compiler/base/version.h)

# As many jobs as there are processors, unless said otherwise.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif

# ---- packages, by their Debian names ----

LLVM_CONFIG := $(firstword $(foreach n,20 19 18 17 16,$(shell command -v llvm-config-$(n))))
DEPS_BUILD := binutils bison duktape-dev flex gcc libc6-dev libfyaml-dev libgraphviz-dev libssl-dev libxml2-dev
DEPS_CHECK := bcftools bowtie2 bowtie2-examples clang clang-format clang-tidy coop-computing-tools cwltool git \
  graphviz jq libbliss-dev libcunit1-dev libxml2-utils munge nodejs perl procps python3 python3-sklearn samtools \
  shellcheck slurm-client slurmctld slurmd snakemake strace time toil zsh
DEPS_DEMO := bcftools bowtie2 bowtie2-examples samtools
DEPS_BENCH := coop-computing-tools libbliss-dev libnauty2-dev munge ninja-build pkg-config slurm-client slurmctld slurmd \
  snakemake

# ---- modes ----

ifeq ($(MODE),release)
B := build
MODE_FLAGS := -O2
else ifeq ($(MODE),debug)
B := build/debug
MODE_FLAGS := -Og
else ifeq ($(MODE),asan)
B := build/asan
MODE_FLAGS := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
else ifeq ($(MODE),cov)
B := build/cov
MODE_FLAGS := -O0 --coverage
else ifeq ($(MODE),fuzz)
B := build/fuzz
CC := clang
MODE_FLAGS := -O1 -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined
else
$(error MODE is release, debug, asan, cov or fuzz, not $(MODE))
endif

# gcc judges; the other compiler only fuzzes.
WARNINGS := $(if $(filter fuzz,$(MODE)),-w,-Wall -Wextra -Wpedantic -Wshadow -Wvla -Werror)
CFLAGS ?= -g
ALL_CFLAGS = -std=gnu17 -D_GNU_SOURCE= $(WARNINGS) $(MODE_FLAGS) -MMD -MP $(CFLAGS) $(CPPFLAGS)
COMPILER_LIBS := -l:libfyaml.a -l:libcrypto.a -lm -ldl
COMPILER_CFLAGS = $(ALL_CFLAGS) -fPIC -Icompiler -I. -I$(B)/grammar

# ---- what is made of what ----

# The parts that need a large library are objects of their own, opened on demand.
NATIVE_SRC := $(wildcard compiler/emit/native*.c)
GRAPHVIZ_SRC := $(wildcard compiler/emit/graphviz*.c)
XML_SRC := $(wildcard compiler/import/xml_sax*.c)
COMPILER_SRC := $(filter-out $(NATIVE_SRC) $(GRAPHVIZ_SRC) $(XML_SRC),$(wildcard compiler/*/*.c))
RUNTIME_SRC := $(wildcard runtime/*.c)
GRAMMAR_OBJ := $(B)/grammar/weft_parse.o $(B)/grammar/weft_lex.o

objects = $(patsubst %.c,$(B)/%.o,$(1))
COMPILER_OBJ := $(call objects,$(COMPILER_SRC)) $(GRAMMAR_OBJ)
NATIVE_OBJ := $(call objects,$(NATIVE_SRC))
GRAPHVIZ_OBJ := $(call objects,$(GRAPHVIZ_SRC))
XML_OBJ := $(call objects,$(XML_SRC))
RUNTIME_OBJ := $(call objects,$(RUNTIME_SRC))
# libweftrt.a goes into executables that are linked statically: no sanitizer, whatever the mode.
ARCHIVE_OBJ := $(patsubst runtime/%.c,$(B)/archive/%.o,$(RUNTIME_SRC))

PROGRAM := $(B)/weft
RUNNER := $(B)/weft-cwl-runner
ARCHIVE := $(B)/libweftrt.a
PARTS := $(if $(NATIVE_SRC),$(B)/weft-native.so) $(if $(GRAPHVIZ_SRC),$(B)/weft-graphviz.so) \
  $(B)/weft-xml.so

LIBDIR := $(shell $(CC) -print-file-name=libcrypto.a | xargs dirname)

.SUFFIXES:
.SECONDARY:
.DELETE_ON_ERROR:
.PHONY: all
all: $(PROGRAM) $(RUNNER) $(PARTS) $(ARCHIVE) ## the program, its parts and the runtime library

# Objects are made anew when the flags change.
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS) $(LDFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS) $(LDFLAGS)' > $@
.PHONY: FORCE
FORCE:

$(B)/grammar/weft_parse.c $(B)/grammar/weft_parse.h &: grammar/weft.y
	@mkdir -p $(@D)
	bison -Werror -o $(B)/grammar/weft_parse.c --defines=$(B)/grammar/weft_parse.h $<

$(B)/grammar/weft_lex.c: grammar/weft.l
	@mkdir -p $(@D)
	flex -o $@ $<

$(GRAMMAR_OBJ): $(B)/%.o: $(B)/%.c $(B)/flags | $(B)/grammar/weft_parse.h
	$(CC) $(COMPILER_CFLAGS) -c -o $@ $<

$(B)/compiler/%.o: compiler/%.c $(B)/flags | $(B)/grammar/weft_parse.h
	@mkdir -p $(@D)
	$(CC) $(COMPILER_CFLAGS) $(EXTRA_CFLAGS) -c -o $@ $<

# The functions that exported JavaScript needs, as bytes: those of expressions, and those of CWL documents.
$(B)/js_library.inc: $(filter-out %/cwl.js,$(wildcard compiler/emit/js/*.js))
$(B)/js_cwl.inc: compiler/emit/js/cwl.js
$(B)/js_library.inc $(B)/js_cwl.inc:
	@mkdir -p $(@D)
	cat $^ | od -An -v -tx1 | sed 's/ \(..\)/0x\1,/g' > $@

$(B)/compiler/emit/js_library.o: $(B)/js_library.inc $(B)/js_cwl.inc
$(B)/compiler/emit/js_library.o: EXTRA_CFLAGS = -I$(B)

$(NATIVE_OBJ): EXTRA_CFLAGS = -isystem $(shell $(LLVM_CONFIG) --includedir)
$(GRAPHVIZ_OBJ): EXTRA_CFLAGS = -isystem /usr/include/graphviz
$(XML_OBJ): EXTRA_CFLAGS = -isystem /usr/include/libxml2

# Everything global stays visible: the parts that are opened on demand use it.
$(PROGRAM): $(COMPILER_OBJ)
	$(CC) $(MODE_FLAGS) $(LDFLAGS) -rdynamic -o $@ $^ $(COMPILER_LIBS)

$(RUNNER): compiler/driver/weft-cwl-runner
	install -m 755 -D $< $@

$(B)/weft-native.so: $(NATIVE_OBJ)
	$(CC) $(MODE_FLAGS) $(LDFLAGS) -shared -o $@ $^ $$($(LLVM_CONFIG) --ldflags --libs)

$(B)/weft-graphviz.so: $(GRAPHVIZ_OBJ)
	$(CC) $(MODE_FLAGS) $(LDFLAGS) -shared -o $@ $^ -lgvc -lcgraph

$(B)/weft-xml.so: $(XML_OBJ)
	$(CC) $(MODE_FLAGS) $(LDFLAGS) -shared -o $@ $^ -lxml2

# ---- the runtime library: one object that brings along what it uses of other libraries, their names hidden ----

ARCHIVE_CFLAGS = -std=gnu17 -D_GNU_SOURCE= $(WARNINGS) -O2 -g0 -MMD -MP -Iruntime -ffunction-sections \
  -fdata-sections -fno-asynchronous-unwind-tables -fno-pie

$(B)/archive/%.o: runtime/%.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(ARCHIVE_CFLAGS) -c -o $@ $<

$(B)/archive/weftrt.o: $(ARCHIVE_OBJ)
	ld -r -o $@ $^ -L$(LIBDIR) -l:libfyaml.a -l:libcrypto.a
	objcopy --wildcard --keep-global-symbol='rt_*' --strip-debug $@

# JavaScript is another object, which the linker takes only for executables that ask for it.  The engine is compiled
# here, since how it is told to stop is decided when it is.
JS_OBJ := $(patsubst runtime/js/%.c,$(B)/archive/js/%.o,$(wildcard runtime/js/*.c))

$(B)/archive/js/%.o: runtime/js/%.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(ARCHIVE_CFLAGS) -isystem /usr/share/duktape -c -o $@ $<

$(B)/archive/rtjs.o: $(JS_OBJ)
	ld -r -o $@ $^
	objcopy --wildcard --keep-global-symbol='rt_*' --strip-debug $@

$(ARCHIVE): $(B)/archive/weftrt.o $(B)/archive/rtjs.o
	rm -f $@
	ar rcsD $@ $^

$(B)/runtime/%.o: runtime/%.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Iruntime -c -o $@ $<

# ---- unit tests: one program for the compiler, one for the runtime (test_rt_*.c) ----

UNIT_RT_SRC := $(wildcard tests/unit/test_rt_*.c tests/unit/rt_*.c)
UNIT_SRC := $(filter-out $(UNIT_RT_SRC) tests/unit/main.c,$(wildcard tests/unit/*.c))
suites = $(sort $(patsubst tests/unit/test_%.c,%,$(filter tests/unit/test_%,$(1))))

$(B)/unit/suites.def: ROWS := $(foreach s,$(call suites,$(UNIT_SRC)),SUITE($(s)))
$(B)/unit-rt/suites.def: ROWS := $(foreach s,$(call suites,$(UNIT_RT_SRC)),SUITE($(s)))
$(B)/unit/suites.def $(B)/unit-rt/suites.def: FORCE
	@mkdir -p $(@D)
	@echo '$(ROWS)' | cmp -s - $@ || echo '$(ROWS)' > $@

UNIT_FLAGS = -DTEST_DIR='"$(abspath tests)"'
$(B)/unit/%.o: tests/unit/%.c $(B)/unit/suites.def $(B)/flags | $(B)/grammar/weft_parse.h
	@mkdir -p $(@D)
	$(CC) $(COMPILER_CFLAGS) $(UNIT_FLAGS) -I$(B)/unit -c -o $@ $<
$(B)/unit-rt/%.o: tests/unit/%.c $(B)/unit-rt/suites.def $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(UNIT_FLAGS) -I. -Iruntime -I$(B)/unit-rt -c -o $@ $<

$(B)/unit-compiler: $(patsubst tests/unit/%.c,$(B)/unit/%.o,$(UNIT_SRC) tests/unit/main.c) \
  $(filter-out %/driver/main.o,$(COMPILER_OBJ))
	$(CC) $(MODE_FLAGS) $(LDFLAGS) -rdynamic -o $@ $^ -lcunit $(COMPILER_LIBS)
$(B)/unit-runtime: $(patsubst tests/unit/%.c,$(B)/unit-rt/%.o,$(UNIT_RT_SRC) tests/unit/main.c) $(RUNTIME_OBJ)
	$(CC) $(MODE_FLAGS) $(LDFLAGS) -o $@ $^ -lcunit -l:libfyaml.a -l:libcrypto.a -lm

.PHONY: unit
unit: $(B)/unit-compiler $(B)/unit-runtime ## build the unit tests

# ---- random workflows ----

RANDOM_OBJ := $(patsubst tests/random/%.c,$(B)/random/%.o,$(wildcard tests/random/*.c))
$(B)/random/%.o: tests/random/%.c $(B)/flags | $(B)/grammar/weft_parse.h
	@mkdir -p $(@D)
	$(CC) $(COMPILER_CFLAGS) -DSTDLIB_DIR='"$(abspath stdlib)"' -c -o $@ $<
$(B)/random-workflows: $(RANDOM_OBJ) $(filter-out %/driver/main.o,$(COMPILER_OBJ))
	$(CC) $(MODE_FLAGS) $(LDFLAGS) -rdynamic -o $@ $^ $(COMPILER_LIBS)

.PHONY: random
random: $(B)/random-workflows ## build the test of random workflows

# ---- fuzzing, with clang's libFuzzer ----

FUZZ_RT_SRC := $(wildcard tests/fuzz/fuzz_rt_*.c)
FUZZ_SRC := $(filter-out $(FUZZ_RT_SRC),$(wildcard tests/fuzz/fuzz_*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/%,$(FUZZ_SRC) $(FUZZ_RT_SRC))

$(patsubst tests/fuzz/%.c,$(B)/%,$(FUZZ_SRC)): $(B)/%: tests/fuzz/%.c $(XML_OBJ) \
  $(filter-out %/driver/main.o,$(COMPILER_OBJ))
	$(CC) $(COMPILER_CFLAGS) -fsanitize=fuzzer -rdynamic -o $@ $(filter %.c %.o,$^) $(COMPILER_LIBS) -lxml2
$(patsubst tests/fuzz/%.c,$(B)/%,$(FUZZ_RT_SRC)): $(B)/%: tests/fuzz/%.c $(RUNTIME_OBJ)
	$(CC) $(ALL_CFLAGS) -I. -Iruntime -fsanitize=fuzzer -o $@ $(filter %.c %.o,$^) -l:libfyaml.a \
	  -l:libcrypto.a -lm

.PHONY: fuzzers fuzz
fuzzers: $(FUZZERS)
fuzz: ## fuzz each reader for SECONDS (120), keeping what is new in build/fuzz/new/
	@$(MAKE) --no-print-directory --silent MODE=fuzz fuzzers
	tests/fuzz/run --seconds $(SECONDS)

# ---- tests ----

.PHONY: check asan bless bench
check: deps-check ## all tests; the last line says how many passed, failed and were skipped
	@$(MAKE) --no-print-directory --silent all unit random
	@$(MAKE) --no-print-directory --silent MODE=asan all unit
	@$(MAKE) --no-print-directory --silent MODE=fuzz fuzzers
	@tests/check

asan: ## the unit and golden tests under the address and undefined behaviour sanitizers
	@$(MAKE) --no-print-directory --silent MODE=asan all unit
	@tests/check asan

bless: all ## rewrite what the golden test T=path/x.wf expects
	tests/golden/run --bless $(T)

bench: all deps-bench ## ratios against other engines and plain C
	tests/bench/run

# ---- layout and lint ----

C_FILES := $(wildcard compiler/*/*.[ch] runtime/*.[ch] tests/*/*.[ch])
SHELL_FILES := $(shell grep -lsE '^\#!.*\b(ba)?sh$$' .ci/* tests/check tests/*/* corpus/*/* compiler/driver/*)
TIDY_STAMPS := $(patsubst %.c,build/tidy/%.ok,$(COMPILER_SRC) $(NATIVE_SRC) $(GRAPHVIZ_SRC) $(XML_SRC) $(RUNTIME_SRC))

.PHONY: format format-check tidy shell-check
format: ## lay the C files out
	clang-format -i $(C_FILES)
format-check:
	clang-format --dry-run --Werror $(C_FILES)
shell-check:
	shellcheck -S warning -x -P SCRIPTDIR $(SHELL_FILES)

# Paths through a function without end: the analyzer gets a bound, and with it seconds a file become tenths.
TIDY = clang-tidy --quiet $(addprefix --extra-arg=-Xclang --extra-arg=,-analyzer-config max-nodes=20000)
tidy: $(TIDY_STAMPS) ## clang-tidy, one file a process
build/tidy/compiler/%.ok: compiler/%.c .clang-tidy $(wildcard compiler/*/*.h) | build/grammar/weft_parse.h build/js_library.inc build/js_cwl.inc
	@mkdir -p $(@D)
	$(TIDY) $< -- -std=gnu17 -D_GNU_SOURCE= -Icompiler -I. -Ibuild/grammar -Ibuild \
	  -isystem $(shell $(LLVM_CONFIG) --includedir) -isystem /usr/include/graphviz -isystem /usr/include/libxml2
	@touch $@
build/tidy/runtime/%.ok: runtime/%.c .clang-tidy $(wildcard runtime/*.h)
	@mkdir -p $(@D)
	$(TIDY) $< -- -std=gnu17 -D_GNU_SOURCE= -Iruntime
	@touch $@

# ---- packages that are missing ----

# Say which of the packages are missing, then install them; where there is no apt, name them and stop.
# LLVM is wanted in the newest version that there is, of those that will do. The data of bowtie2-examples are documents
# to Debian, which small images leave out.
INSTALL = @set -e; missing=; \
  for p in $(1); do dpkg-query -W -f='$${db:Status-Abbrev}' $$p 2>&1 | grep -q '^ii' || missing="$$missing $$p"; done; \
  [ -n "$(LLVM_CONFIG)" ] || missing="$$missing llvm-dev-16-or-newer"; \
  [ -n "$$missing" ] || exit 0; \
  command -v apt-get > /dev/null || { echo "missing (names of Debian packages):$$missing" >&2; exit 1; }; \
  root=; [ "$$(id -u)" = 0 ] || root=sudo; \
  [ -z "$$root" ] || command -v sudo > /dev/null || { echo "install as root:$$missing" >&2; exit 1; }; \
  $$root apt-get update -qq; \
  llvm=$$(apt-cache pkgnames llvm- | grep -xE 'llvm-(1[6-9]|20)-dev' | sort -V | tail -n 1); \
  missing=$$(echo $$missing | sed "s/llvm-dev-16-or-newer/$$llvm/"); \
  echo "installing: $$missing"; \
  $$root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
    -o 'Dpkg::Options::=--path-include=/usr/share/doc/bowtie2*' $$missing > /dev/null

.PHONY: deps deps-build deps-check deps-demo deps-bench
deps: deps-check ## install the packages that building and testing need (apt)
deps-build:
	$(call INSTALL,$(DEPS_BUILD))
deps-check:
	$(call INSTALL,$(DEPS_BUILD) $(DEPS_CHECK))
deps-demo:
	$(call INSTALL,$(DEPS_BUILD) $(DEPS_DEMO))
deps-bench:
	$(call INSTALL,$(DEPS_BUILD) $(DEPS_BENCH))

# ---- demonstration ----

.PHONY: demo
DEMO := build/demo
demo: deps-demo ## install what is missing, build, and run a real analysis
	@$(MAKE) --no-print-directory --silent all
	corpus/variants/make-data $(DEMO)/data
	$(PROGRAM) build corpus/variants/variants.wf -o $(DEMO)/variants
	$(DEMO)/variants --samples $(DEMO)/data/samples.tsv --ref $(DEMO)/data/lambda.fa --out $(DEMO)/results
	@printf '%s\n' '' 'The results are in $(DEMO)/results. What to type next:' \
	  '  $(DEMO)/variants --help                          its inputs and options' \
	  '  make demo                                        again: nothing that is done is repeated' \
	  '  $(PROGRAM) graph corpus/variants/variants.wf -o $(DEMO)/variants.svg' \
	  '  less docs/tutorial.md                            a workflow of your own'

# ---- installation ----

MAN_COMMANDS = $(shell sed -n 's/^COMMAND.\([a-z]*\),.*/\1/p' compiler/driver/commands.def)
ROOT = $(DESTDIR)$(PREFIX)
COMPLETIONS = $(ROOT)/share/bash-completion/completions/weft $(ROOT)/share/zsh/site-functions/_weft

.PHONY: install uninstall
install: all ## install below PREFIX (/usr/local), under DESTDIR
	install -d $(ROOT)/bin $(ROOT)/lib/weft $(ROOT)/lib/pkgconfig $(ROOT)/share/weft/std $(ROOT)/share/man/man1 \
	  $(dir $(COMPLETIONS))
	install -m 755 $(PROGRAM) $(RUNNER) $(ROOT)/bin/
	install -m 644 $(PARTS) $(ARCHIVE) $(ROOT)/lib/weft/
	install -m 644 $(wildcard stdlib/*.wf) $(ROOT)/share/weft/std/
	$(PROGRAM) completions bash > $(word 1,$(COMPLETIONS))
	$(PROGRAM) completions zsh > $(word 2,$(COMPLETIONS))
	$(PROGRAM) help --man > $(ROOT)/share/man/man1/weft.1
	for c in $(MAN_COMMANDS); do $(PROGRAM) help --man $$c > $(ROOT)/share/man/man1/weft-$$c.1 || exit 1; done
	printf '%s\n' 'prefix=$(PREFIX)' 'Name: weft' 'Description: runtime library of compiled workflows' \
	  'Version: $(VERSION)' 'Libs: -L$${prefix}/lib/weft -lweftrt -lm' > $(ROOT)/lib/pkgconfig/weft.pc

uninstall: ## remove what install put there
	rm -rf $(ROOT)/lib/weft $(ROOT)/share/weft
	rm -f $(ROOT)/bin/weft $(ROOT)/bin/weft-cwl-runner $(ROOT)/lib/pkgconfig/weft.pc $(COMPLETIONS) $(ROOT)/share/man/man1/weft.1 \
	  $(foreach c,$(MAN_COMMANDS),$(ROOT)/share/man/man1/weft-$(c).1)

.PHONY: clean help
clean: ## remove build/
	rm -rf build
help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | sort | awk -F '\t' '{printf "  make %-10s %s\n", $$1, $$2}'
	@echo; echo "MODE=release|debug|asan|cov, CFLAGS, LDFLAGS, PREFIX and DESTDIR have their usual meaning."

-include $(shell find $(B) -name '*.d' 2>/dev/null)
