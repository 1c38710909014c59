/* test_rt_sched.c: whole runs of small workflows: what runs, what does not, what is left behind. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "glob.h"
#include "rt_runs.h"
#include "rt_types.h"
#include "tree.h"

CU_ErrorCode suite_rt_sched(void);

static int count_files(const char *pattern) {
  GlobList found = {0};
  int dir = open(test_dir(), O_RDONLY | O_DIRECTORY);
  int count = glob_find(dir, pattern, &found) == 0 ? (int)found.count : 0;
  glob_free(&found);
  close(dir);
  return count;
}

static void sleep_ms(long ms) {
  struct timespec time = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&time, NULL);
}

static void maps(void) {
  CU_ASSERT_EQUAL(run_program("say", "--n 5"), 0);
  GIVES("{\"out\": [0, 1, 2, 3, 4]}\n");
  SAYS("5 tasks run");
  CU_ASSERT_EQUAL(run_ran(), 5);
  CU_ASSERT_EQUAL(run_program("say", "--n 6"), 0);
  GIVES("{\"out\": [0, 1, 2, 3, 4, 5]}\n");
  SAYS("1 task run, 5 found done");
  CU_ASSERT_EQUAL(run_ran(), 1);
  CU_ASSERT_EQUAL(run_program("say", "--n 0"), 0);
  GIVES("{\"out\": []}\n");
  CU_ASSERT_EQUAL(run_program("say", "--n -1"), 1);
  SAYS("R0105");
  CU_ASSERT_EQUAL(run_program("square", "--n 5"), 0);
  GIVES("{\"out\": [0, 1, 4, 9, 16]}\n");
  test_clean();
}

static void rounds(void) {
  CU_ASSERT_EQUAL(run_program("fold", "--n 10"), 0);
  GIVES("{\"out\": 45}\n");
  CU_ASSERT_EQUAL(run_program("fold", "--n 0"), 0);
  GIVES("{\"out\": 0}\n");
  CU_ASSERT_EQUAL(run_program("fold", "--n -3"), 1);
  CU_ASSERT_EQUAL(run_program("loop", "--n 100"), 0);
  GIVES("{\"out\": 1023}\n");
  CU_ASSERT_EQUAL(run_program("loop", "--n 3"), 0);
  GIVES("{\"out\": 7}\n");
  CU_ASSERT_EQUAL(run_program("loop", "--n 0"), 0);
  GIVES("{\"out\": 0}\n");
  test_clean();
}

static void trees(void) {
  CU_ASSERT_EQUAL(run_program("tree", "--n 11"), 0);
  GIVES("{\"out\": 385}\n");
  SAYS("10 tasks");
  CU_ASSERT_EQUAL(run_program("tree", "--n 1"), 0);
  GIVES("{\"out\": 0}\n");
  CU_ASSERT_EQUAL(run_program("tree", "--n 0"), 0);
  GIVES("{\"out\": 0}\n");
  test_clean();
}

/* Combines intervals [a, b) in an order that a seed decides: neighbours only, and the whole at the end. */
static int64_t combine_all(int64_t len, unsigned seed) {
  RtArena *arena = arena_new();
  static const RtField fields[] = {{"a", &t_int, 0}, {"b", &t_int, 8}};
  const RtType type = {.kind = RT_RECORD, .align = 8, .size = 16, .field_count = 2, .fields = fields};
  RtArray *array = arena_alloc(arena, sizeof *array + (size_t)len * 16);
  array->len = len;
  for (int64_t i = 0; i < len; i++) memcpy(array->items + 16 * i, (int64_t[]){i, i + 1}, 16);
  Tree *tree = tree_new(&type, array);
  TreePair open[8];
  int count = 0, whole = 0;
  while (!whole) {
    while (count < 8 && tree_ready(tree)) open[count++] = tree_take(tree);
    CU_ASSERT_FATAL(count > 0);
    seed = seed * 1103515245 + 12345;
    int at = (int)(seed >> 16) % count;
    TreePair pair = open[at];
    open[at] = open[--count];
    int64_t left[2], right[2];
    memcpy(left, pair.left->value, 16);
    memcpy(right, pair.right->value, 16);
    CU_ASSERT_EQUAL(left[1], right[0]);
    tree_release(&pair);
    whole = tree_put(tree, pair.node, (int64_t[]){left[0], right[1]});
  }
  int64_t root[2];
  memcpy(root, tree_root(tree), 16);
  tree_free(tree);
  arena_free(arena);
  return root[1] - root[0];
}

