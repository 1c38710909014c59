/* test_fmt.c: one layout; comments kept; formatting twice changes nothing. */
#include "base/session.h"
#include "base/vec.h"
#include "front/fmt.h"
#include "front/parse.h"

#include <CUnit/CUnit.h>
#include <string.h>

CU_ErrorCode suite_fmt(void);

static Text laid_out(const char *text) {
  Session *session = session_new();
  Text out = {0};
  Module *module = parse_module(session, sources_add(session->sources, "t.wf", text, strlen(text)));
  CU_ASSERT_FALSE(module->broken);
  fmt_module(session, module, &out);
  if (!out.data) text_puts(&out, "");
  session_free(session);
  return out;
}

static void becomes(const char *text, const char *expected) {
  Text once = laid_out(text), twice = laid_out(once.data);
  if (strcmp(once.data, expected)) fprintf(stderr, "got:\n%s\nexpected:\n%s\n", once.data, expected);
  CU_ASSERT_STRING_EQUAL(once.data, expected);
  CU_ASSERT_STRING_EQUAL(twice.data, once.data);
  text_free(&once);
  text_free(&twice);
}

static void test_layout(void) {
  becomes("", "");
  becomes("# only\n\n\n# this", "# only\n\n# this\n");
  becomes("type A=Int\n\n\ntype B =[A?]", "type A = Int\n\ntype B = [A?]\n");
  becomes("fn f(a:Int)->Int=a+1\nfn g(a:Int)->Int{b=a;b}",
          "fn f(a: Int) -> Int = a + 1\n\nfn g(a: Int) -> Int {\n  b = a\n  b\n}\n");
}

static void test_attributes(void) {
  becomes("task t(){cpus 1 memory 512MiB\nrun\"x\"}",
          "task t() {\n  cpus 1  memory 512 MiB\n  run \"x\"\n}\n");
  becomes("task t(){\n run bash \"\"\"\n a\n   b\n\"\"\"\n cpus 1 }",
          "task t() {\n  run bash \"\"\"\n    a\n      b\n  \"\"\"\n  cpus 1\n}\n");
}

static void test_comments(void) {
  becomes("# a\nflow f()->Int{ # b\n# c\nx=g(1, # d\n2) # e\n\n# f\nx # g\n# h\n}# i\n",
          "# a\nflow f() -> Int {  # b\n  # c\n  x = g(\n    1,  # d\n    2\n  )  # e\n\n  # f\n  x  # g\n  "
          "# h\n}  # i\n");
}

static void test_long_lines(void) {
  becomes(
      "flow "
      "f(aaaaaaaaaaaaaaaaaaaaaaaaa:Int,bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb:Int,ccccccccccccccccccccccccccccc:"
      "Int)->Int{1}",
      "flow f(\n  aaaaaaaaaaaaaaaaaaaaaaaaa: Int,\n  bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb: Int,\n"
      "  ccccccccccccccccccccccccccccc: Int\n) -> Int {\n  1\n}\n");
}

CU_ErrorCode suite_fmt(void) {
  CU_pSuite suite = CU_add_suite("fmt", NULL, NULL);
  if (!suite) return CU_get_error();
  CU_add_test(suite, "one layout", test_layout);
  CU_add_test(suite, "attributes and commands", test_attributes);
  CU_add_test(suite, "comments stay", test_comments);
  CU_add_test(suite, "long lists go one a line", test_long_lines);
  return CU_get_error();
}
