/* print.c: trees as source text.  Everything that is more than one word stands in parentheses. */
#include "arrow.h"

#include <stdio.h>
#include <string.h>

typedef struct Printer {
  const Workflow *flow;
  Text *into;
} Printer;

static const char *const op_texts[TERM_OP_COUNT] = {
#define TERM_OP(op, text) [op] = text,
#include "term_ops.def"
#undef TERM_OP
};

static void put(Printer *printer, const Term *term);

/* ---- names and types ---- */

/* The salt turns numbers around, one to one, and chooses the words before them. */
static void put_name(Printer *printer, const char *const words[4], uint32_t id) {
  uint32_t salt = printer->flow->salt;
  text_addf(printer->into, "%s%u", words[salt % 4], id ^ (salt >> 2));
}

static void put_variable(Printer *printer, const Variable *variable) {
  static const char *const words[4] = {"v", "x_", "step", "Value"};
  if (variable->name)
    text_puts(printer->into, variable->name);
  else
    put_name(printer, words, variable->id);
}

static void put_routine(Printer *printer, const Routine *routine) {
  static const char *const words[4] = {"do", "r_", "work", "Node"};
  if (routine == printer->flow->main)
    text_puts(printer->into, "main");
  else
    put_name(printer, words, routine->id);
}

void sort_print(const Sort *sort, Text *into) {
  static const char *const names[] = {"()", "Bool", "Int", "Float", "String", "File", "Size"};
  switch (sort->kind) {
    case SORT_ARRAY:
      text_putc(into, '[');
      sort_print(sort->of, into);
      text_putc(into, ']');
      break;
    case SORT_OPTION:
      sort_print(sort->of, into);
      text_putc(into, '?');
      break;
    case SORT_RECORD:
      for (uint32_t i = 0; i < sort->count; i++) {
        text_addf(into, "%s%s: ", i ? ", " : "(", sort->names[i]);
        sort_print(sort->fields[i], into);
      }
      text_putc(into, ')');
      break;
    default:
      text_puts(into, names[sort->kind]);
  }
}

static void put_string(Printer *printer, const char *text) {
  for (; *text; text++) {
    if (strchr("\"\\~", *text)) text_putc(printer->into, '\\');
    text_putc(printer->into, *text);
  }
}

/* ---- blocks ---- */

static void put_step(Printer *printer, const Variable *variable, const Term *term) {
  if (variable) {
    put_variable(printer, variable);
    text_puts(printer->into, " = ");
  }
  bool waits = term->kind == TERM_AFTER;
  put(printer, waits ? term->kids[0] : term);
  for (uint32_t i = 1; waits && i < term->count; i++) {
    text_puts(printer->into, i > 1 ? ", " : " after ");
    put(printer, term->kids[i]);
  }
}

/* `{ steps; value }` */
static void put_block(Printer *printer, const Term *term) {
  text_puts(printer->into, "{ ");
  bool block = term->kind == TERM_BLOCK;
  for (uint32_t k = 0; block && k < term->bound; k++) {
    put_step(printer, term->vars[k], term->kids[k]);
    text_puts(printer->into, "; ");
  }
  put(printer, block ? term->kids[term->bound] : term);
  text_puts(printer->into, " }");
}

/* A block where only an expression can stand. */
static void put_lets(Printer *printer, const Term *block) {
  uint32_t *order = block_order(printer->flow->world, block);
  for (uint32_t i = 0; i < block->bound; i++) {
    text_puts(printer->into, "(let ");
    put_step(printer, block->vars[order[i]], block->kids[order[i]]);
    text_puts(printer->into, " in ");
  }
  put(printer, block->kids[block->bound]);
  for (uint32_t i = 0; i < block->bound; i++) text_putc(printer->into, ')');
}

/* ---- terms ---- */

/* A term whose type must not be widened by what is expected of it: loops and folds would take that for their state. */
static void put_exact(Printer *printer, const Term *term) {
  bool narrow = term->kind <= TERM_CALL && term->kind != TERM_INDEX;
  if (!narrow) text_puts(printer->into, "(let it = ");
  put(printer, term);
  if (!narrow) text_puts(printer->into, " in it)");
}

