/* What machine code calls: strings, paths, arrays, numbers. */
#include "rt_types.h"

CU_ErrorCode suite_rt_builtin(void);

static RtCtx ctx;

static int set_up(void) {
  ctx.arena = arena_new();
  return 0;
}

static int clean_up(void) {
  arena_free(ctx.arena);
  return 0;
}

static const RtString *str(const char *text) { return rt_string(&ctx, text, (int64_t)strlen(text)); }

static const RtString *item(const RtArray *array, int64_t i) {
  return ((const RtString *const *)(const void *)array->items)[i];
}

static void strings(void) {
  const RtString *parts[] = {str("ab"), str(""), str("c")};
  CU_ASSERT_STRING_EQUAL(rt_concat(&ctx, parts, 3)->bytes, "abc");
  CU_ASSERT_STRING_EQUAL(rt_concat(&ctx, parts, 0)->bytes, "");
  CU_ASSERT(rt_string_compare(str("a"), str("ab")) < 0 && rt_string_compare(str("b"), str("ab")) > 0);
  CU_ASSERT_EQUAL(rt_string_compare(str("a"), str("a")), 0);
  CU_ASSERT_STRING_EQUAL(rt_replace(&ctx, str("aXbXX"), str("X"), str("--"))->bytes, "a--b----");
  CU_ASSERT_STRING_EQUAL(rt_replace(&ctx, str("abc"), str(""), str("x"))->bytes, "abc");
  CU_ASSERT(rt_contains(str("hay needle"), str("need")) && rt_contains(str("x"), str("")));
  CU_ASSERT(rt_starts_with(str("abc"), str("ab")) && !rt_starts_with(str("a"), str("ab")));
  CU_ASSERT(rt_ends_with(str("abc"), str("bc")) && !rt_ends_with(str("c"), str("bc")));
}

static void splits(void) {
  const RtArray *array = rt_split(&ctx, str("a,,b,"), str(","));
  CU_ASSERT_EQUAL_FATAL(array->len, 4);
  CU_ASSERT_STRING_EQUAL(item(array, 0)->bytes, "a");
  CU_ASSERT_STRING_EQUAL(item(array, 3)->bytes, "");
  CU_ASSERT_STRING_EQUAL(rt_join(&ctx, array, str(", "))->bytes, "a, , b, ");
  CU_ASSERT_EQUAL(rt_split(&ctx, str(""), str(","))->len, 1);
  array = rt_split(&ctx, str("a\xc3\xa9z"), str(""));
  CU_ASSERT_EQUAL_FATAL(array->len, 3);
  CU_ASSERT_STRING_EQUAL(item(array, 1)->bytes, "\xc3\xa9");
}

static void paths(void) {
  static const struct {
    const char *path, *base, *stem;
  } rows[] = {{"/a/b.tar.gz", "b.tar.gz", "b"},
              {"b", "b", "b"},
              {"/a/b/", "b", "b"},
              {"/", "/", "/"},
              {"", "", ""},
              {".bashrc", ".bashrc", ".bashrc"},
              {"x/.a.b", ".a.b", ".a"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    CU_ASSERT_STRING_EQUAL(rt_basename(&ctx, str(rows[i].path))->bytes, rows[i].base);
    CU_ASSERT_STRING_EQUAL(rt_stem(&ctx, str(rows[i].path))->bytes, rows[i].stem);
  }
}

static void numbers(void) {
  const RtPlace at = {"x.wf", 1, 2};
  CU_ASSERT_EQUAL(rt_parse_int(&ctx, &at, str("-12")), -12);
  CU_ASSERT_EQUAL(rt_parse_float(&ctx, &at, str("2.5")), 2.5);
  if (IN_CHILD()) {
    rt_parse_int(&ctx, &at, str("12 "));
    _exit(0);
  }
  CU_ASSERT_STRING_EQUAL(failed_code, "R0060");
  if (IN_CHILD()) {
    rt_array_new(&ctx, -1, 8);
    _exit(0);
  }
  CU_ASSERT_STRING_EQUAL(failed_code, "R0061");
  if (IN_CHILD()) {
    rt_array_new(&ctx, INT64_MAX / 4, 8);
    _exit(0);
  }
  CU_ASSERT_STRING_EQUAL(failed_code, "R0061");
}

static void texts(void) {
  const RtArray *array = rt_split(&ctx, str("a b"), str(" "));
  double real = 3, size = 4096;
  CU_ASSERT_STRING_EQUAL(rt_to_string(&ctx, &t_strings, &array)->bytes, "a b");
  CU_ASSERT_STRING_EQUAL(rt_to_string(&ctx, &t_float, &real)->bytes, "3.0");
  CU_ASSERT_STRING_EQUAL(rt_to_string(&ctx, &t_size, &size)->bytes, "4096");
}

static void arrays(void) {
  static const RtType nested = {
      .kind = RT_ARRAY, .align = 8, .size = 8, .has_pointers = 1, .text = "[[String]]", .elem = &t_strings};
  static const RtType options = {
      .kind = RT_ARRAY, .align = 8, .size = 8, .has_pointers = 1, .text = "[Int?]", .elem = &t_maybe};
  RtArray *outer = rt_array_new(&ctx, 3, 8);
  const RtArray **inner = (const RtArray **)(void *)outer->items;
  inner[0] = rt_split(&ctx, str("a b"), str(" "));
  inner[1] = rt_array_new(&ctx, 0, 8);
  inner[2] = rt_split(&ctx, str("c"), str(" "));
  const RtArray *flat = rt_flatten(&ctx, &nested, outer);
  CU_ASSERT_EQUAL_FATAL(flat->len, 3);
  CU_ASSERT_STRING_EQUAL(item(flat, 2)->bytes, "c");
  RtArray *maybe = rt_array_new(&ctx, 3, 16);
  for (int i = 0; i < 3; i++) {
    ((int64_t *)(void *)maybe->items)[2 * i] = i;
    maybe->items[16 * i + 8] = i != 1;
  }
  const RtArray *there = rt_compact(&ctx, &options, maybe);
  CU_ASSERT_EQUAL(there->len, 2);
  CU_ASSERT_EQUAL(((const int64_t *)(const void *)there->items)[1], 2);
}

CU_ErrorCode suite_rt_builtin(void) {
  CU_pSuite suite = CU_add_suite("rt_builtin", set_up, clean_up);
  CU_add_test(suite, "strings", strings);
  CU_add_test(suite, "splits and joins", splits);
  CU_add_test(suite, "paths", paths);
  CU_add_test(suite, "numbers", numbers);
  CU_add_test(suite, "values as text", texts);
  CU_add_test(suite, "arrays", arrays);
  return CU_get_error();
}