static void tree_order(void) {
  for (int64_t len = 2; len < 70; len++)
    for (unsigned seed = 0; seed < 5; seed++) CU_ASSERT_EQUAL(combine_all(len, seed), len);
}

static void branches(void) {
  CU_ASSERT_EQUAL(run_program("branch", "--n 6"), 0);
  GIVES("{\"out\": 6}\n");
  CU_ASSERT_EQUAL(run_program("branch", "--n 5"), 0);
  GIVES("{\"out\": null}\n");
  CU_ASSERT_EQUAL(run_ran(), 1);
  test_clean();
}

static void outer_steps(void) {
  CU_ASSERT_EQUAL(run_program("outer", "--n 4"), 0);
  CU_ASSERT_EQUAL(run_ran(), 5);
  CU_ASSERT_EQUAL(count_files("results/out/*out"), 1);
  CU_ASSERT_EQUAL(count_files("results/out/[123]/out"), 3);
  CU_ASSERT_EQUAL(run_program("outer", "--n 4 --dry-run"), 0);
  SAYS("0 to run now, 5 found done");
  test_clean();
}

static void files(void) {
  CU_ASSERT_EQUAL(run_program("make", "--n 3"), 0);
  CU_ASSERT_PTR_NOT_NULL(strstr(
      run_out,
      "\"size\": 2, \"sha256\": \"9a271f2a916b0b6ee6cecb2426f0b3206ef074578be55d9bc94f6f3fe3ab86aa\""));
  CU_ASSERT_EQUAL(count_files("results/.weft/store/*/out"), 3);
  CU_ASSERT_EQUAL(count_files("results/.weft/store/*/junk"), 0);
  CU_ASSERT_EQUAL(count_files("results/.weft/work"), 0);
  char log[600];
  load_text("results/.weft/log", log, sizeof log);
  CU_ASSERT_PTR_NOT_NULL(strstr(log, "\na note\n"));
  test_clean();
}

static void damaged_files(void) {
  char before[sizeof run_out];
  run_program("make", "--n 4");
  snprintf(before, sizeof before, "%s", run_out);
  run_ran();
  unlink(in_dir("results/out/2/out"));
  CU_ASSERT_EQUAL(run_program("make", "--n 4"), 0);
  CU_ASSERT_EQUAL(run_ran(), 0); /* the store has it still */
  test_write("results/out/3/out", "tampered with");
  CU_ASSERT_EQUAL(run_program("make", "--n 4 --explain"), 0);
  SAYS("changed or is missing");
  CU_ASSERT_EQUAL(run_ran(), 1);
  GIVES(before);
  test_clean();
}

static void same_work(void) {
  CU_ASSERT_EQUAL(run_program("same", "--n 6"), 0);
  CU_ASSERT_EQUAL(run_ran(), 1);
  SAYS("1 task run, 5 found done");
  test_clean();
}

static void volatile_tasks(void) {
  CU_ASSERT_EQUAL(run_program("count", "--n 3"), 0);
  CU_ASSERT_EQUAL(run_program("count", "--n 3 --explain"), 0);
  SAYS("volatile");
  CU_ASSERT_EQUAL(run_ran(), 6);
  test_clean();
}

