/* Inputs: scalars, units, JSON, YAML, tables, flags; each wrong one with its code and place. */
#include <stdlib.h>
#include <unistd.h>

#include "rt_types.h"
#include "error.h"
#include "text.h"
#include "units.h"

CU_ErrorCode suite_rt_input(void);

static RtArena *arena;
static RtError error;

static int set_up(void) {
  arena = arena_new();
  return 0;
}

static int clean_up(void) {
  arena_free(arena);
  test_clean();
  return 0;
}

/* The flag must be refused with this code, and a text that has `part`. */
static void refuse(const RtType *type, const char *text, const char *code, const char *part) {
  char slot[256], got[8];
  memset(&error, 0, sizeof error);
  CU_ASSERT_EQUAL(value_from_flag(arena, type, text, NULL, slot, &error), 0);
  error_code(&error, got);
  CU_ASSERT_STRING_EQUAL(got, code);
  CU_ASSERT_PTR_NOT_NULL(strstr(error.text, part));
  if (strcmp(got, code) != 0 || !strstr(error.text, part)) fprintf(stderr, "  %s: %s\n", text, error.text);
}

static void *accept(const RtType *type, const char *text, void *slot) {
  int done = value_from_flag(arena, type, text, NULL, slot, &error);
  CU_ASSERT_EQUAL_FATAL(done, 1);
  return slot;
}