static void put_list(Printer *printer, const Term *term, const char *open, const char *close) {
  text_puts(printer->into, open);
  for (uint32_t i = 0; i < term->count; i++) {
    if (i) text_puts(printer->into, ", ");
    if (term->kind == TERM_RECORD) text_addf(printer->into, "%s: ", term->sort->names[i]);
    put(printer, term->kids[i]);
  }
  text_puts(printer->into, close);
}

static void put_named(Printer *printer, const Term *term, uint32_t k, bool *first) {
  if (!term->kids[k]) return;
  if (!*first) text_puts(printer->into, ", ");
  *first = false;
  put_variable(printer, term->routine->ins[k]);
  text_puts(printer->into, ": ");
  put(printer, term->kids[k]);
}

/* Positional arguments, then named ones: all from where one is left to its default, or earlier, in either order. */
static void put_call(Printer *printer, const Term *term) {
  put_routine(printer, term->routine);
  uint32_t positional = term->style % (term->count + 1), k = 0;
  bool first = true;
  if (term->style % 3 == 0 || term->routine->is_arrow) positional = term->count;
  text_putc(printer->into, '(');
  for (; k < positional && (term->kids[k] || term->kind == ARROW_PARTIAL); k++) {
    if (!term->kids[k] && (int64_t)k != term->integer) break;
    if (k) text_puts(printer->into, ", ");
    first = false;
    if (term->kids[k])
      put(printer, term->kids[k]);
    else
      text_putc(printer->into, '_');
  }
  if (term->kind == ARROW_PARTIAL && term->integer >= k) {
    if (!first) text_puts(printer->into, ", ");
    first = false;
    put_variable(printer, term->routine->ins[term->integer]);
    text_puts(printer->into, ": _");
  }
  for (uint32_t i = k; i < term->count; i++)
    put_named(printer, term, term->style & 64 ? term->count - 1 - (i - k) : i, &first);
  text_putc(printer->into, ')');
}

static void put_clauses(Printer *printer, const Term *term, uint32_t sources) {
  for (uint32_t i = 0; i < sources; i++) {
    text_puts(printer->into, i && term->integer >> i & 1 ? ", " : i ? " for " : "for ");
    put_variable(printer, term->vars[i]);
    text_puts(printer->into, " in ");
    put(printer, term->kids[i]);
  }
  if (term->kids[sources]) {
    text_puts(printer->into, " if ");
    put(printer, term->kids[sources]);
  }
  text_putc(printer->into, ' ');
  put_block(printer, term->kids[sources + 1]);
}

static void put_fold(Printer *printer, const Term *term) {
  bool by = term->kind == TERM_FOLD_BY;
  uint32_t sources = by ? term->bound : term->bound - 1;
  text_puts(printer->into, "(fold ");
  if (!by) {
    put_variable(printer, term->vars[sources]);
    text_puts(printer->into, " = ");
  }
  put(printer, term->kids[sources + 2]);
  text_putc(printer->into, ' ');
  put_clauses(printer, term, sources);
  if (by) {
    text_puts(printer->into, " by ");
    put_routine(printer, term->routine);
  }
  text_putc(printer->into, ')');
}

static void put_loop(Printer *printer, const Term *term) {
  text_puts(printer->into, "(loop ");
  put_variable(printer, term->vars[0]);
  text_puts(printer->into, " = ");
  put(printer, term->kids[0]);
  text_putc(printer->into, ' ');
  put_block(printer, term->kids[1]);
  text_puts(printer->into, term->flag ? " while " : " until ");
  put(printer, term->kids[2]);
  text_puts(printer->into, term->kids[3] ? " max " : " unbounded ");
  if (term->kids[3]) put(printer, term->kids[3]);
  text_putc(printer->into, ')');
}

static void put_if(Printer *printer, const Term *term) {
  text_puts(printer->into, "(if ");
  put(printer, term->kids[0]);
  text_putc(printer->into, ' ');
  put_block(printer, term->kids[1]);
  if (term->kids[2]) {
    text_puts(printer->into, " else ");
    put_block(printer, term->kids[2]);
  }
  text_putc(printer->into, ')');
}

/* `none` and values that are there, each of a type that can be seen. */
static void put_option(Printer *printer, const Term *term) {
  World *world = printer->flow->world;
  text_puts(printer->into, term->kind == TERM_SOME ? "(if true { " : "(if false { ");
  put_exact(printer, term->kind == TERM_SOME ? term->kids[0] : term_leaf(world, term->sort->of));
  text_puts(printer->into, " })");
}

