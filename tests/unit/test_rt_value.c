/* Values: copies, equality, digests, files, JSON, the journal's form. */
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "rt_types.h"

CU_ErrorCode suite_rt_value(void);

static const RtArray *make_rows(RtArena *arena, int64_t len) {
  RtCtx ctx = {.arena = arena};
  RtArray *rows = rt_array_new(&ctx, len, sizeof(Row));
  for (int64_t i = 0; i < len; i++) {
    Row *row = (Row *)(void *)rows->items + i;
    row->id = arena_string(arena, NASTY, strlen(NASTY));
    row->n = INT64_MIN + i;
    row->x = 0.1 * (double)i;
    row->has_note = i % 2 == 0;
    if (row->has_note) row->note = arena_string(arena, "note", 4);
  }
  return rows;
}

static void copies(void) {
  RtArena *first = arena_new(), *second = arena_new();
  RtCtx ctx = {.arena = second};
  const RtArray *rows = make_rows(first, 10), *copy, *want = make_rows(second, 10);
  value_copy(second, &t_rows, &rows, &copy);
  value_copy(second, &t_rows, &copy, &copy); /* in place */
  arena_free(first);
  CU_ASSERT(rt_equal(&ctx, &t_rows, &copy, &want));
  ((Row *)(void *)copy->items)[3].x = 9;
  CU_ASSERT(!rt_equal(&ctx, &t_rows, &copy, &want));
  arena_free(second);
}

