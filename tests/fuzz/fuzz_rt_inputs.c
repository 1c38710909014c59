/* fuzz_rt_inputs.c: libFuzzer target for all that reads inputs: flags, JSON, YAML, tables, the journal's values.
 * The first byte chooses the reader, the second the type. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cli.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
_Noreturn void rt_fail(RtCtx *ctx, const RtPlace *at, const char *code, const char *message);

/* No reader of inputs fails this way. */
__attribute__((weak)) _Noreturn void rt_fail(RtCtx *ctx, const RtPlace *at, const char *code,
                                             const char *message) {
  (void)ctx, (void)at, (void)code, (void)message;
  abort();
}

typedef struct Row {
  int64_t n;
  RtUncertain time;
  const RtString *s;
  uint8_t has_s;
  const RtArray *xs;
} Row;

static const RtType t_int = {.kind = RT_INT, .align = 8, .size = 8, .text = "Int"};
static const RtType t_float = {.kind = RT_FLOAT, .align = 8, .size = 8, .text = "Float"};
static const RtType t_time = {.kind = RT_UNCERTAIN, .align = 8, .size = 16, .text = "Duration", .unit = "s"};
static const RtType t_string = {
    .kind = RT_STRING, .align = 8, .size = 8, .has_pointers = 1, .text = "String"};
static const RtType t_maybe = {
    .kind = RT_OPTION, .align = 8, .size = 16, .has_pointers = 1, .text = "String?", .elem = &t_string};
static const RtType t_floats = {
    .kind = RT_ARRAY, .align = 8, .size = 8, .has_pointers = 1, .text = "[Float]", .elem = &t_float};
static const RtField fields[] = {{"n", &t_int, offsetof(Row, n)},
                                 {"time", &t_time, offsetof(Row, time)},
                                 {"s", &t_maybe, offsetof(Row, s)},
                                 {"xs", &t_floats, offsetof(Row, xs)}};
static const RtType t_row = {.kind = RT_RECORD,
                             .align = 8,
                             .has_pointers = 1,
                             .size = sizeof(Row),
                             .field_count = 4,
                             .text = "Row",
                             .fields = fields};
static const RtType t_rows = {
    .kind = RT_ARRAY, .align = 8, .size = 8, .has_pointers = 1, .text = "[Row]", .elem = &t_row};
static const RtType *const types[] = {&t_int,   &t_float,  &t_time, &t_string,
                                      &t_maybe, &t_floats, &t_row,  &t_rows};

/* What was read must survive the journal. */
static void round_trip(RtArena *arena, const RtType *type, const void *value) {
  char back[64] = {0};
  RtText once = {0}, twice = {0};
  value_encode(&once, type, value, NULL);
  const char *end = value_decode(arena, once.data, once.data + once.len, type, back, NULL);
  if (end != once.data + once.len || memchr(once.data, '\n', once.len)) abort();
  value_encode(&twice, type, back, NULL);
  if (once.len != twice.len || memcmp(once.data, twice.data, once.len) != 0) abort();
  text_free(&once);
  text_free(&twice);
  for (RtQuote quote = RT_QUOTE_SHELL; quote <= RT_QUOTE_RAW; quote++) {
    RtText text = {0};
    value_quote(&text, quote, type, value);
    text_free(&text);
  }
}

static int read_document(RtArena *arena, int yaml, const RtType *type, const char *text, size_t len,
                         void *value) {
  RtError error;
  const RtSource source = {arena, "fuzz", "/nonexistent", 1, &error};
  const RtNode *node = (yaml ? yaml_parse : json_parse)(arena, text, len, "fuzz", &error);
  return node && value_from_node(&source, node, type, value);
}

/* A command line whose arguments are the lines of the text. */
static void read_flags(RtArena *arena, char *text) {
  static const RtPort ports[] = {{.name = "n", .type = &t_int, .offset = 16},
                                 {.name = "rows", .type = &t_rows, .offset = 24},
                                 {.name = "names", .type = &t_floats, .offset = 32}};
  static const RtProgram program = {
      .name = "fuzz", .weft_version = "0", .identity = "", .in_count = 3, .ins = ports};
  char *argv[16] = {"fuzz"}, frame[64] = {0};
  int argc = 1;
  RtOptions options;
  for (char *at = text; at && argc < 15;) argv[argc++] = strsep(&at, "\n");
  for (int i = 1; i < argc; i++) /* the files of the machine are none of the fuzzer's business */
    if (strstr(argv[i], "inp") || strchr(argv[i], '.')) return;
  cli_parse(&program, argc, argv, &options, arena, frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) return 0;
  RtArena *arena = arena_new();
  const RtType *type = types[data[1] % (sizeof types / sizeof *types)];
  char value[64] = {0}, *text = malloc(size - 1);
  RtError error;
  size_t len = size - 2;
  memcpy(text, data + 2, len);
  text[len] = 0;
  const RtSource source = {arena, "fuzz", "/nonexistent", 1, &error};
  int done = 0;
  switch (data[0] % 6) {
    case 0:
      done = read_document(arena, 0, type, text, len, value);
      break;
    case 1:
      done = read_document(arena, 1, type, text, len, value);
      break;
    case 2:
      type = &t_rows, done = table_parse(&source, type, text, len, data[1] & 1 ? '\t' : ',', value);
      break;
    case 3:
      done = !strchr(text, '.') && value_from_flag(arena, type, text, "/nonexistent", value, &error);
      break;
    case 4:
      done = value_decode(arena, text, text + len, type, value, "/base") != NULL;
      break;
    case 5:
      read_flags(arena, text);
      break;
  }
  if (done) round_trip(arena, type, value);
  free(text);
  arena_free(arena);
  return 0;
}