static void put_text(Printer *printer, const Term *term) {
  text_putc(printer->into, '"');
  for (uint32_t i = 0; i < term->count; i++) {
    const Term *part = term->kids[i];
    if (part->kind == TERM_STRING) {
      put_string(printer, part->text);
      continue;
    }
    text_puts(printer->into, "~{");
    put(printer, part);
    text_putc(printer->into, '}');
  }
  text_putc(printer->into, '"');
}

static void put_infix(Printer *printer, const Term *term, const char *op) {
  text_putc(printer->into, '(');
  put(printer, term->kids[0]);
  text_addf(printer->into, " %s ", op);
  put(printer, term->kids[1]);
  text_putc(printer->into, ')');
}

static void put_prefix(Printer *printer, const Term *term, const char *op) {
  text_addf(printer->into, "(%s", op);
  put(printer, term->kids[0]);
  text_putc(printer->into, ')');
}

static void put_float(Printer *printer, double number) {
  char digits[40];
  for (int precision = 6; precision <= 17; precision++) {
    snprintf(digits, sizeof digits, "%.*g", precision, number);
    if (strtod(digits, NULL) == number) break;
  }
  text_addf(printer->into, "%s%s", digits, strpbrk(digits, ".e") ? "" : ".0");
}

static void put_int(Printer *printer, int64_t value) {
  if (value < 0)
    text_addf(printer->into, "(-%lld)", -(long long)value);
  else
    text_addf(printer->into, "%lld", (long long)value);
}

/* Bytes in the largest unit that fits, or as they are. */
static void put_size(Printer *printer, const Term *term) {
  bool kib = term->integer % 1024 == 0 && term->style & 1;
  text_addf(printer->into, "%lld %s", (long long)(kib ? term->integer / 1024 : term->integer),
            kib ? "KiB" : "B");
}

static void put_ask(Printer *printer, const Term *term) {
  text_puts(printer->into, "(ask ");
  sort_print(term->sort, printer->into);
  text_addf(printer->into, "(\"%s\"", term->text);
  if (term->count) {
    text_puts(printer->into, ", evidence: ");
    put(printer, term->kids[0]);
  }
  text_puts(printer->into, "))");
}

static void put_template(Printer *printer, const Term *term) {
  text_puts(printer->into, template_info[term->integer].name);
  put_list(printer, term, "(", ")");
}

static void put_builtin(Printer *printer, const Term *term) {
  text_puts(printer->into, op_texts[term->op]);
  if (term->op != DO_FLOAT) {
    put_list(printer, term, "(", ")");
    return;
  }
  text_putc(printer->into, '(');
  put_exact(printer, term->kids[0]);
  text_putc(printer->into, ')');
}

static void put_arrow(Printer *printer, const Term *term) {
  switch (term->kind) {
    case ARROW_NAME:
      put_routine(printer, term->routine);
      break;
    case ARROW_PARTIAL:
      put_call(printer, term);
      break;
    case ARROW_SERIES:
      put_infix(printer, term, ">>");
      break;
    case ARROW_FORK:
      put_infix(printer, term, "&");
      break;
    case ARROW_BESIDE:
      put_infix(printer, term, "|");
      break;
    case ARROW_MAP:
      put_prefix(printer, term, "map ");
      break;
    case ARROW_FILTER:
      put_prefix(printer, term, "filter ");
      break;
    case ARROW_FLATMAP:
      put_prefix(printer, term, "flatmap ");
      break;
    case ARROW_FOLD:
      text_puts(printer->into, "((fold ");
      put(printer, term->kids[0]);
      text_puts(printer->into, ")(");
      put(printer, term->kids[1]);
      text_puts(printer->into, ", _))");
      break;
    default:
      text_puts(printer->into, "id");
  }
}

