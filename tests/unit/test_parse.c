/* test_parse.c: text to syntax tree, and what is told of text that is none. */
#include "base/session.h"
#include "base/vec.h"
#include "front/fmt.h"
#include "front/parse.h"

#include <CUnit/CUnit.h>
#include <string.h>

CU_ErrorCode suite_parse(void);

static Session *session;

static Module *parse(const char *text) {
  if (session) session_free(session);
  session = session_new();
  return parse_module(session, sources_add(session->sources, "t.wf", text, strlen(text)));
}

static int done(void) {
  if (session) session_free(session);
  session = NULL;
  return 0;
}

/* An expression, read and written again on one line; "" when it is broken. */
static const char *again(const char *text) {
  char buffer[512];
  snprintf(buffer, sizeof buffer, "flow f = %s\n", text);
  Module *module = parse(buffer);
  if (module->broken || module->decl_count != 1) return "";
  Text out = {0};
  fmt_expr(session, module->decls[0]->body, &out);
  const char *copy = arena_text(session->arena, out.data, out.len);
  text_free(&out);
  return copy;
}

static void test_precedence(void) {
  static const char *const pairs[][2] = {
      {"a+b*c-d", "a + b * c - d"},
      {"(a+b)*c", "(a + b) * c"},
      {"a|>b>>c&d|e", "a |> b >> c & d | e"},
      {"a??b??c", "a ?? b ?? c"},
      {"-a*!b", "-a * !b"},
      {"5 s+-1 s", "5 s ± 1 s"},
      {"map f>>fold g", "map f >> fold g"},
      {"a.b[1](x,n:2,_)", "a.b[1](x, n: 2, _)"},
      {"let x=1 in x+2", "let x = 1 in x + 2"},
      {"if a{1}else if b{2}else{3}", "if a { 1 } else if b { 2 } else { 3 }"},
      {"for x in xs,y in ys for z in zs if p{x}", "for x in xs, y in ys for z in zs if p { x }"},
      {"fold acc=0 for x in xs{acc+x}", "fold acc = 0 for x in xs { acc + x }"},
      {"fold 0 for x in xs by add", "fold 0 for x in xs by add"},
      {"loop s=0{s+1}until s>3 max max(1,2)", "loop s = 0 { s + 1 } until s > 3 max max(1, 2)"},
      {"loop s=0{s}while s<3 unbounded", "loop s = 0 { s } while s < 3 unbounded"},
      {"ask Bool(\"ok?\",within:2h)", "ask Bool(\"ok?\", within: 2 h)"},
      {"(a:1,b:[none,true,],)", "(a: 1, b: [none, true])"},
      {"\"a~{f(\"x\")}b\\n\"", "\"a~{f(\"x\")}b\\n\""},
      {"min(2 min,3)", "min(2 min, 3)"},
      {"f(type: 1).run.id", "f(type: 1).run.id"},
      {"100 MB/s*2", "100 MB/s * 2"},
  };
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    const char *got = again(pairs[i][0]);
    if (strcmp(got, pairs[i][1])) fprintf(stderr, "%s: %s\n", pairs[i][0], got);
    CU_ASSERT_STRING_EQUAL(got, pairs[i][1]);
  }
}

static const Block *body(const char *text) {
  char buffer[512];
  snprintf(buffer, sizeof buffer, "flow f() -> Int {\n%s\n}\n", text);
  Module *module = parse(buffer);
  CU_ASSERT_FALSE(module->broken);
  return module->decl_count ? module->decls[0]->block : NULL;
}

static void test_newlines(void) {
  CU_ASSERT_EQUAL(body("a = 1\nb = 2; c = 3\nc")->count, 3);
  CU_ASSERT_EQUAL(body("a = f\n  .x\n  + 2\n  |> g\na")->count, 1);
  CU_ASSERT_EQUAL(body("a = f(1,\n  2\n)\n\n\na")->count, 1);
  CU_ASSERT_EQUAL(body("a = if x { 1 }\nelse { 2 }\na")->count, 1);
  CU_ASSERT_EQUAL(body("a = loop s = 0 { s }\nuntil s > 1\nmax 3\nmax = 2\na")->count, 2);
  CU_ASSERT_EQUAL(body("a = [for x in xs {\n y = x\n y\n}]\na")->count, 1);
  CU_ASSERT_EQUAL(body("a = 1 +\n  2\na")->count, 1);
  CU_ASSERT_PTR_NULL(parse("flow f() -> (a: Int) {\n a = 1\n g(a)\n}\n")->decls[0]->block->value);
}

static const Expr *command(const char *text) {
  Module *module = parse(text);
  CU_ASSERT_FALSE_FATAL(module->broken);
  return module->decls[0]->command;
}

static void test_strings(void) {
  const Expr *run = command("task t() {\n  run \"\"\"\n    a ~{x}\n      b\n\n    c\n  \"\"\"\n}\n");
  CU_ASSERT_EQUAL_FATAL(run->string.count, 3);
  CU_ASSERT_STRING_EQUAL(name_of(session, run->string.parts[0].text), "a ");
  CU_ASSERT_STRING_EQUAL(name_of(session, run->string.parts[2].text), "\n  b\n\nc");
  run = command("task t() {\r\n  run \"\"\"\r\n    a\r\n    b\r\n  \"\"\"\r\n}\r\n");
  CU_ASSERT_STRING_EQUAL(name_of(session, run->string.parts[0].text), "a\nb");
  run = command("task t() { run \"\\u{e9}\\~{x}\\t\" }");
  CU_ASSERT_STRING_EQUAL(name_of(session, run->string.parts[0].text), "\xc3\xa9~{x}\t");
  CU_ASSERT_EQUAL(command("task t() { run \"\" }")->string.count, 0);
}

