/* js_library.c: the functions that expressions call, and those that these call. */
#include "emit/js_code.h"

#include <ctype.h>
#include <string.h>

static const unsigned char library[] = {
#include "js_library.inc"
};
static const unsigned char cwl_library[] = {
#include "js_cwl.inc"
};

/* A function begins with its name at the start of a line, and ends with a bracket there. */
typedef struct Function {
  const char *name, *text;
  size_t name_len, len;
  bool apart; /* it is written with its comment, behind an empty line */
  bool used;
} Function;

typedef VEC(Function) Functions;

static const char *find(const char *from, const char *end, const char *what) {
  return memmem(from, (size_t)(end - from), what, strlen(what));
}

static size_t word_length(const char *at, const char *end) {
  const char *from = at;
  while (at < end && (isalnum((unsigned char)*at) || *at == '_')) at++;
  return (size_t)(at - from);
}

static void find_functions(const unsigned char *bytes, size_t size, bool apart, Functions *functions) {
  static const char begin[] = "\nfunction ", close[] = "\n}\n";
  const char *at = (const char *)bytes, *end = at + size;
  while ((at = find(at, end, begin))) {
    const char *name = at + strlen(begin), *text = at + 1, *stop = find(at, end, close) + strlen(close);
    while (apart && memcmp(text - 2, "\n\n", 2) != 0) text--;
    vec_push(functions, (Function){name, text, word_length(name, end), (size_t)(stop - text), apart, false});
    at = stop - 1;
  }
}

typedef VEC(uint32_t) Wanted;

/* Those that a text mentions. */
static void want(Functions *functions, const char *text, size_t len, Wanted *wanted) {
  const char *end = text + len;
  for (const char *at = text; at < end && (at = find(at, end, "weft_"));) {
    size_t size = word_length(at, end);
    for (uint32_t i = 0; i < functions->len; i++) {
      Function *function = &functions->data[i];
      if (function->used || function->name_len != size || memcmp(function->name, at, size) != 0) continue;
      function->used = true;
      vec_push(wanted, i);
    }
    at += size;
  }
}

static void put_units(Text *into) {
  static const char *const rows[] = {
#define UNIT(text, factor, ...) "\"" text "\": [" #factor ", " #__VA_ARGS__ "]",
#include "runtime/units.def"
#undef UNIT
  };
  text_puts(into, "var weft_units = {\n");
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) text_addf(into, "%s  %s", i ? ",\n" : "", rows[i]);
  text_puts(into, "\n};\n");
}

const char *js_call(Js *js, const char *function) {
  text_addf(&js->code, "%s\n", function);
  return function;
}

void js_library(const Js *js, Text *into) {
  Functions functions = {0};
  Wanted wanted = {0};
  find_functions(library, sizeof library, false, &functions);
  find_functions(cwl_library, sizeof cwl_library, true, &functions);
  want(&functions, js->code.data ? js->code.data : "", js->code.len, &wanted);
  for (uint32_t i = 0; i < wanted.len; i++) {
    Function function = functions.data[wanted.data[i]];
    want(&functions, function.text, function.len, &wanted);
  }
  for (uint32_t i = 0; i < functions.len; i++) {
    const Function *function = &functions.data[i];
    if (!function->used) continue;
    if (function->name_len == 9 && !memcmp(function->name, "weft_unit", 9)) put_units(into);
    if (function->apart && into->len) text_putc(into, '\n');
    text_add(into, function->text, function->len);
  }
  vec_free(&functions);
  vec_free(&wanted);
}
