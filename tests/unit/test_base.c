/* test_base.c: arenas, names, sources, diagnostics. */
#include "base/hash.h"
#include "base/session.h"
#include "base/vec.h"

#include <CUnit/CUnit.h>
#include <string.h>

CU_ErrorCode suite_base(void);

static void test_arena(void) {
  Arena *arena = arena_new();
  char *big = arena_alloc(arena, 10 << 20), *small = arena_alloc(arena, 1);
  CU_ASSERT_EQUAL((uintptr_t)small % 16, 0);
  CU_ASSERT_EQUAL(big[(10 << 20) - 1], 0);
  CU_ASSERT_STRING_EQUAL(arena_format(arena, "%d-%s", 7, "x"), "7-x");
  arena_free(arena);
}

static void test_names(void) {
  Session *session = session_new();
  Sym first = intern(session->names, "abc", 3);
  for (int i = 0; i < 10000; i++) {
    char name[16];
    intern(session->names, name, (size_t)snprintf(name, sizeof name, "n%d", i));
  }
  CU_ASSERT_EQUAL(intern(session->names, "abcd", 3), first);
  CU_ASSERT_EQUAL(intern(session->names, "", 0), 0);
  CU_ASSERT_NOT_EQUAL(intern(session->names, "a\0b", 3), intern(session->names, "a\0c", 3));
  CU_ASSERT_STRING_EQUAL(name_of(session, first), "abc");
  session_free(session);
}

static void test_positions(void) {
  Session *session = session_new();
  Source *a = sources_add(session->sources, "a.wf", "x\n\xc3\xa9y\n", 6);
  Source *b = sources_add(session->sources, "b.wf", "", 0);
  Position place = sources_position(session->sources, a->base + 4);
  CU_ASSERT_EQUAL(place.line, 2);
  CU_ASSERT_EQUAL(place.column, 2);
  CU_ASSERT_STRING_EQUAL(sources_position(session->sources, b->base).path, "b.wf");
  CU_ASSERT_PTR_NULL(sources_at(session->sources, (Span){0, 0}));
  uint32_t len;
  CU_ASSERT_NSTRING_EQUAL(source_line(a, 2, &len), "\xc3\xa9y", 3);
  CU_ASSERT_EQUAL(len, 3);
  session_free(session);
}

static void test_map(void) {
  Map map = {0};
  for (uint32_t i = 1; i <= 1000; i++) map_put(&map, i * 7919ULL, i);
  bool all = true;
  for (uint32_t i = 1; i <= 1000; i++) all &= map_get(&map, i * 7919ULL) == i;
  CU_ASSERT_TRUE(all);
  CU_ASSERT_EQUAL(map_get(&map, 3), 0);
  map_free(&map);
}

/* What `diags_print` writes. */
static Text printed(const Diags *diags, DiagFormat format) {
  Text text = {0};
  char *data;
  size_t size;
  FILE *out = open_memstream(&data, &size);
  diags_print(diags, out, format, false);
  fclose(out);
  text_add(&text, data, size);
  free(data);
  return text;
}

static void test_print_text(void) {
  Session *session = session_new();
  Source *source = sources_add(session->sources, "a.wf", "one\n\ttwo \xe4\xb8\xad three\n", 18);
  Diag *told = diag(session->diags, DIAG_SYNTAX, (Span){source->base + 13, source->base + 18}, "late");
  diag_note(session->diags, told, (Span){source->base + 9, source->base + 12}, "wide");
  diag_help(session->diags, told, "do %s", "this");
  diag(session->diags, DIAG_STRAY, (Span){source->base, source->base + 3}, "early");
  Text text = printed(session->diags, DIAG_TEXT);
  CU_ASSERT_STRING_EQUAL(text.data,
                         "error[E0102]: early\n --> a.wf:1:1\n  |\n1 | one\n  | ^^^\n\n"
                         "error[E0101]: late\n --> a.wf:2:8\n  |\n2 |     two \xe4\xb8\xad three\n"
                         "  |            ^^^^^\n2 |     two \xe4\xb8\xad three\n  |         -- wide\n"
                         "  = help: do this\n\n2 errors\n");
  text_free(&text);
  session_free(session);
}

static void test_print_json(void) {
  Session *session = session_new();
  Source *source = sources_add(session->sources, "a.wf", "x == 1\n", 7);
  Span span = {source->base + 2, source->base + 4};
  Diag *told = diag(session->diags, DIAG_SYNTAX, span, "a \"quoted\" word");
  diag_fix(session->diags, told, span, "=");
  Text text = printed(session->diags, DIAG_JSON);
  CU_ASSERT_PTR_NOT_NULL(strstr(text.data, "\"message\": \"a \\\"quoted\\\" word\""));
  CU_ASSERT_PTR_NOT_NULL(strstr(text.data, "\"start\": {\"line\": 1, \"column\": 3, \"offset\": 2}"));
  CU_ASSERT_PTR_NOT_NULL(strstr(text.data, "\"replacement\": \"=\""));
  text_free(&text);
  text = printed(session->diags, DIAG_SARIF);
  CU_ASSERT_PTR_NOT_NULL(strstr(text.data, "\"version\": \"2.1.0\""));
  CU_ASSERT_PTR_NOT_NULL(strstr(text.data, "\"insertedContent\": {\"text\": \"=\"}"));
  text_free(&text);
  diags_rewind(session->diags, 0);
  CU_ASSERT_EQUAL(diags_errors(session->diags), 0);
  session_free(session);
}

static const char *nearest(const char *name, const char *a, const char *b) {
  Suggestion best = {.name = name};
  suggest(&best, a);
  suggest(&best, b);
  return best.best ? best.best : "";
}

static void test_suggest(void) {
  CU_ASSERT_STRING_EQUAL(nearest("algn", "call", "align"), "align");
  CU_ASSERT_STRING_EQUAL(nearest("smaples", "samples", "simple"), "samples");
  CU_ASSERT_STRING_EQUAL(nearest("x", "y", "z"), "");
  CU_ASSERT_STRING_EQUAL(nearest("workflow", "task", "site"), "");
}

static void test_codes(void) {
  CU_ASSERT_EQUAL(diag_find("E0101"), DIAG_SYNTAX);
  CU_ASSERT_EQUAL(diag_find("E9999"), DIAG_COUNT);
  for (DiagCode code = 0; code < DIAG_COUNT; code++) {
    CU_ASSERT_EQUAL(diag_find(diag_code(code)), code); /* no code twice */
    CU_ASSERT_EQUAL(diag_is_error(code), diag_code(code)[0] == 'E');
    CU_ASSERT(strlen(diag_summary(code)) > 0 && strlen(diag_long(code)) > 0);
  }
}

CU_ErrorCode suite_base(void) {
  CU_pSuite suite = CU_add_suite("base", NULL, NULL);
  if (!suite) return CU_get_error();
  CU_add_test(suite, "arenas give zeroed, aligned memory", test_arena);
  CU_add_test(suite, "equal strings have one number", test_names);
  CU_add_test(suite, "places count lines and code points", test_positions);
  CU_add_test(suite, "maps keep what was put", test_map);
  CU_add_test(suite, "diagnostics as text, in order, aligned", test_print_text);
  CU_add_test(suite, "diagnostics as JSON and SARIF", test_print_json);
  CU_add_test(suite, "spelling", test_suggest);
  CU_add_test(suite, "every code is unique and explained", test_codes);
  return CU_get_error();
}
