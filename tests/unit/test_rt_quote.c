/* Quoting: a value stays one value, in real interpreters. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "rt_types.h"
#include "quote.h"

CU_ErrorCode suite_rt_quote(void);

static void check(RtQuote quote, const RtType *type, const void *value, const char *want) {
  RtText text = text_new();
  value_quote(&text, quote, type, value);
  CU_ASSERT_STRING_EQUAL(text.data, want);
  text_free(&text);
}

static const RtArray *strings(RtArena *arena, const char *json) {
  const RtArray *array = NULL;
  RtError error;
  CU_ASSERT_FATAL(value_from_flag(arena, &t_strings, json, NULL, &array, &error));
  return array;
}

static void words(void) {
  RtArena *arena = arena_new();
  const RtString *string = arena_string(arena, "it's $x", 7);
  const RtArray *array = strings(arena, "[\"a b\", \"\", \"/p.x\", \"A=1\", \"if\"]"),
                *none = strings(arena, "[]");
  const struct {
    int64_t value;
    uint8_t present;
  } absent = {0, 0}, present = {-7, 1};
  double real = 2;
  check(RT_QUOTE_SHELL, &t_string, &string, "'it'\\''s '\\$'x'");
  check(RT_QUOTE_SHELL, &t_strings, &array, "'a b' '' /p.x 'A=1' 'if'");
  check(RT_QUOTE_SHELL, &t_strings, &none, "");
  check(RT_QUOTE_SHELL, &t_maybe, &absent, "");
  check(RT_QUOTE_SHELL, &t_maybe, &present, "-7");
  check(RT_QUOTE_SHELL, &t_float, &real, "2.0");
  check(RT_QUOTE_RAW, &t_strings, &array, "a b  /p.x A=1 if");
  check(RT_QUOTE_WORD, &t_string, &string, "it's $x");
  CU_ASSERT_EQUAL(quote_words(&t_strings, &array), 5);
  CU_ASSERT_EQUAL(quote_words(&t_maybe, &absent), 0);
  CU_ASSERT_EQUAL(quote_words(&t_string, &string), 1);
  RtText text = text_new();
  value_quote(&text, RT_QUOTE_WORD, &t_strings, &array);
  CU_ASSERT_EQUAL(text.len, 16);
  CU_ASSERT_EQUAL(memcmp(text.data, "a b\0\0/p.x\0A=1\0if", 16), 0);
  text_free(&text);
  arena_free(arena);
}

static void literals(void) {
  RtArena *arena = arena_new();
  const RtArray *array = strings(arena, "[\"a'\", \"\\u00e9\"]");
  Row row = {arena_string(arena, "i", 1), -3, 1, NULL, 0};
  uint8_t yes = 1;
  check(RT_QUOTE_PYTHON, &t_strings, &array, "['a\\x27', '\\u00e9']");
  check(RT_QUOTE_R, &t_strings, &array, "c(\"a\\u0027\", \"\\u00e9\")");
  check(RT_QUOTE_JS, &t_strings, &array, "[\"a\\u0027\", \"\\u00e9\"]");
  check(RT_QUOTE_PERL, &t_strings, &array, "('a\\'', '\xc3\xa9')");
  check(RT_QUOTE_PYTHON, &t_row, &row, "{'id': 'i', 'n': -3, 'x': 1.0, 'note': None}");
  check(RT_QUOTE_R, &t_row, &row, "list(\"id\" = \"i\", \"n\" = -3, \"x\" = 1, \"note\" = NULL)");
  check(RT_QUOTE_JS, &t_row, &row, "{\"id\": \"i\", \"n\":  -3, \"x\": 1, \"note\": null}");
  check(RT_QUOTE_PERL, &t_row, &row, "+{'id' => 'i', 'n' =>  -3, 'x' => 1, 'note' => undef}");
  check(RT_QUOTE_PYTHON, &t_bool, &yes, "True");
  check(RT_QUOTE_R, &t_bool, &yes, "TRUE");
  arena_free(arena);
}

static int have(const char *program) {
  char command[200];
  snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", program);
  return system(command) == 0;
}

/* Run `before` + the quoted value + `after` as a file of the interpreter, and compare what it prints. */
static void echo(const char *program, RtQuote quote, const char *value, const char *before, const char *after,
                 const char *want) {
  RtArena *arena = arena_new();
  RtText text = text_new(), command = text_new();
  const RtString *string = arena_string(arena, value, strlen(value));
  char printed[4096] = "";
  text_add(&text, before, strlen(before));
  value_quote(&text, quote, &t_string, &string);
  text_add(&text, after, strlen(after));
  const char *script = test_write("script", text.data);
  text_addf(&command, "cd '%s' && %s '%s'", test_dir(), program, script);
  FILE *pipe = popen(command.data, "r");
  printed[fread(printed, 1, sizeof printed - 1, pipe)] = 0;
  CU_ASSERT_EQUAL(pclose(pipe), 0);
  CU_ASSERT_STRING_EQUAL(printed, want);
  text_free(&text);
  text_free(&command);
  arena_free(arena);
}

