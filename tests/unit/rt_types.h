/* rt_types.h: types and values that the runtime's tests share, and how to see failures. */
#ifndef WEFT_TEST_RT_TYPES_H
#define WEFT_TEST_RT_TYPES_H

#include <CUnit/CUnit.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "value.h"

static const RtType t_bool __attribute__((unused)) = {.kind = RT_BOOL, .align = 1, .size = 1, .text = "Bool"};
static const RtType t_int __attribute__((unused)) = {.kind = RT_INT, .align = 8, .size = 8, .text = "Int"};
static const RtType t_float
    __attribute__((unused)) = {.kind = RT_FLOAT, .align = 8, .size = 8, .text = "Float"};
static const RtType t_size
    __attribute__((unused)) = {.kind = RT_QUANTITY, .align = 8, .size = 8, .text = "Size", .unit = "B"};
static const RtType t_time
    __attribute__((unused)) = {.kind = RT_UNCERTAIN, .align = 8, .size = 16, .text = "Duration", .unit = "s"};
static const RtType t_string
    __attribute__((unused)) = {.kind = RT_STRING, .align = 8, .size = 8, .has_pointers = 1, .text = "String"};
static const RtType t_file
    __attribute__((unused)) = {.kind = RT_FILE, .align = 8, .size = 8, .has_pointers = 1, .text = "File"};
static const RtType t_dir
    __attribute__((unused)) = {.kind = RT_DIR, .align = 8, .size = 8, .has_pointers = 1, .text = "Dir"};
static const RtType t_ints __attribute__((unused)) = {
    .kind = RT_ARRAY, .align = 8, .size = 8, .has_pointers = 1, .text = "[Int]", .elem = &t_int};
static const RtType t_strings __attribute__((unused)) = {
    .kind = RT_ARRAY, .align = 8, .size = 8, .has_pointers = 1, .text = "[String]", .elem = &t_string};
static const RtType t_files __attribute__((unused)) = {
    .kind = RT_ARRAY, .align = 8, .size = 8, .has_pointers = 1, .text = "[File]", .elem = &t_file};
static const RtType t_maybe
    __attribute__((unused)) = {.kind = RT_OPTION, .align = 8, .size = 16, .text = "Int?", .elem = &t_int};
static const RtType t_maybe_string __attribute__((unused)) = {
    .kind = RT_OPTION, .align = 8, .size = 16, .has_pointers = 1, .text = "String?", .elem = &t_string};

/* (id: String, n: Int, x: Float, note: String?) */
typedef struct Row {
  const RtString *id;
  int64_t n;
  double x;
  const RtString *note;
  uint8_t has_note;
} Row;

static const RtField row_fields[] __attribute__((unused)) = {{"id", &t_string, offsetof(Row, id)},
                                                             {"n", &t_int, offsetof(Row, n)},
                                                             {"x", &t_float, offsetof(Row, x)},
                                                             {"note", &t_maybe_string, offsetof(Row, note)}};
static const RtType t_row __attribute__((unused)) = {.kind = RT_RECORD,
                                                     .align = 8,
                                                     .has_pointers = 1,
                                                     .size = sizeof(Row),
                                                     .field_count = 4,
                                                     .text = "(id: String, n: Int, x: Float, note: String?)",
                                                     .fields = row_fields};
static const RtType t_rows __attribute__((unused)) = {
    .kind = RT_ARRAY, .align = 8, .size = 8, .has_pointers = 1, .text = "[Row]", .elem = &t_row};

/* What no quoting may let out: each sign that is special somewhere. */
#define NASTY "a b;$(touch x)'\"\\n\n`touch y`|&<>{}[]*?!#~=%\t\xc3\xa9\xf0\x9f\x98\x80"

/* Outside of a run, rt_fail says "error[CODE]: message" and exits; so what must fail does so in a child:
 * `if (IN_CHILD()) { rt_...; _exit(0); }`, after which failed_code and failed_message are known ("" if it came back). */
extern char failed_code[8], failed_message[1024];
#define IN_CHILD() (test_fork() == 0)
int test_fork(void);

/* A directory of its own for a test, made anew; its path. */
const char *test_dir(void);
/* Write a file below test_dir(); its absolute path (valid until the next call). */
const char *test_write(const char *name, const char *text);
/* Remove test_dir() and all below it. */
void test_clean(void);

static inline RtText text_new(void) {
  RtText text = {0};
  text_add(&text, "", 0);
  return text;
}

#endif