static double now_ms(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static void codec(void) {
  RtArena *arena = arena_new();
  RtCtx ctx = {.arena = arena};
  const RtArray *rows = make_rows(arena, 10000), *back = NULL;
  ((Row *)(void *)rows->items)[1].x = -0.0;
  RtText text = text_new();
  double start = now_ms();
  value_encode(&text, &t_rows, &rows, "/base");
  const char *end = value_decode(arena, text.data, text.data + text.len, &t_rows, &back, "/base");
  double took = now_ms() - start;
  CU_ASSERT_PTR_EQUAL_FATAL(end, text.data + text.len);
  CU_ASSERT_EQUAL(strlen(text.data), text.len);
  CU_ASSERT_PTR_NULL(strpbrk(text.data, "\n\r"));
  CU_ASSERT(rt_equal(&ctx, &t_rows, &rows, &back));
  CU_ASSERT(signbit(((const Row *)(const void *)back->items)[1].x));
  CU_ASSERT(took < 1000); /* 10 ms when nothing checks addresses; a bound that a loaded machine holds */
  text_free(&text);
  arena_free(arena);
}

static void codec_refuses(void) {
  RtArena *arena = arena_new();
  const RtArray *rows = make_rows(arena, 3), *back;
  RtText text = text_new();
  value_encode(&text, &t_rows, &rows, NULL);
  for (size_t cut = 0; cut < text.len; cut++) {
    char *copy = malloc(cut + 1); /* its own block, so that reading past it is seen */
    memcpy(copy, text.data, cut);
    CU_ASSERT_PTR_NULL(value_decode(arena, copy, copy + cut, &t_rows, &back, NULL));
    free(copy);
  }
  static const char *const wrong[] = {"[99999999999999;]", "[-1;]", "[2;1;]", "x",
                                      "[1;99999999999999999999;]"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    CU_ASSERT_PTR_NULL(value_decode(arena, wrong[i], wrong[i] + strlen(wrong[i]), &t_ints, &back, NULL));
  text_free(&text);
  arena_free(arena);
}

static RtFile *make_file(RtArena *arena, const char *path, int is_dir) {
  RtFile *file = arena_alloc(arena, sizeof *file);
  struct stat st;
  file->path = arena_string(arena, path, strlen(path));
  file->is_dir = (uint8_t)is_dir;
  if (stat(path, &st) == 0) file->size = st.st_size;
  return file;
}

static void files(void) {
  RtArena *arena = arena_new();
  RtFile *file = make_file(arena, test_write("abc", "abc"), 0), *back;
  RtText text = text_new();
  char hex[65];
  CU_ASSERT_EQUAL(file_hash(file), 0);
  digest_hex((const RtDigest *)(const void *)file->hash, hex);
  CU_ASSERT_STRING_EQUAL(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  value_encode(&text, &t_file, &file, test_dir());
  CU_ASSERT_EQUAL(strncmp(text.data, "\"abc\"", 5), 0); /* relative to the base */
  CU_ASSERT_PTR_NOT_NULL(
      value_decode(arena, text.data, text.data + text.len, &t_file, &back, "/else/where/"));
  CU_ASSERT_STRING_EQUAL(back->path->bytes, "/else/where/abc");
  CU_ASSERT(back->hashed && memcmp(back->hash, file->hash, 32) == 0);
  CU_ASSERT_EQUAL(back->mtime_ns, file->mtime_ns);
  text_free(&text);
  arena_free(arena);
  test_clean();
}

static void digests(void) {
  RtArena *arena = arena_new();
  RtCtx ctx = {.arena = arena};
  RtFile *a = make_file(arena, test_write("a", "same"), 0), *b = make_file(arena, test_write("b", "same"), 0);
  RtFile *c = make_file(arena, test_write("c", "else"), 0);
  RtDigest da, db, dc;
  CU_ASSERT_EQUAL(value_digest(&t_file, &a, &da), 0);
  value_digest(&t_file, &b, &db);
  value_digest(&t_file, &c, &dc);
  CU_ASSERT_EQUAL(memcmp(&da, &db, sizeof da), 0); /* contents, not paths */
  CU_ASSERT_NOT_EQUAL(memcmp(&da, &dc, sizeof da), 0);
  CU_ASSERT(rt_equal(&ctx, &t_file, &a, &b));
  CU_ASSERT(!rt_equal(&ctx, &t_file, &a, &c));
  RtFile *gone = make_file(arena, "/nonexistent/file", 0);
  CU_ASSERT_NOT_EQUAL(value_digest(&t_file, &gone, &da), 0);
  const RtArray *x, *y; /* ["ab", "c"] is not ["a", "bc"] */
  RtError error;
  CU_ASSERT(value_from_flag(arena, &t_strings, "[\"ab\",\"c\"]", NULL, &x, &error));
  CU_ASSERT(value_from_flag(arena, &t_strings, "[\"a\",\"bc\"]", NULL, &y, &error));
  value_digest(&t_strings, &x, &da);
  value_digest(&t_strings, &y, &db);
  CU_ASSERT_NOT_EQUAL(memcmp(&da, &db, sizeof da), 0);
  arena_free(arena);
  test_clean();
}

static void directories(void) {
  RtArena *arena = arena_new();
  char path[400], link[400];
  RtFile *dir = make_file(arena, test_dir(), 1);
  uint8_t before[32];
  test_write("one", "1");
  snprintf(path, sizeof path, "%s/sub", test_dir());
  mkdir(path, 0777);
  test_write("sub/two", "22");
  CU_ASSERT_EQUAL(file_hash(dir), 0);
  CU_ASSERT_EQUAL(dir->size, 3);
  memcpy(before, dir->hash, 32);
  test_write("sub/two", "2x");
  CU_ASSERT_EQUAL(file_hash(dir), 0);
  CU_ASSERT_NOT_EQUAL(memcmp(before, dir->hash, 32), 0);
  snprintf(link, sizeof link, "%s/sub/back", test_dir());
  CU_ASSERT_EQUAL(symlink("..", link), 0);
  CU_ASSERT_NOT_EQUAL(file_hash(dir), 0); /* a cycle ends as an error */
  arena_free(arena);
  test_clean();
}

static void count_file(RtFile *file, void *with) {
  CU_ASSERT_EQUAL(file->is_dir, 0);
  ++*(int *)with;
}

static void each_file(void) {
  RtArena *arena = arena_new();
  RtCtx ctx = {.arena = arena};
  RtArray *array = rt_array_new(&ctx, 5, 8);
  for (int i = 0; i < 5; i++) ((RtFile **)(void *)array->items)[i] = make_file(arena, "/etc/passwd", 0);
  int count = 0;
  value_each_file(&t_files, &array, count_file, &count);
  CU_ASSERT_EQUAL(count, 5);
  arena_free(arena);
}

static void json(void) {
  RtArena *arena = arena_new();
  RtText text = text_new();
  Row row = {arena_string(arena, "a\"", 2), -3, INFINITY, NULL, 0};
  value_json(&text, &t_row, &row);
  CU_ASSERT_STRING_EQUAL(text.data, "{\"id\": \"a\\\"\", \"n\": -3, \"x\": \"Infinity\", \"note\": null}");
  text.len = 0;
  RtFile *file = make_file(arena, test_write("abc", "abc"), 0);
  value_json(&text, &t_file, &file);
  CU_ASSERT_PTR_NOT_NULL(strstr(text.data, "\"size\": 3, \"sha256\": \"ba7816bf"));
  text.len = 0;
  RtUncertain time = {40, 1.5};
  value_json(&text, &t_time, &time);
  CU_ASSERT_STRING_EQUAL(text.data, "{\"mean\": 40, \"sd\": 1.5}");
  text_free(&text);
  arena_free(arena);
  test_clean();
}

CU_ErrorCode suite_rt_value(void) {
  CU_pSuite suite = CU_add_suite("rt_value", NULL, NULL);
  CU_add_test(suite, "copies", copies);
  CU_add_test(suite, "codec", codec);
  CU_add_test(suite, "codec refuses", codec_refuses);
  CU_add_test(suite, "files in the codec", files);
  CU_add_test(suite, "digests", digests);
  CU_add_test(suite, "directories", directories);
  CU_add_test(suite, "every file", each_file);
  CU_add_test(suite, "JSON", json);
  return CU_get_error();
}