/* Each language on every single ASCII character, and on the nasty one. */
static void each_value(const char *program, RtQuote quote, const char *before, const char *after) {
  char all[600] = "";
  if (!have(program)) return;
  echo(program, quote, NASTY, before, after, NASTY);
  for (int c = 1; c < 127; c++) {
    if (c == '\r') continue; /* popen's text is fine, but R's and perl's printers differ on it */
    all[strlen(all)] = (char)c;
  }
  echo(program, quote, all, before, after, all);
  echo(program, quote, "-n", before, after, "-n");
  CU_ASSERT_NOT_EQUAL(access("x", F_OK), 0);
}

static void in_sh(void) { each_value("sh", RT_QUOTE_SHELL, "printf %s ", "\n"); }
static void in_bash(void) { each_value("bash", RT_QUOTE_SHELL, "printf %s ", "\n"); }
static void in_python(void) {
  each_value("python3", RT_QUOTE_PYTHON, "import sys\nsys.stdout.buffer.write((", ").encode())\n");
}
static void in_perl(void) { each_value("perl", RT_QUOTE_PERL, "print ", ";\n"); }
static void in_node(void) { each_value("node", RT_QUOTE_JS, "process.stdout.write(", ");\n"); }
static void in_r(void) { each_value("Rscript", RT_QUOTE_R, "cat(", ")\n"); }

/* A template that quotes once more must still run nothing of the value. */
static void in_double_quotes(void) {
  char path[400];
  RtArena *arena = arena_new();
  const RtString *string = arena_string(arena, NASTY, strlen(NASTY));
  RtText text = text_new();
  text_addf(&text, "cd '%s'; : \"", test_dir());
  value_quote(&text, RT_QUOTE_SHELL, &t_string, &string);
  text_addf(&text, "\"\n");
  CU_ASSERT_EQUAL(system(text.data), 0);
  snprintf(path, sizeof path, "%s/x", test_dir());
  CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
  snprintf(path, sizeof path, "%s/y", test_dir());
  CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
  text_free(&text);
  arena_free(arena);
  test_clean();
}

/* Below a root that is an environment variable when the command runs. */
static void moved(void) {
  static const struct {
    const char *program, *before, *after;
    RtQuote quote;
  } rows[] = {{"sh", "printf %s ", "\n", RT_QUOTE_SHELL},
              {"sh", "printf %s \"", "\"\n", RT_QUOTE_DOUBLE},
              {"sh", "printf %s '", "'\n", RT_QUOTE_SINGLE},
              {"python3", "import sys\nsys.stdout.buffer.write((", ").encode())\n", RT_QUOTE_PYTHON},
              {"perl", "print ", ";\n", RT_QUOTE_PERL},
              {"node", "process.stdout.write(", ");\n", RT_QUOTE_JS},
              {"Rscript", "cat(", ")\n", RT_QUOTE_R}};
  static const char *const texts[][2] = {{"/root/a b/$c", "/a 'place'/a b/$c"},
                                         {"/root", "/a 'place'"},
                                         {"x=/root/y'`:/root/z", "x=/a 'place'/y'`:/a 'place'/z"},
                                         {"/rooted", "/a 'place'ed"},
                                         {"/roo/t", "/roo/t"}};
  setenv("WEFT_DIR", "/a 'place'", 1);
  quote_from("/root");
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (size_t k = 0; have(rows[i].program) && k < sizeof texts / sizeof *texts; k++)
      if (k != 3 || rows[i].quote != RT_QUOTE_DOUBLE) /* a name follows: paths go on with a slash */
        echo(rows[i].program, rows[i].quote, texts[k][0], rows[i].before, rows[i].after, texts[k][1]);
  CU_ASSERT_PTR_NOT_NULL(quote_root("x/root", 6));
  quote_from(NULL);
  CU_ASSERT_PTR_NULL(quote_root("x/root", 6));
  unsetenv("WEFT_DIR");
  test_clean();
}

CU_ErrorCode suite_rt_quote(void) {
  CU_pSuite suite = CU_add_suite("rt_quote", NULL, NULL);
  CU_add_test(suite, "words", words);
  CU_add_test(suite, "literals", literals);
  CU_add_test(suite, "sh", in_sh);
  CU_add_test(suite, "bash", in_bash);
  CU_add_test(suite, "python3", in_python);
  CU_add_test(suite, "perl", in_perl);
  CU_add_test(suite, "node", in_node);
  CU_add_test(suite, "R", in_r);
  CU_add_test(suite, "inside double quotes", in_double_quotes);
  CU_add_test(suite, "below a root that moves", moved);
  return CU_get_error();
}