static void ints(void) {
  int64_t value;
  CU_ASSERT_EQUAL(*(int64_t *)accept(&t_int, "-9223372036854775808", &value), INT64_MIN);
  CU_ASSERT_EQUAL(*(int64_t *)accept(&t_int, "+9223372036854775807", &value), INT64_MAX);
  refuse(&t_int, "9223372036854775808", "R0021", "out of the range");
  refuse(&t_int, "-9223372036854775809", "R0021", "out of the range");
  static const char *const wrong[] = {"", "-", "1x", " 1", "1 ", "1.0", "0x10", "1e3"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    refuse(&t_int, wrong[i], "R0020", "is not an Int");
}

static void floats(void) {
  double value;
  CU_ASSERT_EQUAL(*(double *)accept(&t_float, "-.5e1", &value), -5);
  CU_ASSERT(*(double *)accept(&t_float, "inf", &value) > 1e308);
  static const char *const wrong[] = {"", ".", "1.e", "0x1p3", "1,5", "e5", "1e", "infinit"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    refuse(&t_float, wrong[i], "R0022", "is not a Float");
  refuse(&t_float, "1e999", "R0022", "too large");
  refuse(&t_bool, "yes", "R0023", "Bool");
}

static void quantities(void) {
  double value;
  Unit unit;
  CU_ASSERT_EQUAL(*(double *)accept(&t_size, "4 GiB", &value), 4294967296.0);
  CU_ASSERT_EQUAL(*(double *)accept(&t_size, "1.5KB", &value), 1500);
  refuse(&t_size, "42", "R0028", "a Size has a unit, and 42 has none\nunits of Size: B, ");
  refuse(&t_size, "4 s", "R0025", "s is not a unit of Size");
  refuse(&t_size, "4 gb", "R0025", "no unit is called gb");
  refuse(&t_size, "four", "R0024", "is not a Size");
  refuse(&t_size, "4 GiB x", "R0024", "is not a Size");
  CU_ASSERT(unit_find("g/kWh", 5, &unit));
  CU_ASSERT(unit.powers[2] == -1 && unit.powers[3] == 1);
  CU_ASSERT_DOUBLE_EQUAL(unit.factor, 1 / 3.6e6, 1e-18);
  CU_ASSERT(unit_find("/min", 4, &unit) && unit.powers[0] == -1);
  CU_ASSERT(!unit_find("MB/", 3, &unit) && !unit_find("/", 1, &unit) && !unit_find("", 0, &unit));
  static const RtType power = {.kind = RT_QUANTITY, .align = 8, .size = 8, .text = "Power", .unit = "W"};
  CU_ASSERT_EQUAL(*(double *)accept(&power, "7.2 kJ/h", &value), 2);
}

static void uncertain(void) {
  RtUncertain value;
  accept(&t_time, "2 min +- 10 s", &value);
  CU_ASSERT(value.mean == 120 && value.sd == 10);
  accept(&t_time, "2 \u00b1 1 min", &value);
  CU_ASSERT(value.mean == 120 && value.sd == 60);
  accept(&t_time, "40 s", &value);
  CU_ASSERT(value.mean == 40 && value.sd == 0);
  refuse(&t_time, "40", "R0028", "has a unit");
  refuse(&t_time, "{\"mean\": 40, \"sd\": 1}", "R0024", "is not");
  refuse(&t_time, "40 s +- -1 s", "R0024", "negative");
  refuse(&t_time, "40 s +-", "R0024", "is not a Duration");
}

static void files(void) {
  const RtFile *file;
  const char *path = test_write("lambda.fa", "ACGT");
  accept(&t_file, path, &file);
  CU_ASSERT_STRING_EQUAL(file->path->bytes, path);
  CU_ASSERT_EQUAL(file->size, 4);
  accept(&t_dir, test_dir(), &file);
  CU_ASSERT(file->is_dir);
  CU_ASSERT(value_from_flag(arena, &t_file, "./lambda.fa", test_dir(), &file, &error));
  CU_ASSERT_STRING_EQUAL(file->path->bytes, path);
  refuse(&t_file, test_dir(), "R0011", "is a directory");
  refuse(&t_dir, path, "R0012", "is a file");
  refuse(&t_file, "/dev/null", "R0014", "neither");
  refuse(&t_file, "", "R0010", "empty");
  char wrong[400];
  snprintf(wrong, sizeof wrong, "%s/lambada.fa", test_dir());
  refuse(&t_file, wrong, "R0010", "did you mean \"lambda.fa\"?");
  refuse(&t_string, "\xff", "R0015", "UTF-8");
}

static void json_flags(void) {
  const RtArray *array;
  Row row;
  accept(&t_ints, "[1, 2,3]", &array);
  CU_ASSERT_EQUAL(array->len, 3);
  accept(&t_ints, "7", &array);
  CU_ASSERT_EQUAL(array->len, 1);
  accept(&t_row, "{\"id\": \"\\ud83d\\ude00\", \"n\": 1, \"x\": 2.5}", &row);
  CU_ASSERT_STRING_EQUAL(row.id->bytes, "\xf0\x9f\x98\x80");
  CU_ASSERT(row.n == 1 && row.x == 2.5 && !row.has_note);
  refuse(&t_ints, "[1, 2", "R0030", "value:1:6: expected \",\" or \"]\"");
  refuse(&t_ints, "[1 2]", "R0030", "1:4");
  refuse(&t_ints, "[1,]", "R0030", "1:4");
  refuse(&t_ints, "[01]", "R0030", "1:3");
  refuse(&t_ints, "[\"1\"]", "R0026", "expected Int, found a string");
  refuse(&t_ints, "[1.5]", "R0020", "value:1:2");
  refuse(&t_ints, "[null]", "R0027", "null");
  refuse(&t_strings, "[\"a\\u0000\"]", "R0015", "NUL");
  refuse(&t_strings, "[\"\\ud800\"]", "R0030", "surrogate");
  refuse(&t_strings, "[\"\\q\"]", "R0030", "escape");
  refuse(&t_strings, "[12]", "R0026", "write it in quotes");
  refuse(&t_row, "{\"id\": \"a\", \"n\": 1}", "R0032", "\"x\"");
  refuse(&t_row, "{\"id\": \"a\", \"n\": 1, \"x\": 1, \"nite\": \"\"}", "R0031", "did you mean \"note\"?");
  refuse(&t_row, "{\"id\": \"a\", \"id\": \"b\", \"n\": 1, \"x\": 1}", "R0033", "1:13");
  refuse(&t_row, "nothing", "R0036", "nothing");
}

static void deep(void) {
  char *text = malloc(200001);
  memset(text, '[', 200000);
  text[200000] = 0;
  refuse(&t_ints, text, "R0035", "deep");
  free(text);
}

static void tables(void) {
  const RtArray *array;
  char path[600];
  snprintf(path, sizeof path, "%s",
           test_write("a.tsv", "n\tid\textra\tx\tnote\n1\ta b\t?\t2.5\t\n2\t\t?\t1\tN\r\n\n"));
  accept(&t_rows, path, &array);
  CU_ASSERT_EQUAL_FATAL(array->len, 2);
  const Row *rows = (const Row *)(const void *)array->items;
  CU_ASSERT_STRING_EQUAL(rows[0].id->bytes, "a b");
  CU_ASSERT(!rows[0].has_note && rows[1].has_note && rows[1].n == 2);
  CU_ASSERT_STRING_EQUAL(rows[1].note->bytes, "N");
  snprintf(path, sizeof path, "%s", test_write("b.csv", "id,n,x\r\n\"a,\"\"b\"\"\nc\",1,2\r\n"));
  accept(&t_rows, path, &array);
  CU_ASSERT_STRING_EQUAL(((const Row *)(const void *)array->items)->id->bytes, "a,\"b\"\nc");
  refuse(&t_rows, test_write("c.tsv", "id\tn\tx\na\t1\t2\nb\t12x\t3\n"), "R0020",
         "c.tsv:3, column 2 (n): \"12x\"");
  refuse(&t_rows, test_write("d.tsv", "id\tm\tx\n"), "R0041", "no column \"n\"");
  refuse(&t_rows, test_write("e.tsv", "id\tn\tx\na\t1\n"), "R0043", "e.tsv:2: 2 cells");
  refuse(&t_rows, test_write("f.csv", "id,n,x\n\"a,1,2\n"), "R0044", "f.csv:2, column 1");
  refuse(&t_rows, test_write("g.csv", "id,n,n,x\n"), "R0042", "column 3");
  refuse(&t_rows, test_write("h.csv", ""), "R0040", "empty");
  refuse(&t_ints, test_write("i.csv", "a\n1\n"), "R0045", "[Int]");
}

static void documents(void) {
  char frame[512] = {0};
  uint8_t given[3] = {0};
  const RtPort ports[] = {{.name = "count", .type = &t_int, .offset = 16},
                          {.name = "ref", .type = &t_file, .offset = 24},
                          {.name = "names", .type = &t_strings, .offset = 32}};
  char path[600];
  test_write("lambda.fa", "ACGT");
  snprintf(path, sizeof path, "%s",
           test_write("in.yaml",
                      "count: 3\nref: lambda.fa # relative to this file\nnames: &n [a, 007, \"no\"]\n"));
  CU_ASSERT_EQUAL(values_from_document(arena, path, ports, 3, frame, given, &error), 1);
  CU_ASSERT(given[0] && given[1] && given[2]);
  const RtArray *names = *(const RtArray **)(void *)(frame + 32);
  CU_ASSERT_STRING_EQUAL((*(const RtString **)(void *)(((RtArray *)(uintptr_t)names)->items + 8))->bytes,
                         "007");
  static const struct {
    const char *name, *text, *code, *part;
  } wrong[] = {
      {"a.json", "{\"count\": 3,\n \"nams\": []}", "R0031", "a.json:2:2"},
      {"b.json", "{\"count\": 3,\n \"count\": 4}", "R0033", "b.json:2:2"},
      {"c.json", "{\"count\": 3,\n \"ref\": \"x\"}", "R0010", "c.json:2:9"},
      {"d.json", "[]", "R0026", "d.json:1:1"},
      {"e.yaml", "count: [1\nref: 2\n", "R0030", "e.yaml:"},
      {"f.yaml", "count: *nope\n", "R0030", "f.yaml:1:8"},
      {"g.yaml", "names: &a [*a]\n", "R0035", "g.yaml"},
      {"h.yaml", "", "R0030", "empty"},
      {"i.yaml", "count: 1 2\n", "R0020", "i.yaml:1:8"},
      {"k.yaml", "%YAML \xff\n", "R0015", "k.yaml:1:7"}, /* libfyaml alone never comes back from it */
      {"j.json", "{\"count\": \xff}", "R0030", "0xff"},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    char code[8];
    memset(given, 0, sizeof given);
    CU_ASSERT_EQUAL(
        values_from_document(arena, test_write(wrong[i].name, wrong[i].text), ports, 3, frame, given, &error),
        0);
    error_code(&error, code);
    CU_ASSERT_STRING_EQUAL(code, wrong[i].code);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, wrong[i].part));
    if (!strstr(error.text, wrong[i].part) || strcmp(code, wrong[i].code) != 0)
      fprintf(stderr, "  %s\n", error.text);
  }
}

