/* test_rt_batch.c: preparations, tasks alone, their files and marks. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "batch.h"
#include "glob.h"
#include "rt_programs.h"
#include "rt_runs.h"
#include "rt_types.h"
#include "spec.h"

CU_ErrorCode suite_rt_batch(void);

static int prepare(const char *program, const char *words) {
  char all[2000];
  snprintf(all, sizeof all, "%s --prepare %s", words, in_dir("tasks"));
  return run_program(program, all);
}

static int element(const char *program, int number) {
  char words[1200];
  snprintf(words, sizeof words, "--element %s %d", in_dir("tasks"), number);
  return run_program(program, words);
}

/* A number in the last line of what was told. */
static int told(const char *name) {
  char field[40];
  snprintf(field, sizeof field, "\"%s\": ", name);
  const char *last = NULL;
  for (const char *at = run_out; (at = strstr(at, field)); at++) last = at;
  return last ? atoi(last + strlen(field)) : -1;
}

#define BLOCKED (strstr(run_out, "\"blocked\": true") != NULL)

/* Prepare and run elements until nothing is later: how many ran. */
static int go_through(const char *program, const char *words) {
  int count = 0;
  for (int rounds = 0; rounds < 30; rounds++) {
    if (prepare(program, words)) return -1;
    int blocked = BLOCKED, tasks = told("tasks");
    for (int i = 0; i < tasks; i++, count++)
      if (element(program, i)) return -1;
    if (!blocked) return count;
  }
  return -1;
}

/* Each test has a directory of its own: what is before /results/ in paths goes. */
static void drop_folders(char *text) {
  char *into = text;
  for (const char *at = text; *at;) {
    const char *name = strncmp(at, "\"/", 2) == 0 ? strstr(at, "/results/") : NULL;
    *into++ = *at++;
    if (name) at = name;
  }
  *into = 0;
}

static void same_results(void) {
  static const struct {
    const char *program, *words;
    int tasks;
  } cases[] = {{"say", "--n 5", 5},    {"say", "--n 0", 0},    {"make", "--n 4", 4},  {"same", "--n 4", 1},
               {"fold", "--n 6", 6},   {"loop", "--n 3", 0},   {"tree", "--n 5", 4},  {"branch", "--n 9", 1},
               {"branch", "--n 2", 0}, {"square", "--n 5", 0}, {"outer", "--n 3", 4}, {"count", "--n 3", 3}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char native[8192], finish[200];
    CU_ASSERT_EQUAL(run_program(cases[i].program, cases[i].words), 0);
    memcpy(native, run_out, sizeof native);
    test_clean();
    int ran = go_through(cases[i].program, cases[i].words);
    CU_ASSERT_EQUAL(ran, cases[i].tasks);
    run_ran();
    snprintf(finish, sizeof finish, "%s --finish", cases[i].words);
    CU_ASSERT_EQUAL(run_program(cases[i].program, finish), 0);
    CU_ASSERT_EQUAL(run_ran(), 0);
    drop_folders(native);
    drop_folders(run_out);
    CU_ASSERT_STRING_EQUAL(native, run_out);
    test_clean();
  }
}

static void what_waits(void) {
  CU_ASSERT_EQUAL(prepare("make", "--n 4"), 0);
  CU_ASSERT_EQUAL(told("tasks"), 4);
  CU_ASSERT_FALSE(BLOCKED);
  CU_ASSERT_EQUAL(prepare("say", "--n 4"), 0);
  CU_ASSERT_FALSE(BLOCKED); /* only results wait */
  CU_ASSERT_EQUAL(prepare("fold", "--n 4"), 0);
  CU_ASSERT_EQUAL(told("tasks"), 1);
  CU_ASSERT_TRUE(BLOCKED);
  CU_ASSERT_EQUAL(prepare("outer", "--n 2"), 0);
  CU_ASSERT_PTR_NOT_NULL(strstr(run_out, "\"level\": 1, \"needs\": [0]"));
  CU_ASSERT_EQUAL(prepare("ask", "--n 1"), 0);
  CU_ASSERT_TRUE(BLOCKED);
  CU_ASSERT_PTR_NOT_NULL(strstr(run_out, "\"why\": \"an answer\""));
  CU_ASSERT_EQUAL(run_ran(), 0);
  CU_ASSERT_EQUAL(prepare("big", "--n 1"), 0); /* whether there is room is for others to say */
  CU_ASSERT_EQUAL(prepare("broken", "--n 9"), 1);
  SAYS("R0106");
  test_clean();
}

static void both_ways(void) {
  CU_ASSERT_EQUAL(prepare("make", "--n 4"), 0);
  CU_ASSERT_EQUAL(element("make", 1), 0);
  CU_ASSERT_EQUAL(element("make", 1), 0);
  CU_ASSERT_EQUAL(run_ran(), 1);
  CU_ASSERT_EQUAL(run_program("make", "--n 4"), 0); /* a run finds it */
  CU_ASSERT_EQUAL(run_ran(), 3);
  CU_ASSERT_EQUAL(prepare("make", "--n 4"), 0); /* and a preparation what a run has done */
  CU_ASSERT_EQUAL(told("found"), 4);
  CU_ASSERT_EQUAL(prepare("make", "--n 4 --fresh"), 0);
  CU_ASSERT_EQUAL(told("tasks"), 4);
  CU_ASSERT_EQUAL(element("make", 0), 0);
  CU_ASSERT_EQUAL(prepare("make", "--n 4"), 0); /* nothing else from before, until the end */
  CU_ASSERT_EQUAL(told("found"), 1);
  test_clean();
}