static void put(Printer *printer, const Term *term) {
  Text *into = printer->into;
  switch (term->kind) {
    case TERM_VAR:
      put_variable(printer, term->vars[0]);
      break;
    case TERM_INT:
      put_int(printer, term->integer);
      break;
    case TERM_FLOAT:
      put_float(printer, term->number);
      break;
    case TERM_BOOL:
      text_puts(into, term->integer ? "true" : "false");
      break;
    case TERM_STRING:
      text_putc(into, '"');
      put_string(printer, term->text);
      text_putc(into, '"');
      break;
    case TERM_SIZE:
      put_size(printer, term);
      break;
    case TERM_TEXT:
      put_text(printer, term);
      break;
    case TERM_NONE:
    case TERM_SOME:
      put_option(printer, term);
      break;
    case TERM_ARRAY:
      put_list(printer, term, "[", "]");
      break;
    case TERM_RECORD:
      put_list(printer, term, "(", ")");
      break;
    case TERM_FIELD:
      put(printer, term->kids[0]);
      text_addf(into, ".%s", term->kids[0]->sort->names[term->integer]);
      break;
    case TERM_INDEX:
      put(printer, term->kids[0]);
      text_putc(into, '[');
      put(printer, term->kids[1]);
      text_putc(into, ']');
      break;
    case TERM_CALL:
      put_call(printer, term);
      break;
    case TERM_BUILTIN:
      put_builtin(printer, term);
      break;
    case TERM_UNARY:
      put_prefix(printer, term, op_texts[term->op]);
      break;
    case TERM_BINARY:
      put_infix(printer, term, op_texts[term->op]);
      break;
    case TERM_IF:
      put_if(printer, term);
      break;
    case TERM_FOR:
      text_putc(into, '(');
      put_clauses(printer, term, term->bound);
      text_putc(into, ')');
      break;
    case TERM_FOLD:
    case TERM_FOLD_BY:
      put_fold(printer, term);
      break;
    case TERM_LOOP:
      put_loop(printer, term);
      break;
    case TERM_ASK:
      put_ask(printer, term);
      break;
    case TERM_BLOCK:
      put_lets(printer, term);
      break;
    case TERM_APPLY:
      put_infix(printer, term, "|>");
      break;
    case TERM_TEMPLATE:
      put_template(printer, term);
      break;
    default:
      put_arrow(printer, term);
  }
}

/* ---- declarations ---- */

static bool is_scalar(const Sort *sort) { return sort->kind >= SORT_BOOL && sort->kind <= SORT_SIZE; }

/* What a command says of an input: all of it that has one text. */
static void put_word(Printer *printer, Variable *in) {
  World *world = printer->flow->world;
  Term *value = term_var(world, in);
  const Sort *sort = in->sort, *ints = sort_of(world, SORT_INT);
  if (sort->kind == SORT_RECORD) {
    for (uint32_t i = 0; i < sort->count; i++) {
      if (!is_scalar(sort->fields[i])) continue;
      text_puts(printer->into, " ~{");
      put(printer, term_field(world, value, i));
      text_putc(printer->into, '}');
    }
    return;
  }
  if (sort->kind == SORT_ARRAY && !is_scalar(sort->of))
    value = term_builtin(world, DO_LENGTH, ints, 1, value);
  if (sort->kind == SORT_OPTION) value = term_builtin(world, DO_IS_SOME, sort_of(world, SORT_BOOL), 1, value);
  text_puts(printer->into, " ~{");
  put(printer, value);
  text_putc(printer->into, '}');
}

static void put_out(Printer *printer, const char *name, const Sort *sort) {
  text_addf(printer->into, "%s: ", name);
  sort_print(sort, printer->into);
  if (sort->kind == SORT_FILE)
    text_addf(printer->into, " = \"%s.out\"", name);
  else if (sort->kind == SORT_INT)
    text_addf(printer->into, " = read_int(\"%s.txt\")", name);
  else
    text_addf(printer->into, " = read_json(\"out.json\").%s", name);
}

static void put_outs(Printer *printer, const Routine *task) {
  if (task->result->kind == SORT_UNIT) return;
  text_puts(printer->into, " -> (");
  if (task->many)
    for (uint32_t i = 0; i < task->result->count; i++) {
      if (i) text_puts(printer->into, ", ");
      put_out(printer, task->result->names[i], task->result->fields[i]);
    }
  else
    put_out(printer, "o", task->result);
  text_putc(printer->into, ')');
}

static void put_ins(Printer *printer, const Routine *routine) {
  text_putc(printer->into, '(');
  for (uint32_t i = 0; i < routine->in_count; i++) {
    if (i) text_puts(printer->into, ", ");
    put_variable(printer, routine->ins[i]);
    text_puts(printer->into, ": ");
    sort_print(routine->ins[i]->sort, printer->into);
    if (!routine->defaults[i]) continue;
    text_puts(printer->into, " = ");
    put(printer, routine->defaults[i]);
  }
  text_putc(printer->into, ')');
}

