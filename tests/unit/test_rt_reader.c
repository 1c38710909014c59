/* Readers of a task's results, and patterns of file names. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rt_types.h"
#include "glob.h"
#include "work.h"

CU_ErrorCode suite_rt_reader(void);

static RtWork work;
static RtCtx ctx;
static const RtPlace place = {"x.wf", 3, 4};

static int set_up(void) {
  char path[400];
  test_write("a.txt", "first\nsecond\n");
  test_write(".hidden.txt", "");
  test_write("n", " 42 \n");
  test_write("stdout", "hello\n\n");
  snprintf(path, sizeof path, "%s/sub", test_dir());
  if (mkdir(path, 0777)) return 1;
  test_write("sub/b.txt", "1\n2\n3");
  test_write("sub-c.txt", "");
  snprintf(path, sizeof path, "%s/.dangling", test_dir());
  if (symlink("nowhere", path)) return 1;
  work.dir = test_dir();
  work.dir_fd = open(work.dir, O_RDONLY | O_DIRECTORY);
  snprintf(path, sizeof path, "%s/stdout", test_dir());
  work.stdout_fd = open(path, O_RDONLY);
  ctx.arena = arena_new();
  ctx.work = &work;
  return work.dir_fd < 0 || work.stdout_fd < 0;
}

static int clean_up(void) {
  close(work.dir_fd);
  close(work.stdout_fd);
  arena_free(ctx.arena);
  test_clean();
  return 0;
}

static const RtString *str(const char *text) { return rt_string(&ctx, text, (int64_t)strlen(text)); }

static void refuse(const RtFile *(*reader)(RtCtx *, const RtPlace *, const RtString *), const char *path,
                   const char *code) {
  if (IN_CHILD()) {
    reader(&ctx, &place, str(path));
    _exit(0);
  }
  CU_ASSERT_STRING_EQUAL(failed_code, code);
}

static void outputs(void) {
  char full[400];
  const RtFile *file = rt_out_file(&ctx, &place, str("./sub/../sub//b.txt"));
  snprintf(full, sizeof full, "%s/sub/b.txt", test_dir());
  CU_ASSERT_STRING_EQUAL(file->path->bytes, full);
  CU_ASSERT(file->size == 5 && !file->hashed && file->mtime_ns > 0);
  CU_ASSERT_STRING_EQUAL(rt_out_file(&ctx, &place, str(full))->path->bytes, full);
  const RtFile *dir = rt_out_dir(&ctx, &place, str("sub/"));
  CU_ASSERT(dir->is_dir && dir->size == 5);
  CU_ASSERT_PTR_NULL(rt_out_file_or_null(&ctx, &place, str("none")));
  CU_ASSERT_PTR_NULL(rt_out_dir_or_null(&ctx, &place, str("none/x")));
  refuse(rt_out_file, "none", "R0080");
  refuse(rt_out_file, "", "R0080");
  refuse(rt_out_file, "../x", "R0081");
  refuse(rt_out_file, "sub/../../x", "R0081");
  refuse(rt_out_file, "/etc/passwd", "R0081");
  refuse(rt_out_file, ".dangling", "R0082");
  refuse(rt_out_file_or_null, ".dangling", "R0082");
  refuse(rt_out_file, "sub", "R0083");
  refuse(rt_out_dir, "n", "R0083");
}

static void matches(void) {
  static const struct {
    const char *pattern, *name;
    int want;
  } rows[] = {{"*", "abc", 1},
              {"*", ".abc", 0},
              {".*", ".abc", 1},
              {"a*c", "abbc", 1},
              {"a*c", "abbd", 0},
              {"?", "\xc3\xa9", 1},
              {"[a-c]x", "bx", 1},
              {"[!a-c]x", "bx", 0},
              {"[]]", "]", 1},
              {"[a-]", "-", 1},
              {"", "", 1},
              {"a", "", 0},
              {"*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    CU_ASSERT_EQUAL(glob_match(rows[i].pattern, rows[i].name), rows[i].want);
}

/* The names found, joined by one space. */
static void find(const char *pattern, const char *want) {
  char got[1000] = "";
  const RtArray *files = rt_glob(&ctx, &place, str(pattern));
  for (int64_t i = 0; i < files->len; i++) {
    const RtFile *file = ((const RtFile *const *)(const void *)files->items)[i];
    if (i) strcat(got, " ");
    strcat(got, file->path->bytes + strlen(test_dir()) + 1);
  }
  CU_ASSERT_STRING_EQUAL(got, want);
}