/* A billion laughs: 10^9 leaves of 500 bytes. */
static void aliases(void) {
  RtText text = text_new();
  const RtArray *array;
  text_addf(&text, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
  for (int i = 1; i < 10; i++) {
    text_addf(&text, "a%d: &a%d [", i, i);
    for (int j = 0; j < 10; j++) text_addf(&text, "%s*a%d", j ? "," : "", i - 1);
    text_addf(&text, "]\n");
  }
  refuse(&t_ints, test_write("bomb.yaml", text.data), "R0035", "without bound");
  accept(&t_ints, test_write("ok.yaml", "- &x 3\n- *x\n"), &array);
  CU_ASSERT_EQUAL(array->len, 2);
  text_free(&text);
}

static void pointers(void) {
  int64_t value;
  char path[600];
  snprintf(path, sizeof path, "%s", test_write("p.json", "{\"a/b\": [{\"~c\": 7}], \"more\": true}"));
  CU_ASSERT(value_from_json(arena, &t_int, path, "/a~1b/0/~0c", NULL, &value, &error));
  CU_ASSERT_EQUAL(value, 7);
  double bytes; /* what programs write is in the base unit */
  CU_ASSERT(value_from_json(arena, &t_size, path, "/a~1b/0/~0c", NULL, &bytes, &error));
  CU_ASSERT_EQUAL(bytes, 7);
  CU_ASSERT(!value_from_json(arena, &t_int, path, "/a~1b/1", NULL, &value, &error));
  CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "R0034"));
}