static void failures(void) {
  CU_ASSERT_EQUAL(run_program("fail", "--n 6 -j1"), 1);
  SAYS("error[R0100]: xs[2]/fail failed: exit status 1");
  SAYS("programs.wf:3:5");
  SAYS("attempt 3 of 3");
  SAYS("    bad\n");
  CU_ASSERT_EQUAL(run_ran(), 5); /* 0, 1, and 2 three times */
  CU_ASSERT_EQUAL(count_files("results/.weft/failed/xs-2.fail/run.sh"), 1);
  char command[700];
  snprintf(command, sizeof command, "sh '%s' 2>/dev/null", in_dir("results/.weft/failed/xs-2.fail/run.sh"));
  int status = system(command);
  CU_ASSERT_EQUAL(WEXITSTATUS(status), 1);
  CU_ASSERT_EQUAL(run_ran(), 1);
  CU_ASSERT_EQUAL(run_program("fail", "--n 6 --keep-going"), 1);
  CU_ASSERT_EQUAL(run_ran(), 6); /* 2 three times, 3, 4, 5 */
  test_clean();
}

static void refusals(void) {
  CU_ASSERT_EQUAL(run_program("lost", "--n 2"), 1);
  SAYS("R0103");
  SAYS("weft-no-such-program");
  CU_ASSERT_EQUAL(run_program("big", "--n 2"), 1);
  SAYS("R0104");
  CU_ASSERT_EQUAL(run_program("broken", "--n 9"), 1);
  SAYS("R0106");
  SAYS("index 9 of an array of 3 elements");
  CU_ASSERT_EQUAL(run_ran(), 0);
  test_clean();
}

static void timeouts(void) {
  CU_ASSERT_EQUAL(run_program("slow", "--n 1"), 1);
  SAYS("R0102");
  CU_ASSERT_NOT_EQUAL(system("pgrep -x -f 'sleep 77' --runstates S >/dev/null"), 0);
  test_clean();
}

static void stopped(void) {
  pid_t pid = run_start("nap", "--n 8");
  sleep_ms(350);
  kill(pid, SIGINT);
  CU_ASSERT_EQUAL(run_finish(pid), 130);
  SAYS("stopped by SIGINT");
  int before = run_ran();
  CU_ASSERT(before > 0 && before < 8);
  CU_ASSERT_EQUAL(run_program("nap", "--n 8"), 0);
  CU_ASSERT_EQUAL(before + run_ran(), 8);
  test_clean();
}

static void killed(void) {
  pid_t pid = run_start("nap", "--n 8");
  sleep_ms(350);
  kill(pid, SIGKILL);
  run_finish(pid);
  sleep_ms(150);
  int before = run_ran();
  CU_ASSERT(before > 0 && before < 8);
  CU_ASSERT_EQUAL(count_files("results/out"), 0);
  CU_ASSERT_EQUAL(run_program("nap", "--n 8"), 0);
  CU_ASSERT(before + run_ran() <= 8 + 2); /* two may have been under way */
  CU_ASSERT_EQUAL(count_files("results/out/*/out"), 7);
  test_clean();
}

static void locked(void) {
  pid_t pid = run_start("nap", "--n 20");
  sleep_ms(150);
  char holder[64];
  CU_ASSERT_EQUAL(run_program("nap", "--n 20"), 1);
  SAYS("R0109");
  snprintf(holder, sizeof holder, "process %d on ", (int)pid);
  SAYS(holder);
  CU_ASSERT_EQUAL(run_finish(pid), 0);
  test_clean();
}

static void append(const char *name, const char *text) {
  FILE *file = fopen(in_dir(name), "a");
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  fputs(text, file);
  fclose(file);
}