static void put_marks(Printer *printer, const Routine *routine) {
  text_addf(printer->into, "%s%s%s", routine->assoc ? "assoc " : "", routine->comm ? "comm " : "",
            routine->is_volatile ? "volatile " : "");
}

static void put_task(Printer *printer, const Routine *task) {
  put_marks(printer, task);
  text_puts(printer->into, "task ");
  put_routine(printer, task);
  put_ins(printer, task);
  put_outs(printer, task);
  text_puts(printer->into, " {\n");
  if (task->image) text_addf(printer->into, "  image \"%s\"\n", task->image);
  text_addf(printer->into, "  run %s \"%s -n %lld", task->interpreter ? task->interpreter : "", task->program,
            (long long)task->literal);
  for (uint32_t i = 0; i < task->in_count; i++) put_word(printer, task->ins[task->words[i]]);
  text_puts(printer->into, "\"\n}\n");
}

/* `{ steps }`, a line each, with a step for each result. */
static void put_results(Printer *printer, const Term *body) {
  const Term *record = body->kind == TERM_BLOCK ? body->kids[body->bound] : body;
  text_puts(printer->into, " {\n");
  for (uint32_t k = 0; body->kind == TERM_BLOCK && k < body->bound; k++) {
    text_puts(printer->into, "  ");
    put_step(printer, body->vars[k], body->kids[k]);
    text_putc(printer->into, '\n');
  }
  for (uint32_t i = 0; record && i < record->count; i++) {
    text_addf(printer->into, "  %s = ", record->sort->names[i]);
    put(printer, record->kids[i]);
    text_putc(printer->into, '\n');
  }
  text_puts(printer->into, "}\n");
}

static bool is_many(const Routine *routine) {
  return routine->many || (routine->kind == ROUTINE_FLOW && routine->result->kind == SORT_RECORD);
}

static bool has_results(const Routine *routine) {
  const Term *body = routine->body;
  if (body->kind == TERM_BLOCK) body = body->kids[body->bound];
  return is_many(routine) && (!body || body->kind == TERM_RECORD);
}

static void put_flow(Printer *printer, const Routine *routine) {
  const Term *body = routine->body;
  put_marks(printer, routine);
  text_puts(printer->into, routine->kind == ROUTINE_FN ? "fn " : "flow ");
  put_routine(printer, routine);
  if (!routine->is_arrow) {
    put_ins(printer, routine);
    if (routine->result->kind != SORT_UNIT) {
      text_puts(printer->into, " -> ");
      sort_print(routine->result, printer->into);
    }
  }
  if (has_results(routine)) {
    put_results(printer, body);
  } else if (body->kind == TERM_BLOCK && !is_many(routine)) {
    text_putc(printer->into, ' ');
    put_block(printer, body);
    text_putc(printer->into, '\n');
  } else {
    text_puts(printer->into, " = ");
    put(printer, body);
    text_putc(printer->into, '\n');
  }
}

static void mark_templates(const Term *term, bool *used) {
  if (!term) return;
  if (term->kind == TERM_TEMPLATE) used[term->integer] = true;
  for (uint32_t i = 0; i < term->count; i++) mark_templates(term->kids[i], used);
}

void workflow_print(const Workflow *flow, Text *into) {
  Printer printer = {flow, into};
  Routines reached = workflow_reached(flow);
  bool used[TEMPLATE_COUNT] = {0};
  Rng rng = {flow->order};
  for (uint32_t i = reached.len; flow->order && i-- > 1;) {
    uint32_t k = rng_below(&rng, i + 1);
    Routine *kept = reached.data[i];
    reached.data[i] = reached.data[k];
    reached.data[k] = kept;
  }
  for (uint32_t i = 0; i < reached.len; i++) mark_templates(reached.data[i]->body, used);
  for (uint32_t i = 0; i < TEMPLATE_COUNT; i++)
    if (used[i]) text_addf(into, "%s\n", template_info[i].text);
  for (uint32_t i = 0; i < reached.len; i++) {
    if (reached.data[i]->kind == ROUTINE_TASK)
      put_task(&printer, reached.data[i]);
    else
      put_flow(&printer, reached.data[i]);
  }
  vec_free(&reached);
}
