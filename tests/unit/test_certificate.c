/* Certificates: what normalising did follows line by line, and what was changed does not. */
#include "base/session.h"

#include <CUnit/CUnit.h>

#include "canon/certificate.h"
#include "canon/form.h"
#include "canon/normal.h"
#include "canon/replay.h"
#include "front/check.h"
#include "ir/lower.h"
#include "pass/pass.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

static void identify(const Graph *normal, char hex[65]) {
  Form *form = form_new(normal, VIEW_EXACT);
  memcpy(hex, form->hex, 65);
  form_free(form);
}

/* The certificate of a file's entry flow, and its identity; false: it has no entry. */
static bool certify(Session *session, const char *path, Text *text, char hex[65]) {
  const char *reason;
  Ends starts = {0};
  Source *source = sources_read(session->sources, path, &reason);
  Program *program = source ? check_program(session, source, TEST_DIR "/../stdlib") : NULL;
  const Decl *flow = program && !diags_errors(session->diags) ? program_entry(program, NULL) : NULL;
  if (flow) {
    Graph *graph = lower_flow_traced(program, flow);
    ends_of(graph, &starts);
    Graph *normal = normal_form(graph);
    certificate_print(graph, &starts, text);
    identify(normal, hex);
    graph_free(normal);
    graph_free(graph);
  }
  vec_free(&starts);
  if (program) program_free(program);
  return flow != NULL;
}

typedef enum Proved { AS_IT_IS, IN_NORMAL_FORM } Proved;

/* Whether a text is a certificate that holds, and the identity of what it proves, as it is or in normal form: a graph
 * can be proved to be another that is the same and not in normal form. */
static bool holds(const Text *text, Proved as_what, char hex[65]) {
  Session *session = session_new();
  Types *types = types_new(session->arena, session->names);
  Replayed replayed;
  bool good = replay(session, types, sources_add(session->sources, "certificate", text->data, text->len),
                     &replayed);
  if (good) {
    Graph *ends = as_what == AS_IT_IS ? pass_compact(replayed.graph) : normal_form(replayed.graph);
    identify(ends, hex);
    graph_free(ends);
    graph_free(replayed.graph);
    text_free(&replayed.start);
  }
  types_free(types);
  session_free(session);
  return good;
}

static void check_file(const char *path) {
  Session *session = session_new();
  Text text = {0};
  char hex[65] = "", proved[65] = "";
  if (certify(session, path, &text, hex)) {
    bool good = holds(&text, AS_IT_IS, proved);
    if (!good || strcmp(hex, proved) != 0) printf("%s: %s\n", path, good ? "another identity" : "rejected");
    CU_ASSERT_TRUE(good);
    CU_ASSERT_STRING_EQUAL(hex, proved);
  }
  text_free(&text);
  session_free(session);
}

static void each_file(const char *pattern, void (*check)(const char *path)) {
  char whole[4096];
  glob_t found;
  snprintf(whole, sizeof whole, "%s%s", TEST_DIR, pattern);
  CU_ASSERT_EQUAL_FATAL(glob(whole, 0, NULL, &found), 0);
  for (size_t i = 0; i < found.gl_pathc; i++) check(found.gl_pathv[i]);
  globfree(&found);
}

static void test_files(void) {
  each_file("/same/*.wf", check_file);
  each_file("/golden/lang/*.wf", check_file);
  each_file("/../corpus/*/*.wf", check_file);
}

/* ---- tampering ---- */

/* The lines of a text. */
typedef struct Lines {
  VEC(Text) list;
} Lines;

static void lines_of(const Text *text, Lines *lines) {
  for (const char *at = text->data, *end; *at; at = end + 1) {
    end = strchr(at, '\n');
    Text line = {0};
    text_add(&line, at, (size_t)(end - at));
    vec_push(&lines->list, line);
  }
}

static bool is_fact(const Text *line) {
  static const char *const words[] = {"law ", "scope ", "image ", "end "};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (!strncmp(line->data, words[i], strlen(words[i]))) return true;
  return false;
}

/* A certificate with lines `from` and `to` changed for each other, or `from` left out, or another in its place. */
static Text tampered(const Lines *lines, uint32_t from, uint32_t to, const char *instead) {
  Text text = {0};
  for (uint32_t i = 0; i < lines->list.len; i++) {
    const char *line = lines->list.data[i == from ? to : i == to ? from : i].data;
    if (i == from && to == from) line = instead;
    if (line) text_addf(&text, "%s\n", line);
  }
  return text;
}

/* No false claim is proved: the change is found, or what is proved is true all the same. */
static void reject(Text text, const char *hex, bool surely) {
  char proved[65] = "";
  bool good = holds(&text, IN_NORMAL_FORM, proved);
  if (good && (surely || strcmp(hex, proved) != 0)) printf("proved %s:\n%s\n", proved, text.data);
  CU_ASSERT_FALSE(good && (surely || strcmp(hex, proved) != 0));
  text_free(&text);
}

/* Each number of a line one more, and one less. */
static void change_numbers(const Lines *lines, uint32_t line, const char *hex) {
  const Text *old = &lines->list.data[line];
  for (size_t at = 0; at < old->len; at++) {
    bool digit = old->data[at] >= '0' && old->data[at] <= '9';
    if (!digit || (at && old->data[at - 1] >= '0' && old->data[at - 1] <= '9')) continue;
    char *end;
    unsigned long number = strtoul(old->data + at, &end, 10);
    for (int more = -1; more <= 1; more += 2) {
      Text changed = {0};
      text_addf(&changed, "%.*s%lu%s", (int)at, old->data, number + (unsigned long)more, end);
      reject(tampered(lines, line, line, changed.data), hex, false);
      text_free(&changed);
    }
  }
}

static void tamper(const char *path) {
  Session *session = session_new();
  Text text = {0};
  Lines lines = {0};
  char hex[65] = "";
  CU_ASSERT_TRUE_FATAL(certify(session, path, &text, hex));
  lines_of(&text, &lines);
  uint32_t last = lines.list.len - 1;
  for (uint32_t i = 0; i < lines.list.len; i++) {
    if (!is_fact(&lines.list.data[i])) continue;
    bool end = !strncmp(lines.list.data[i].data, "end ", 4), law = lines.list.data[i].data[0] == 'l';
    reject(tampered(&lines, i, i, NULL), hex, end || law);
    if (i < last) reject(tampered(&lines, i, i + 1, NULL), hex, false);
    change_numbers(&lines, i, hex);
    if (law) {
      Text claimed = {0};
      text_addf(&claimed, "law 105%s", strchr(lines.list.data[i].data + 4, ' '));
      reject(tampered(&lines, i, i, claimed.data), hex, true);
      text_free(&claimed);
    }
  }
  for (uint32_t i = 0; i < lines.list.len; i++) text_free(&lines.list.data[i]);
  vec_free(&lines.list);
  text_free(&text);
  session_free(session);
}

static void test_tampering(void) { each_file("/unit/certificate/*.wf", tamper); }

CU_ErrorCode suite_certificate(void);
CU_ErrorCode suite_certificate(void) {
  CU_TestInfo tests[] = {{"certificates of files hold", test_files},
                         {"what was changed does not", test_tampering},
                         CU_TEST_INFO_NULL};
  CU_SuiteInfo suites[] = {{"certificate", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
  return CU_register_suites(suites);
}
