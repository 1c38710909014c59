/* The command line of an executable. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "rt_types.h"
#include "cli.h"
#include "text.h"

CU_ErrorCode suite_rt_cli(void);

typedef struct Slots {
  RtFrameHead head;
  int64_t count, twice;
  const RtArray *names;
  uint8_t fast;
  const RtString *out;
} Slots;

static void twice_of_count(RtCtx *ctx, char *frame) {
  (void)ctx;
  ((Slots *)(void *)frame)->twice = 2 * ((Slots *)(void *)frame)->count;
}

static void no_names(RtCtx *ctx, char *frame) { ((Slots *)(void *)frame)->names = rt_array_new(ctx, 0, 8); }

static void empty_out(RtCtx *ctx, char *frame) { ((Slots *)(void *)frame)->out = rt_string(ctx, "", 0); }

static void slow(RtCtx *ctx, char *frame) {
  (void)ctx;
  ((Slots *)(void *)frame)->fast = 0;
}

static const RtPort ports[] = {
    {.name = "the_count", .doc = "how many", .type = &t_int, .offset = offsetof(Slots, count)},
    {.name = "twice",
     .type = &t_int,
     .offset = offsetof(Slots, twice),
     .fallback = twice_of_count,
     .fallback_text = "2 * the_count"},
    {.name = "names",
     .type = &t_strings,
     .offset = offsetof(Slots, names),
     .fallback = no_names,
     .fallback_text = "[]"},
    {.name = "fast",
     .type = &t_bool,
     .offset = offsetof(Slots, fast),
     .fallback = slow,
     .fallback_text = "false"},
    {.name = "out",
     .type = &t_string,
     .offset = offsetof(Slots, out),
     .fallback = empty_out,
     .fallback_text = "\"\""}};

static const RtProgram program = {.abi = RT_ABI,
                                  .name = "main",
                                  .doc = "Counts things.",
                                  .identity = "0123456789abcdef",
                                  .weft_version = "1.0",
                                  .source = "x.wf",
                                  .in_count = 5,
                                  .ins = ports};

enum { MOST = 40 };

/* What one command line came to. */
typedef struct Parsed {
  RtArena *arena;
  RtOptions options;
  Slots frame;
  int status;
  char told[4096]; /* on either stream */
} Parsed;

/* `line` is split at spaces. */
static Parsed *parse(const char *line) {
  static Parsed parsed;
  static char copy[1000];
  char *argv[MOST] = {"./x"}, path[600];
  int argc = 1;
  snprintf(copy, sizeof copy, "%s", line);
  for (char *word = strtok(copy, " "); word && argc < MOST - 1; word = strtok(NULL, " ")) argv[argc++] = word;
  memset(&parsed, 0, sizeof parsed);
  parsed.arena = arena_new();
  fflush(NULL);
  snprintf(path, sizeof path, "%s", test_write("told", ""));
  int told = open(path, O_RDWR), out = dup(1), err = dup(2);
  dup2(told, 1);
  dup2(told, 2);
  parsed.status = cli_parse(&program, argc, argv, &parsed.options, parsed.arena, (char *)&parsed.frame);
  dup2(out, 1);
  dup2(err, 2);
  if (pread(told, parsed.told, sizeof parsed.told - 1, 0) < 0) parsed.told[0] = 0;
  close(told), close(out), close(err);
  return &parsed;
}

static void inputs(void) {
  Parsed *p = parse("--the-count 3 --names a --names=b --names [\"c\",\"d\"] --fast");
  CU_ASSERT_EQUAL_FATAL(p->status, -1);
  CU_ASSERT(p->frame.count == 3 && p->frame.twice == 6 && p->frame.names->len == 4 && p->frame.fast == 1);
  CU_ASSERT_STRING_EQUAL(p->options.out, "results");
  CU_ASSERT_STRING_EQUAL(p->options.state, "results/.weft");
  CU_ASSERT(p->options.jobs == 0 && p->options.gpus == -1);
  arena_free(p->arena);
  p = parse("--the_count=-3 --no-fast --in.out where --out here --twice 1");
  CU_ASSERT_EQUAL_FATAL(p->status, -1);
  CU_ASSERT(p->frame.count == -3 && p->frame.fast == 0 && p->frame.twice == 1 && p->frame.names->len == 0);
  CU_ASSERT_STRING_EQUAL(p->frame.out->bytes, "where");
  CU_ASSERT_STRING_EQUAL(p->options.out, "here");
  arena_free(p->arena);
}

