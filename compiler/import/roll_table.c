/* roll_table.c: patterns of reading as expressions, and the tables that some need. */
#include "import/rolling.h"

/* ---- tables ---- */

static void put_numbers(Text *into, const uint32_t *numbers, uint32_t count) {
  text_putc(into, '[');
  for (uint32_t k = 0; k < count; k++) text_addf(into, k ? ", %u" : "%u", numbers[k]);
  text_putc(into, ']');
}

const char *roll_step(Writer *writer, const char *wanted, Text *text) {
  Sym key = intern(writer->dag->session->names, text->data, text->len);
  Sym known = map_get(&writer->tables, key);
  if (!known) {
    known = new_name(writer, wanted);
    map_put(&writer->tables, key, known);
    text_addf(writer->out, "  %s = %s\n", text_of(writer, known), text->data);
  }
  text_free(text);
  return text_of(writer, known);
}

const char *roll_table(Writer *writer, const char *wanted, const uint32_t *numbers, uint32_t count) {
  Text text = {0};
  put_numbers(&text, numbers, count);
  return roll_step(writer, wanted, &text);
}

/* Where each group begins, and where the last one ends. */
static const char *starts_of(Writer *writer, const Fit *fit) {
  VEC(uint32_t) starts = {0};
  uint32_t at = 0;
  for (uint32_t g = 0; g < fit->sizes.len; g++) {
    vec_push(&starts, at);
    at += fit->sizes.data[g];
  }
  vec_push(&starts, at);
  const char *name = roll_table(writer, "starts", starts.data, starts.len);
  vec_free(&starts);
  return name;
}

/* The group of each place. */
static const char *owners_of(Writer *writer, const Fit *fit) {
  Text text = {0};
  const char *sizes = roll_table(writer, "sizes", fit->sizes.data, fit->sizes.len);
  text_addf(&text, "flatten(for g in range(%u) { for k in range(%s[g]) { g } })", fit->sizes.len, sizes);
  return roll_step(writer, "group", &text);
}

static const char *lists_of(Writer *writer, const Fit *fit) {
  Text text = {0};
  uint32_t count = writer->first.len - 1;
  bool flat = fit->width == 1;
  text_putc(&text, '[');
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t *from = writer->numbers.data + writer->first.data[i];
    if (i) text_puts(&text, ", ");
    if (flat)
      text_addf(&text, "%u", *from);
    else
      put_numbers(&text, from, writer->first.data[i + 1] - writer->first.data[i]);
  }
  text_putc(&text, ']');
  return roll_step(writer, "table", &text);
}

/* ---- expressions ---- */

static void put_term(Text *into, int64_t factor, const char *what, bool *any) {
  if (!factor) return;
  text_puts(into, *any ? factor < 0 ? " - " : " + " : factor < 0 ? "-" : "");
  int64_t size = factor < 0 ? -factor : factor;
  if (size != 1) text_addf(into, "%lld * ", (long long)size);
  text_puts(into, what);
  *any = true;
}

/* The number of element k, of job i. */
static void put_linear(Text *into, const Fit *fit) {
  char whole[48], part[48];
  bool any = false, alone = fit->width == 1 && !fit->c;
  snprintf(whole, sizeof whole, alone && fit->a == 1 && !fit->b ? "i / %lld" : "(i / %lld)",
           (long long)fit->m);
  snprintf(part, sizeof part, alone && fit->b == 1 && !fit->a ? "i %% %lld" : "(i %% %lld)",
           (long long)fit->m);
  if (fit->m == 1)
    put_term(into, fit->a, "i", &any);
  else if (fit->m) {
    put_term(into, fit->a, whole, &any);
    put_term(into, fit->b, part, &any);
  } else
    put_term(into, fit->b, "i", &any);
  if (fit->width > 1) put_term(into, fit->d, "k", &any);
  if (!any)
    text_addf(into, "%lld", (long long)fit->c);
  else if (fit->c)
    text_addf(into, " %c %lld", fit->c < 0 ? '-' : '+', (long long)(fit->c < 0 ? -fit->c : fit->c));
}

void roll_put_fit(Writer *writer, const char *array, const Fit *fit, bool only_one, bool *single,
                  Text *into) {
  uint32_t count = writer->first.len - 1;
  const char *given, *i = count > 1 ? "i" : "0";
  *single = fit->kind != FIT_ALL && fit->kind != FIT_GROUP && fit->width == 1;
  if (only_one) {
    *single = true;
    text_puts(into, array);
    return;
  }
  switch (fit->kind) {
    case FIT_ALL:
      text_puts(into, array);
      return;
    case FIT_LINEAR:
      if (fit->width == 1) {
        text_addf(into, "%s[", array);
        put_linear(into, fit);
        text_putc(into, ']');
        return;
      }
      text_addf(into, "(for k in range(%u) { %s[", fit->width, array);
      put_linear(into, fit);
      text_puts(into, "] })");
      return;
    case FIT_OWNER:
      given = owners_of(writer, fit);
      if (fit->width == 1)
        text_addf(into, "%s[%s[%s]]", array, given, i);
      else
        text_addf(into, "(for k in range(%u) { %s[%u * %s[%s] + k] })", fit->width, array, fit->width, given,
                  i);
      return;
    case FIT_GROUP:
      given = starts_of(writer, fit);
      text_addf(into, "(for k in range(%s[%s + 1] - %s[%s]) { %s[%s[%s] + k] })", given, i, given, i, array,
                given, i);
      return;
    case FIT_TABLE:
      given = lists_of(writer, fit);
      writer->count.tables++;
      if (fit->width == 1)
        text_addf(into, "%s[%s[%s]]", array, given, i);
      else
        text_addf(into, "(for k in %s[%s] { %s[k] })", given, i, array);
      return;
  }
}