static void test_declarations(void) {
  Module *module = parse(
      "import a.b as c (d, e)\n## Adds.\nassoc comm fn add<T>(a: T, ## left\n b: T = 2) -> T = a\n"
      "volatile task t() { run python3 \"x\" }\nsite s : slurm { nodes 4 }\n"
      "flow g = t >> add\nflow h(x: Int) -> (y: Int) = g\ntype P = ?\n");
  CU_ASSERT_TRUE(module->broken);
  CU_ASSERT_EQUAL(diags_errors(session->diags), 1);
  CU_ASSERT_EQUAL(module->import_count, 1);
  CU_ASSERT_EQUAL_FATAL(module->decl_count, 5);
  const Decl *add = module->decls[0];
  CU_ASSERT_EQUAL(add->flags, DECL_ASSOC | DECL_COMM);
  CU_ASSERT_STRING_EQUAL(name_of(session, add->doc), "Adds.");
  CU_ASSERT_STRING_EQUAL(name_of(session, add->ins[0].doc), "left");
  CU_ASSERT_EQUAL(add->generic_count, 1);
  CU_ASSERT_STRING_EQUAL(name_of(session, module->decls[1]->interpreter), "python3");
  CU_ASSERT_FALSE(module->decls[3]->has_signature);
  CU_ASSERT_TRUE(module->decls[4]->has_signature);
}

static void test_pattern(void) {
  Session *own = session_new();
  Source *good = sources_add(own->sources, "p", "map ?work >> ?merge", 19),
         *bad = sources_add(own->sources, "q", "map >>", 6);
  CU_ASSERT_PTR_NOT_NULL(parse_pattern(own, good));
  CU_ASSERT_PTR_NULL(parse_pattern(own, bad));
  session_free(own);
}

/* The codes told of a text, in order of telling it. */
static void tells(const char *text, uint32_t errors) {
  parse(text);
  if (diags_errors(session->diags) != errors) {
    fprintf(stderr, "%s\n", text);
    diags_print(session->diags, stderr, DIAG_TEXT, false);
  }
  CU_ASSERT_EQUAL(diags_errors(session->diags), errors);
}

static void test_recovery(void) {
  tells("flow f() -> Int {\n a = )\n b = 1 2\n c = f(1 2, 3 4)\n c\n}\nflow g( -> Int { x = = }\n", 5);
  tells("flow f() -> Int {\n x = g(1,\n y = 2\n y\n}\ntask t() { run \"x\" }\n", 1);
  tells("flow f() -> Int {\n x = 2\nflow g() -> Int { 1 }\n", 1);
  tells("task t() {\n cpus = 4\n memory 2 gib\n run \"~{x\"\n}\n", 3);
  tells("workflow f() {\n a = 1\n b = 2\n}\ntask t() { cpus 1 }\n", 2);
}

static void test_bounds(void) {
  size_t size = 1 << 20;
  char *text = mem_alloc(size + 1);
  memset(text, '(', size);
  text[size] = 0;
  memcpy(text, "flow f = ", 9);
  tells(text, 1);
  for (size_t i = 9; i + 1 < size; i += 2) memcpy(text + i, "a+", 2);
  tells(text, 1);
  memset(text + 9, '!', size - 9);
  tells(text, 1);
  memset(text + 9, '[', size - 9);
  tells(text, 1);
  memset(text + 9, 'a', size - 9);
  tells(text, 1);
  free(text);
}

static void test_not_text(void) {
  session_free(session);
  session = session_new();
  CU_ASSERT_TRUE(parse_module(session, sources_add(session->sources, "a", "a\0b", 3))->broken);
  CU_ASSERT_TRUE(parse_module(session, sources_add(session->sources, "b", "a\xff", 2))->broken);
  CU_ASSERT_TRUE(parse_module(session, sources_add(session->sources, "c", "\xe2\x82", 2))->broken);
  CU_ASSERT_FALSE(parse_module(session, sources_add(session->sources, "d", "\xef\xbb\xbf# x\n", 7))->broken);
  CU_ASSERT_FALSE(parse_module(session, sources_add(session->sources, "e", "", 0))->broken);
  CU_ASSERT_EQUAL(diags_errors(session->diags), 3);
}

CU_ErrorCode suite_parse(void) {
  CU_pSuite suite = CU_add_suite("parse", NULL, done);
  if (!suite) return CU_get_error();
  CU_add_test(suite, "operators bind as in operators.def", test_precedence);
  CU_add_test(suite, "newlines end statements where they should", test_newlines);
  CU_add_test(suite, "strings, escapes and indentation", test_strings);
  CU_add_test(suite, "declarations and their documentation", test_declarations);
  CU_add_test(suite, "patterns", test_pattern);
  CU_add_test(suite, "each mistake is told once", test_recovery);
  CU_add_test(suite, "depth is bounded", test_bounds);
  CU_add_test(suite, "what is no text", test_not_text);
  return CU_get_error();
}