static void globs(void) {
  find("*.txt", "a.txt sub-c.txt");
  find("**/*.txt", "a.txt sub-c.txt sub/b.txt");
  find("sub/*", "sub/b.txt");
  find("{a,sub/b,a}.txt", "a.txt sub/b.txt");
  find("{a,{n,x}}*", "a.txt n");
  find("no*", "");
  find("sub*", "sub-c.txt"); /* regular files alone */
  find("**", "a.txt n stdout sub-c.txt sub/b.txt");
  static const struct {
    const char *pattern, *code;
  } wrong[] = {{"[a", "R0084"}, {"{a,b", "R0084"}, {"../*", "R0081"}, {".d*", "R0082"}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    if (IN_CHILD()) {
      rt_glob(&ctx, &place, str(wrong[i].pattern));
      _exit(0);
    }
    CU_ASSERT_STRING_EQUAL(failed_code, wrong[i].code);
  }
}

static void standard_output(void) {
  const RtFile *file = rt_stdout_file(&ctx);
  CU_ASSERT_STRING_EQUAL(file->path->bytes + strlen(test_dir()), "/stdout");
  CU_ASSERT_EQUAL(file->size, 7);
  CU_ASSERT_STRING_EQUAL(rt_stdout_string(&ctx, &place)->bytes, "hello");
}

static void values(void) {
  int64_t n = 0;
  const RtArray *array;
  const RtString *string;
  rt_read(&ctx, &place, RT_READ_TEXT, str("n"), NULL, &t_int, &n);
  CU_ASSERT_EQUAL(n, 42);
  rt_read(&ctx, &place, RT_READ_TEXT, str("n"), NULL, &t_string, &string);
  CU_ASSERT_STRING_EQUAL(string->bytes, " 42 ");
  rt_read(&ctx, &place, RT_READ_LINES, str("sub/b.txt"), NULL, &t_ints, &array);
  CU_ASSERT_EQUAL(array->len, 3);
  rt_read(&ctx, &place, RT_READ_LINES, str("a.txt"), NULL, &t_strings, &array);
  CU_ASSERT_EQUAL(array->len, 2);
  test_write("m.json", "{\"loss\": 0.5, \"other\": [1]}");
  double loss = 0;
  rt_read(&ctx, &place, RT_READ_JSON, str("m.json"), "/loss", &t_float, &loss);
  CU_ASSERT_EQUAL(loss, 0.5);
  test_write("t.tsv", "id\tn\tx\na\t1\t2\n");
  rt_read(&ctx, &place, RT_READ_TSV, str("t.tsv"), NULL, &t_rows, &array);
  CU_ASSERT_EQUAL(array->len, 1);
}

static void wrong_values(void) {
  static const struct {
    RtFormat format;
    const char *text, *pointer, *code, *part;
    const RtType *type;
  } rows[] = {{RT_READ_TEXT, "x\n", NULL, "R0020", "v: \"x\"", &t_int},
              {RT_READ_LINES, "1\n\n3\n", NULL, "R0020", "v:2: ", &t_ints},
              {RT_READ_JSON, "{\"a\": 1\n", "/a", "R0030", "v:2:1", &t_int},
              {RT_READ_JSON, "{\"a\": 1}", "/b", "R0034", "v:1:1", &t_int},
              {RT_READ_TSV, "id\tn\tx\na\tz\t2\n", NULL, "R0020", "v:2, column 2 (n)", &t_rows},
              {RT_READ_CSV, "id\n", NULL, "R0041", "v:1", &t_rows}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char into[64];
    test_write("v", rows[i].text);
    if (IN_CHILD()) {
      rt_read(&ctx, &place, rows[i].format, str("v"), rows[i].pointer, rows[i].type, into);
      _exit(0);
    }
    CU_ASSERT_STRING_EQUAL(failed_code, rows[i].code);
    CU_ASSERT_PTR_NOT_NULL(strstr(failed_message, rows[i].part));
  }
}

CU_ErrorCode suite_rt_reader(void) {
  CU_pSuite suite = CU_add_suite("rt_reader", set_up, clean_up);
  CU_add_test(suite, "outputs", outputs);
  CU_add_test(suite, "patterns", matches);
  CU_add_test(suite, "globs", globs);
  CU_add_test(suite, "standard output", standard_output);
  CU_add_test(suite, "values", values);
  CU_add_test(suite, "wrong values", wrong_values);
  return CU_get_error();
}