static void journals(void) {
  run_program("say", "--n 3");
  append("results/.weft/journal", "01234567 D torn");
  CU_ASSERT_EQUAL(run_program("say", "--n 3"), 0);
  SAYS("3 found done");
  append("results/.weft/journal", "01234567 D not what it says\n");
  run_program("say", "--n 4");
  CU_ASSERT_EQUAL(run_ran(), 4);
  CU_ASSERT_EQUAL(run_program("say", "--n 4"), 0);
  CU_ASSERT_EQUAL(run_ran(), 0);
  test_write("results/.weft/journal", "weft-journal 7\n");
  CU_ASSERT_EQUAL(run_program("say", "--n 3"), 1);
  SAYS("R0110");
  test_write("results/.weft/journal", "what is this\n");
  CU_ASSERT_EQUAL(run_program("say", "--n 3"), 1);
  SAYS("R0111");
  test_clean();
}

static void questions(void) {
  CU_ASSERT_EQUAL(run_program("ask", "--n 0 --answer ok=true"), 0);
  GIVES("{\"out\": true}\n");
  CU_ASSERT_EQUAL(run_program("ask", "--n 0 --answer ok=perhaps"), 1);
  SAYS("R0023");
  pid_t pid = run_start("ask", "--n 0");
  sleep_ms(250);
  test_write("results/.weft/answers/ok", "false\n");
  CU_ASSERT_EQUAL(run_finish(pid), 0);
  SAYS("question ok (Bool): go on?");
  GIVES("{\"out\": false}\n");
  test_clean();
}

static void one_alone(void) {
  CU_ASSERT_EQUAL(run_program("make", "--n 4 --only xs[2]/make"), 0);
  CU_ASSERT_EQUAL(run_ran(), 1);
  CU_ASSERT_EQUAL(run_program("make", "--n 4 --only xs[7]/make"), 1);
  SAYS("R0118");
  test_clean();
}

static void reports(void) {
  char words[2000], page[16384];
  snprintf(words, sizeof words, "--n 6 --report %s", in_dir("report.html"));
  snprintf(words + strlen(words), sizeof words - strlen(words), " --trace %s", in_dir("trace.json"));
  CU_ASSERT_EQUAL(run_program("tree", words), 0);
  load_text("report.html", page, sizeof page);
  CU_ASSERT_PTR_NOT_NULL(strstr(page, "<svg"));
  CU_ASSERT_PTR_NOT_NULL(strstr(page, "</html>"));
  load_text("trace.json", page, sizeof page);
  CU_ASSERT_PTR_NOT_NULL(strstr(page, "\"ph\": \"X\""));
  CU_ASSERT_STRING_EQUAL(page + strlen(page) - 2, "]\n");
  CU_ASSERT_EQUAL(run_program("tree", "--n 3 --report /nowhere/at/all.html"), 1);
  SAYS("R0112");
  test_clean();
}

CU_ErrorCode suite_rt_sched(void) {
  CU_pSuite suite = CU_add_suite("rt_sched", NULL, NULL);
  CU_add_test(suite, "maps", maps);
  CU_add_test(suite, "folds and loops", rounds);
  CU_add_test(suite, "trees", trees);
  CU_add_test(suite, "the order in a tree", tree_order);
  CU_add_test(suite, "branches", branches);
  CU_add_test(suite, "steps of outer frames", outer_steps);
  CU_add_test(suite, "output files", files);
  CU_add_test(suite, "damaged files", damaged_files);
  CU_add_test(suite, "equal tasks run once", same_work);
  CU_add_test(suite, "volatile tasks", volatile_tasks);
  CU_add_test(suite, "failing tasks", failures);
  CU_add_test(suite, "tasks that cannot run", refusals);
  CU_add_test(suite, "timeouts", timeouts);
  CU_add_test(suite, "stopped and resumed", stopped);
  CU_add_test(suite, "killed and resumed", killed);
  CU_add_test(suite, "two runs at once", locked);
  CU_add_test(suite, "damaged journals", journals);
  CU_add_test(suite, "questions", questions);
  CU_add_test(suite, "one task alone", one_alone);
  CU_add_test(suite, "report and trace", reports);
  return CU_get_error();
}
