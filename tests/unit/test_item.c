/* Lines of JSON as trees. */
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "emit/item.h"
#include "emit/listing.h"

CU_ErrorCode suite_item(void);

static const Item *read_line(ItemPool *pool, Text *line, const char *text) {
  line->len = 0;
  text_puts(line, text);
  return item_read(pool, line->data);
}

static void values(void) {
  ItemPool pool = {0};
  Text line = {0};
  const Item *item = read_line(
      &pool, &line,
      " {\"a\": \"x\\n\\\"\\u00e9\\u20ac\", \"n\": -1.5e3, \"big\": 9007199254740993, \"l\": [1, [], {}, "
      "true, null], \"e\": \"\"}\n");
  CU_ASSERT_PTR_NOT_NULL_FATAL(item);
  CU_ASSERT_STRING_EQUAL(item_text(item, "a"), "x\n\"\u00e9\u20ac");
  CU_ASSERT_STRING_EQUAL(item_text(item, "e"), "");
  CU_ASSERT_EQUAL(item_number(item, "n"), -1500);
  CU_ASSERT_EQUAL(item_number(item, "none"), 0);
  CU_ASSERT_PTR_NULL(item_text(item, "n"));
  const Item *big = item_find(item, "big");
  CU_ASSERT_EQUAL(big->len, 16);
  CU_ASSERT_EQUAL(strncmp(big->text, "9007199254740993", 16), 0);
  int count = 0;
  for (const Item *element = item_first(item, "l"); element; element = element->next) count++;
  CU_ASSERT_EQUAL(count, 5);
  text_free(&line);
  item_pool_free(&pool);
}

static void wrong(void) {
  static const char *const texts[] = {"",    "{",     "[1",    "[1 2]", "{\"a\"}",     "{\"a\": }", "{1: 2}",
                                      "[1,", "\"abc", "[\"\\", "[,]",   "{\"a\": 1,}", "[1}"};
  ItemPool pool = {0};
  Text line = {0};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    CU_ASSERT_PTR_NULL(read_line(&pool, &line, texts[i]));
  text_free(&line);
  item_pool_free(&pool);
}

/* Depth costs no stack. */
static void deep(void) {
  enum { DEPTH = 200000 };
  ItemPool pool = {0};
  char *line = malloc(2 * DEPTH + 2);
  memset(line, '[', DEPTH);
  memset(line + DEPTH, ']', DEPTH);
  line[2 * DEPTH] = 0;
  CU_ASSERT_PTR_NOT_NULL(item_read(&pool, line));
  CU_ASSERT_EQUAL(pool.len, DEPTH);
  free(line);
  item_pool_free(&pool);
}

static void note(void *self, const Item *file) {
  text_puts(self, listed_path(file));
  text_puts(self, listed_is_dir(file) ? "/ " : " ");
}

static void files(void) {
  ItemPool pool = {0};
  Text line = {0}, seen = {0};
  const Item *item = read_line(
      &pool, &line,
      "{\"v\": [{\"a\": {\"/\": \"x\"}, \"b\": 1}, [], [[{\"/\": \"y\", \"dir\": true}], {\"/\": \"z\"}]], "
      "\"w\": {\"/\": \"no\"}}");
  CU_ASSERT_PTR_NOT_NULL_FATAL(item);
  listed_each_file(item_find(item, "v"), note, &seen);
  CU_ASSERT_STRING_EQUAL(seen.data, "x y/ z ");
  text_free(&seen);
  text_free(&line);
  item_pool_free(&pool);
}

CU_ErrorCode suite_item(void) {
  CU_pSuite suite = CU_add_suite("item", NULL, NULL);
  CU_add_test(suite, "values", values);
  CU_add_test(suite, "what is no JSON", wrong);
  CU_add_test(suite, "depth", deep);
  CU_add_test(suite, "files of a value", files);
  return CU_get_error();
}