static void codes(void) {
  size_t count;
  const RtCode *rows = error_codes(&count);
  for (size_t i = 1; i < count; i++) CU_ASSERT(strcmp(rows[i - 1].code, rows[i].code) < 0);
  CU_ASSERT_PTR_NOT_NULL(error_find("R0010"));
  CU_ASSERT_PTR_NULL(error_find("R9999"));
  static const char *const names[] = {"samples", "reference", "threads"};
  CU_ASSERT_STRING_EQUAL(suggest("sampels", names, 3), "samples");
  CU_ASSERT_PTR_NULL(suggest("zzzzzz", names, 3));
}

CU_ErrorCode suite_rt_input(void) {
  CU_pSuite suite = CU_add_suite("rt_input", set_up, clean_up);
  CU_add_test(suite, "ints", ints);
  CU_add_test(suite, "floats and bools", floats);
  CU_add_test(suite, "quantities", quantities);
  CU_add_test(suite, "uncertain quantities", uncertain);
  CU_add_test(suite, "files", files);
  CU_add_test(suite, "JSON in flags", json_flags);
  CU_add_test(suite, "deep JSON", deep);
  CU_add_test(suite, "tables", tables);
  CU_add_test(suite, "documents", documents);
  CU_add_test(suite, "aliases", aliases);
  CU_add_test(suite, "JSON pointers", pointers);
  CU_add_test(suite, "codes and suggestions", codes);
  return CU_get_error();
}