static void failures(void) {
  CU_ASSERT_EQUAL(prepare("fail", "--n 3"), 0);
  CU_ASSERT_EQUAL(element("fail", 0), 0);
  CU_ASSERT_EQUAL(run_ran(), 1);
  int failed = -1;
  for (int i = 1; i < 3; i++)
    if (element("fail", i)) failed = i;
  CU_ASSERT_NOT_EQUAL(failed, -1);
  CU_ASSERT_EQUAL(run_ran(), 4); /* one, and three attempts */
  CU_ASSERT_EQUAL(run_program("fail", "--n 3 --finish"), 1);
  SAYS("exit status 1");
  SAYS("failed or not done: 1;");
  CU_ASSERT_EQUAL(run_ran(), 0);
  test_clean();
  CU_ASSERT_EQUAL(prepare("lost", "--n 1"), 0);
  CU_ASSERT_EQUAL(element("lost", 0), 1);
  SAYS("R0103");
  CU_ASSERT_EQUAL(element("lost", 7), 2);
  test_clean();
}

static void lists(void) {
  CU_ASSERT_EQUAL(run_program("make", "--n 3 --list-tasks"), 0);
  CU_ASSERT_PTR_NOT_NULL(strstr(run_out, "\"dir\": \"make/2\""));
  CU_ASSERT_PTR_NOT_NULL(strstr(run_out, "{\"/\": \"store/make/1/out\"}"));
  CU_ASSERT_EQUAL(run_program("same", "--n 3 --list-tasks"), 0);
  CU_ASSERT_PTR_NULL(strstr(run_out, "\"task\": 1"));
  CU_ASSERT_EQUAL(run_program("fold", "--n 3 --list-tasks"), 1);
  SAYS("R0122");
  CU_ASSERT_EQUAL(access(in_dir("results"), F_OK), -1);
  test_clean();
}

/* ---- files of tasks ---- */

static int reads(const char *data, size_t len, int64_t number) {
  int fd = open(in_dir("damaged"), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  CU_ASSERT_EQUAL_FATAL(write(fd, data, len), (ssize_t)len);
  close(fd);
  RtArena *arena = arena_new();
  Spec spec;
  RtError error;
  int done = spec_read(&spec, in_dir("damaged"), number, test_program("make"), arena, &error);
  arena_free(arena);
  return done;
}

static void damaged_specs(void) {
  static char data[8192];
  CU_ASSERT_EQUAL(prepare("make", "--n 3"), 0);
  int fd = open(in_dir("tasks"), O_RDONLY);
  ssize_t len = read(fd, data, sizeof data);
  close(fd);
  CU_ASSERT_FATAL(len > 0 && len < (ssize_t)sizeof data);
  for (int i = 0; i < 3; i++) CU_ASSERT_TRUE(reads(data, (size_t)len, i));
  CU_ASSERT_FALSE(reads(data, (size_t)len, 3));
  CU_ASSERT_FALSE(reads(data, (size_t)len, INT64_MAX));
  for (ssize_t cut = 0; cut < len; cut += 3) CU_ASSERT_FALSE(reads(data, (size_t)cut, 2));
  for (ssize_t at = 0; at < len; at++) { /* what is read is right, or is refused: nothing crashes */
    char before = data[at];
    data[at] = (char)(before ^ (1 << at % 8));
    reads(data, (size_t)len, at % 3);
    data[at] = before;
  }
  test_clean();
}

/* ---- digests ---- */

static const RtFile *file_of(RtArena *arena, const char *path, uint8_t promised) {
  RtFile *file = arena_alloc(arena, sizeof *file);
  file->path = arena_string(arena, path, strlen(path));
  file->promised = promised;
  return file;
}

static void digests(void) {
  RtArena *arena = arena_new();
  RtDigest a, b;
  const RtFile *one = file_of(arena, "/s/store/abc/x", 1), *moved = file_of(arena, "/t/store/abc/x", 0);
  CU_ASSERT_EQUAL(value_digest_made(&t_file, &one, "/s/store/", &a), 0);
  CU_ASSERT_EQUAL(value_digest_made(&t_file, &moved, "/t/store/", &b), 0);
  CU_ASSERT_EQUAL(memcmp(&a, &b, sizeof a), 0); /* wherever the state directory is, done or not */
  const RtFile *other = file_of(arena, "/s/store/abc/y", 1);
  CU_ASSERT_EQUAL(value_digest_made(&t_file, &other, "/s/store/", &b), 0);
  CU_ASSERT_NOT_EQUAL(memcmp(&a, &b, sizeof a), 0);
  const RtFile *own = file_of(arena, test_write("own", "abc/x"),
                              0); /* contents, even if they look like a name */
  CU_ASSERT_EQUAL(value_digest_made(&t_file, &own, "/s/store/", &b), 0);
  CU_ASSERT_NOT_EQUAL(memcmp(&a, &b, sizeof a), 0);
  RtDigest plain;
  CU_ASSERT_EQUAL(value_digest(&t_file, &own, &plain), 0);
  CU_ASSERT_EQUAL(memcmp(&plain, &b, sizeof b), 0);
  arena_free(arena);
  test_clean();
}

CU_ErrorCode suite_rt_batch(void) {
  CU_pSuite suite = CU_add_suite("rt_batch", NULL, NULL);
  CU_add_test(suite, "the same results", same_results);
  CU_add_test(suite, "what waits", what_waits);
  CU_add_test(suite, "runs and preparations find each other's work", both_ways);
  CU_add_test(suite, "failing tasks", failures);
  CU_add_test(suite, "lists of tasks", lists);
  CU_add_test(suite, "damaged files of tasks", damaged_specs);
  CU_add_test(suite, "digests of what is promised", digests);
  return CU_get_error();
}
