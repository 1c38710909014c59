/* cmd_equiv.c: whether two workflows are the same. */
#include "canon/equiv.h"
#include "canonical.h"

#include <string.h>

static const char *end_name(WitnessEnd end) {
  static const char *const names[] = {"output", "effect", "input"};
  return names[end];
}

/* ---- text ---- */

static bool is_somewhere(const Session *session, Span span) { return sources_at(session->sources, span); }

static void print_witness(const Session *session, const Options *options, const Witness *witness) {
  bool color = driver_output_color(options);
  printf("%s", end_name(witness->end));
  if (witness->name) printf(" `%s`", name_of(session, witness->name));
  printf("\n");
  for (int side = 0; side < 2; side++) {
    if (is_somewhere(session, witness->places[side]))
      diags_show(session->diags, witness->places[side], NULL, stdout, color);
    else
      printf("nothing in %s\n", options->operands[side]);
  }
}

static void print_text(const Session *session, const Options *options, const Equiv *equiv) {
  printf("%s (%s, %s%s)\n", verdict_name(equiv->verdict), tier_name(equiv->tier), tier_fragment(equiv->tier),
         equiv->unrolled && equiv->verdict == VERDICT_SAME ? "; written out" : "");
  if (equiv->reason) printf("%s\n", equiv->reason);
  if (equiv->has_witness) print_witness(session, options, &equiv->witness);
}

/* ---- JSON ---- */

static void put_string(Text *into, const char *text) { text_json(into, text, strlen(text)); }

static void put_place(const Session *session, Span span, Text *into) {
  Position from = sources_position(session->sources, span.lo),
           to = sources_position(session->sources, span.hi);
  if (!is_somewhere(session, span)) {
    text_puts(into, "null");
    return;
  }
  text_puts(into, "{\"path\": ");
  put_string(into, from.path);
  text_addf(into, ", \"line\": %u, \"column\": %u, \"end_line\": %u, \"end_column\": %u}", from.line,
            from.column, to.line, to.column);
}

static void put_witness(const Session *session, const Witness *witness, Text *into) {
  text_addf(into, "{\"%s\": ", end_name(witness->end));
  put_string(into, name_of(session, witness->name));
  text_puts(into, ", \"before\": ");
  put_place(session, witness->places[0], into);
  text_puts(into, ", \"after\": ");
  put_place(session, witness->places[1], into);
  text_puts(into, "}");
}

static void put_equiv(const Session *session, const Equiv *equiv, Text *into) {
  text_addf(into, "{\"verdict\": \"%s\", \"tier\": \"%s\", \"by\": \"%s\", \"reason\": ",
            verdict_name(equiv->verdict), tier_name(equiv->tier), equiv->unrolled ? "unrolling" : "identity");
  if (equiv->reason)
    put_string(into, equiv->reason);
  else
    text_puts(into, "null");
  text_puts(into, ", \"witness\": ");
  if (equiv->has_witness)
    put_witness(session, &equiv->witness, into);
  else
    text_puts(into, "null");
  text_puts(into, "}\n");
}

/* ---- the command ---- */

static int print(const Session *session, const Options *options, const Equiv *equiv) {
  static const Status statuses[] = {STATUS_OK, STATUS_FAILED, STATUS_UNKNOWN};
  const char *format = option_value(options, "format");
  Text text = {0};
  if (format && !strcmp(format, "json"))
    put_equiv(session, equiv, &text);
  else
    print_text(session, options, equiv);
  int status = output_text(&text);
  return status == STATUS_OK ? (int)statuses[equiv->verdict] : STATUS_USAGE;
}

int cmd_equiv(Session *session, const Options *options) {
  Canonical sides[2];
  int status = STATUS_USAGE;
  if (canonical_open_pair(sides, session, options, options->operands, NULL)) {
    Equiv equiv;
    equiv_of(sides[0].normal, sides[1].normal, &equiv);
    status = print(session, options, &equiv);
    equiv_end(&equiv);
  }
  for (int side = 0; side < 2; side++) canonical_close(&sides[side]);
  return status;
}