static void options(void) {
  Parsed *p = parse(
      "--the_count 1 -j4 -k --memory 2GiB --gpus 0 --fresh --dry-run --explain --quiet --report r.html "
      "--trace t.json --state /s --only a[3]/b --answer q1=yes --answer q2=a=b");
  CU_ASSERT_EQUAL_FATAL(p->status, -1);
  const RtOptions *o = &p->options;
  CU_ASSERT(o->jobs == 4 && o->memory == 2147483648.0 && o->gpus == 0 && o->keep_going && o->fresh &&
            o->dry_run);
  CU_ASSERT(o->explain && o->quiet && o->answer_count == 2);
  CU_ASSERT_STRING_EQUAL(o->answers[1].id, "q2");
  CU_ASSERT_STRING_EQUAL(o->answers[1].value, "a=b");
  CU_ASSERT_STRING_EQUAL(o->only, "a[3]/b");
  CU_ASSERT_STRING_EQUAL(o->state, "/s");
  arena_free(p->arena);
}

static void document(void) {
  char line[700];
  snprintf(line, sizeof line, "--inputs %s --names x",
           test_write("in.json", "{\"the_count\": 5, \"names\": [\"a\", \"b\"]}"));
  Parsed *p = parse(line);
  CU_ASSERT_EQUAL_FATAL(p->status, -1);
  CU_ASSERT(p->frame.count == 5 && p->frame.names->len == 1); /* flags go before the document */
  arena_free(p->arena);
}

static void problems(void) {
  static const struct {
    const char *line, *told;
  } rows[] = {
      {"", "error[R0004]: the input --the_count (Int) is missing\n  help: how many\n"},
      {"--the_cuont 1", "error[R0001]: unknown flag --the_cuont\n  help: did you mean --the_count?\n"},
      {"--the_count", "error[R0002]: --the_count needs a value (Int)"},
      {"--the_count --fast", "error[R0002]"},
      {"--the_count 1x", "error[R0020]: --the_count: \"1x\" is not an Int"},
      {"--the_count 1 --the_count 2", "error[R0005]"},
      {"--the_count 1 stray", "error[R0003]"},
      {"--the_count 1 --fresh=yes", "error[R0007]"},
      {"--the_count 1 -j 0", "error[R0006]: --jobs: \"0\""},
      {"--the_count 1 --memory 3s", "error[R0025]: --memory"},
      {"--the_count 1 --answer x", "error[R0006]"},
      {"--the_count 1 -z", "error[R0001]: unknown flag -z"},
      {"--the_count 1 --inputs /nonexistent.json", "error[R0010]: --inputs"},
      {"--the_count 1 --fast=maybe", "error[R0023]: --fast"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    Parsed *p = parse(rows[i].line);
    CU_ASSERT_EQUAL(p->status, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(p->told, rows[i].told));
    if (!strstr(p->told, rows[i].told)) fprintf(stderr, "  %s -> %s", rows[i].line, p->told);
    CU_ASSERT_PTR_NOT_NULL(strstr(p->told, "try './x --help'"));
    arena_free(p->arena);
  }
  Parsed *p = parse("--wrong 1 --the_count x stray -j no");
  CU_ASSERT(strstr(p->told, "R0003") && strstr(p->told, "R0001") && strstr(p->told, "R0020") &&
            strstr(p->told, "R0006"));
  arena_free(p->arena);
}

static void help(void) {
  Parsed *p = parse("--help --nonsense");
  CU_ASSERT_EQUAL(p->status, 0);
  static const char *const parts[] = {"main: Counts things.",     "Usage: ./x --the_count Int [OPTIONS]",
                                      "--the_count Int",          "how many (required)",
                                      "(default: 2 * the_count)", "--fast | --no-fast",
                                      "--in.out String",          "-j, --jobs N"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) CU_ASSERT_PTR_NOT_NULL(strstr(p->told, parts[i]));
  arena_free(p->arena);
  p = parse("--version");
  CU_ASSERT_EQUAL(p->status, 0);
  CU_ASSERT_STRING_EQUAL(p->told, "main (weft 1.0) 0123456789abcdef\n");
  arena_free(p->arena);
}

static int clean_up(void) {
  test_clean();
  return 0;
}

CU_ErrorCode suite_rt_cli(void) {
  CU_pSuite suite = CU_add_suite("rt_cli", NULL, clean_up);
  CU_add_test(suite, "inputs", inputs);
  CU_add_test(suite, "options", options);
  CU_add_test(suite, "document", document);
  CU_add_test(suite, "problems", problems);
  CU_add_test(suite, "help", help);
  return CU_get_error();
}
