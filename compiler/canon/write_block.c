/* write_block.c: what has blocks: choices, `for`, `fold`, `loop`. */
#include "canon/write_parts.h"

void write_newline(Writer *writer) {
  if (writer->flat)
    text_puts(writer->out, "; ");
  else
    text_addf(writer->out, "\n%*s", (int)(2 * writer->indent), "");
}

static Sym step_wish(const Writer *writer, const Item *item) {
  return writer->graph->name_of.data[item->node];
}

static void put_step(Writer *writer, uint32_t at) {
  Item *item = &writer->items.data[at];
  if (!item->effect) {
    item->name = item->output != NONE ? writer->graph->outputs.data[item->output].name
                                      : write_name_fresh(writer, NAME_STEP, step_wish(writer, item));
    write_sym(writer, item->name);
    text_puts(writer->out, " = ");
  }
  write_definition(writer, at);
}

void write_steps(Writer *writer, uint32_t block) {
  for (uint32_t k = 0; k < writer->blocks.data[block].steps.len && !writer->failed; k++) {
    if (!writer->flat || k) write_newline(writer);
    put_step(writer, writer->blocks.data[block].steps.data[k]);
  }
}

/* `{ steps; value after … }` */
static void put_body_block(Writer *writer, uint32_t block, uint32_t scope, Node value, const Nodes *after,
                           Ask ask) {
  bool unit = write_literal_kind(writer->graph, value, LIT_UNIT),
       steps = writer->blocks.data[block].steps.len > 0;
  if (unit && !steps) {
    text_puts(writer->out, "{}");
    return;
  }
  text_puts(writer->out, steps && !writer->flat ? "{" : "{ ");
  writer->indent++;
  write_steps(writer, block);
  if (steps && !unit) write_newline(writer);
  if (!unit) write_term(writer, scope, value, after ? LEVEL_OPEN : LEVEL_STEP, after ? ASK_EXACT : ask);
  if (after) write_after(writer, scope, after->data, after->len);
  writer->indent--;
  if (steps && !writer->flat)
    write_newline(writer);
  else
    text_putc(writer->out, ' ');
  text_putc(writer->out, '}');
}

void write_block(Writer *writer, uint32_t block, uint32_t scope, Node value, Ask ask) {
  put_body_block(writer, block, scope, value, NULL, ask);
}

/* ---- choices ---- */

/* The condition under which the second branch is taken. */
static void put_negated(Writer *writer, uint32_t scope, Node condition) {
  const Graph *graph = writer->graph;
  const Item *item = &writer->items.data[write_scan_item(writer, scope, condition)];
  if (graph_op(graph, condition) == OP_EQ_ && item->form == FORM_NODE && !item->step) {
    write_unequal(writer, item->scope, condition, LEVEL_OPEN);
    return;
  }
  text_putc(writer->out, '!');
  write_term(writer, scope, condition, LEVEL_UNARY, ASK_EXACT);
}

/* Nothing is done, or nothing is there. */
static bool is_no_branch(const Graph *graph, Node node) {
  return write_literal_kind(graph, node, LIT_UNIT) || write_literal_kind(graph, node, LIT_ABSENT);
}

/* Whether a branch is an `if` and nothing else. */
static bool is_chain(const Writer *writer, uint32_t at, uint32_t block) {
  const Item *next = &writer->items.data[at];
  return next->form == FORM_NODE && !next->step && graph_op(writer->graph, next->node) == OP_CHOOSE &&
         write_choice_form(writer, next->node) == CHOICE_IF && next->uses == 1 &&
         !writer->blocks.data[block].steps.len;
}

static void put_if(Writer *writer, uint32_t at) {
  const Graph *graph = writer->graph;
  for (;;) {
    Item item = writer->items.data[at];
    Node yes = graph_arg(graph, item.node, 1), no = graph_arg(graph, item.node, 2);
    bool negated = is_no_branch(graph, yes) && !is_no_branch(graph, no),
         single = negated || is_no_branch(graph, no);
    bool said = single || write_parts_say_type(writer, item.scope, item.node, yes, no);
    text_puts(writer->out, "if ");
    if (negated)
      put_negated(writer, item.scope, graph_arg(graph, item.node, 0));
    else
      write_term(writer, item.scope, graph_arg(graph, item.node, 0), LEVEL_OPEN, ASK_EXACT);
    text_putc(writer->out, ' ');
    write_block(writer, item.inner + negated, item.scope, negated ? no : yes, said ? ASK_ANY : ASK_EXACT);
    if (single) return;
    text_puts(writer->out, " else ");
    at = write_scan_item(writer, item.scope, no);
    if (!is_chain(writer, at, item.inner + 1)) {
      write_block(writer, item.inner + 1, item.scope, no, ASK_ANY);
      return;
    }
  }
}

static void put_truth(Writer *writer, const Item *item, int level) {
  const Graph *graph = writer->graph;
  Node condition = graph_arg(graph, item->node, 0), yes = graph_arg(graph, item->node, 1),
       no = graph_arg(graph, item->node, 2);
  bool and = write_choice_form(writer, item->node) == CHOICE_AND,
       negated = write_literal_kind(graph, yes, LIT_BOOL) == and;
  int own = and? LEVEL_AND : LEVEL_OR;
  if (own < level) text_putc(writer->out, '(');
  if (negated) text_putc(writer->out, '!');
  write_term(writer, item->scope, condition, negated ? LEVEL_UNARY : own, ASK_EXACT);
  text_puts(writer->out, and? " && " : " || ");
  write_term(writer, item->scope, write_literal_kind(graph, no, LIT_BOOL) ? yes : no, own + 1, ASK_EXACT);
  if (own < level) text_putc(writer->out, ')');
}

/* `x ?? y` */
static void put_default(Writer *writer, const Item *item, int level) {
  const Graph *graph = writer->graph;
  Node option = graph_arg(graph, graph_arg(graph, item->node, 0), 0), no = graph_arg(graph, item->node, 2);
  TypeId inside = type_of(graph->types, graph_type(graph, option))->args[0];
  TypeId other = writer->items.data[write_scan_item(writer, item->scope, no)].natural;
  bool said = type_join(graph->types, inside, other) == graph_type(graph, item->node);
  if (LEVEL_COALESCE < level) text_putc(writer->out, '(');
  write_term(writer, item->scope, option, LEVEL_COALESCE + 1, ASK_EXACT);
  text_puts(writer->out, " ?? ");
  write_term(writer, item->scope, no, LEVEL_COALESCE, said ? ASK_ANY : ASK_EXACT);
  if (LEVEL_COALESCE < level) text_putc(writer->out, ')');
}

void write_choice(Writer *writer, uint32_t at, int level, Ask ask) {
  const Graph *graph = writer->graph;
  Item item = writer->items.data[at];
  switch (write_choice_form(writer, item.node)) {
    case CHOICE_IF:
      if (LEVEL_UNARY < level) text_putc(writer->out, '(');
      put_if(writer, at);
      if (LEVEL_UNARY < level) text_putc(writer->out, ')');
      break;
    case CHOICE_AND:
    case CHOICE_OR:
      put_truth(writer, &item, level);
      break;
    case CHOICE_ELSE:
      put_default(writer, &item, level);
      break;
    case CHOICE_CONVERT:
      write_term(writer, item.scope, graph_arg(graph, graph_arg(graph, item.node, 0), 0), level, ask);
      break;
  }
}

/* ---- for ---- */

static void put_source(Writer *writer, uint32_t scope, const For *clause) {
  static const char *const words[] = {"", "range(", "indices(", "compact("};
  text_puts(writer->out, words[clause->kind]);
  write_term(writer, scope, clause->source, clause->kind == CLAUSE_ARRAY ? LEVEL_COALESCE : LEVEL_OPEN,
             ASK_EXACT);
  if (clause->kind != CLAUSE_ARRAY) text_putc(writer->out, ')');
}

/* `for x in xs, y in ys if …` */
void write_clauses(Writer *writer, uint32_t inner) {
  Scope scope = writer->scopes.data[inner];
  bool first = true;
  for (uint32_t k = 0; k < scope.clauses.len; k++) {
    For *clause = &scope.clauses.data[k];
    if (!write_bind_emits(&scope, clause)) continue;
    clause->name = write_name_clause(writer, scope.parent, clause);
    text_puts(writer->out, first ? "for " : ", ");
    write_sym(writer, clause->name);
    text_puts(writer->out, " in ");
    put_source(writer, scope.parent, clause);
    first = false;
  }
  if (scope.condition == NODE_NONE) return;
  text_puts(writer->out, " if ");
  write_term(writer, inner, scope.condition, LEVEL_OPEN, ASK_EXACT);
}

static void release_clauses(Writer *writer, uint32_t inner) {
  const Scope *scope = &writer->scopes.data[inner];
  for (uint32_t k = 0; k < scope->clauses.len; k++)
    if (scope->clauses.data[k].name) write_name_release(writer, scope->clauses.data[k].name);
}

static void put_scope_block(Writer *writer, uint32_t inner, Ask ask) {
  const Scope *scope = &writer->scopes.data[inner];
  put_body_block(writer, scope->block, inner, scope->value, scope->after.len ? &scope->after : NULL, ask);
}

void write_for(Writer *writer, uint32_t at, Ask ask) {
  uint32_t inner = writer->items.data[at].inner;
  write_clauses(writer, inner);
  text_putc(writer->out, ' ');
  put_scope_block(writer, inner, ask);
  release_clauses(writer, inner);
}

/* An inline collect whose body is no more than another array. */
static uint32_t crossed(Writer *writer, uint32_t scope, Node node) {
  uint32_t at = write_scan_item(writer, scope, node);
  const Item *item = &writer->items.data[at];
  bool inline_for = graph_op(writer->graph, node) == OP_COLLECT && item->form == FORM_NODE && !item->step &&
                    item->inner != NONE;
  return inline_for && !writer->blocks.data[writer->scopes.data[item->inner].block].steps.len ? at : NONE;
}

/* The collect that a cross ends in; NONE: it is none. */
static uint32_t cross_inside(Writer *writer, uint32_t outer) {
  const Graph *graph = writer->graph;
  uint32_t inner = writer->items.data[outer].inner;
  const Scope *scope = &writer->scopes.data[inner];
  if (scope->condition != NODE_NONE) return NONE;
  uint32_t at = write_scan_item(writer, inner, scope->value);
  const Item *item = &writer->items.data[at];
  if (item->form != FORM_NODE || item->step) return NONE;
  Op op = graph_op(graph, item->node);
  return (op == OP_COLLECT && item->inner != NONE) || op == OP_FLATTEN ? at : NONE;
}

bool write_cross(Writer *writer, uint32_t at, int level) {
  const Graph *graph = writer->graph;
  Item item = writer->items.data[at];
  uint32_t outer = crossed(writer, item.scope, graph_arg(graph, item.node, 0));
  uint32_t inside = outer == NONE ? NONE : cross_inside(writer, outer);
  if (inside == NONE) return false;
  bool nested = graph_op(graph, writer->items.data[inside].node) == OP_FLATTEN;
  if (nested) {
    const Item *flat = &writer->items.data[inside];
    uint32_t next = crossed(writer, flat->scope, graph_arg(graph, flat->node, 0));
    if (next == NONE || cross_inside(writer, next) == NONE) return false;
  }
  if (writer->items.data[inside].natural != graph_type(graph, writer->items.data[inside].node)) return false;
  if (LEVEL_UNARY < level) text_putc(writer->out, '(');
  write_clauses(writer, writer->items.data[outer].inner);
  text_putc(writer->out, ' ');
  if (nested)
    write_cross(writer, inside, LEVEL_OPEN);
  else
    write_for(writer, inside, ASK_ANY);
  release_clauses(writer, writer->items.data[outer].inner);
  if (LEVEL_UNARY < level) text_putc(writer->out, ')');
  return true;
}

/* ---- fold, loop ---- */

static void put_fold(Writer *writer, uint32_t at) {
  const Graph *graph = writer->graph;
  Item item = writer->items.data[at];
  Sym name = write_name_fresh(writer, NAME_VARIABLE, intern(graph->session->names, "acc", 3));
  text_puts(writer->out, "fold ");
  write_sym(writer, name);
  text_puts(writer->out, " = ");
  write_term(writer, item.scope, graph_arg(graph, item.node, 3), LEVEL_OPEN, ASK_EXACT);
  text_putc(writer->out, ' ');
  writer->scopes.data[item.inner].names[1] = name;
  write_for(writer, at, ASK_TYPE);
  write_name_release(writer, name);
}

static void put_bound(Writer *writer, const Item *item) {
  const Graph *graph = writer->graph;
  Node rounds = write_loop_rounds(graph, item->node);
  if (write_literal_kind(graph, rounds, LIT_INT) && graph_literal(graph, rounds)->integer < 0) {
    text_puts(writer->out, " unbounded");
    return;
  }
  text_puts(writer->out, " max ");
  write_term(writer, item->scope, rounds, LEVEL_OPEN, ASK_EXACT);
}

static void put_stop(Writer *writer, const Item *item) {
  const Graph *graph = writer->graph;
  uint32_t stop = writer->scopes.data[item->inner].stop;
  Node condition = graph_arg(graph, item->node, 3);
  uint32_t at = write_scan_item(writer, stop, condition);
  const Item *test = &writer->items.data[at];
  bool negated = test->form == FORM_NODE && !test->step && graph_op(graph, condition) == OP_NOT_ &&
                 graph_op(graph, graph_arg(graph, condition, 0)) != OP_EQ_;
  text_puts(writer->out, negated ? " while " : " until ");
  write_term(writer, stop, negated ? graph_arg(graph, condition, 0) : condition, LEVEL_OPEN + 1, ASK_EXACT);
}

/* A condition that cannot be said of the next state is a step of the rounds: it was simplified together with it. */
static Sym put_rolled(Writer *writer, const Item *item) {
  const Graph *graph = writer->graph;
  Scope scope = writer->scopes.data[item->inner];
  uint32_t at = write_scan_item(writer, item->inner, graph_arg(graph, item->node, 3));
  text_putc(writer->out, '{');
  writer->indent++;
  write_steps(writer, scope.block);
  write_newline(writer);
  Sym name = writer->items.data[at].step ? writer->items.data[at].name : 0;
  if (!name) {
    name = write_name_fresh(writer, NAME_STEP, intern(graph->session->names, "stop", 4));
    write_sym(writer, name);
    text_puts(writer->out, " = ");
    write_item(writer, at, LEVEL_OPEN, ASK_EXACT);
    write_newline(writer);
  }
  bool waits = scope.after.len > 0;
  write_term(writer, item->inner, scope.value, waits ? LEVEL_OPEN : LEVEL_STEP, waits ? ASK_EXACT : ASK_TYPE);
  write_after(writer, item->inner, scope.after.data, scope.after.len);
  writer->indent--;
  write_newline(writer);
  text_putc(writer->out, '}');
  return name;
}

static void put_loop(Writer *writer, uint32_t at) {
  const Graph *graph = writer->graph;
  Item item = writer->items.data[at];
  Sym name = write_name_fresh(writer, NAME_VARIABLE, intern(graph->session->names, "state", 5));
  Scope *scope = &writer->scopes.data[item.inner];
  bool rolled = scope->rolled;
  scope->names[0] = writer->scopes.data[scope->stop].names[0] = name;
  text_addf(writer->out, "loop %s = ", name_of(graph->session, name));
  write_term(writer, item.scope, graph_arg(graph, item.node, 1), LEVEL_OPEN, ASK_EXACT);
  text_putc(writer->out, ' ');
  if (rolled) {
    Sym stop = put_rolled(writer, &item);
    text_addf(writer->out, " until %s", name_of(graph->session, stop));
  } else {
    put_scope_block(writer, item.inner, ASK_TYPE);
    put_stop(writer, &item);
  }
  put_bound(writer, &item);
  write_name_release(writer, name);
}

/* ---- folds in any grouping ---- */

/* The task, built-in function or function of its own that combines two. */
static void put_combination(Writer *writer, uint32_t at) {
  const Graph *graph = writer->graph;
  Item item = writer->items.data[at];
  Node left = graph_arg(graph, item.node, 0), right = graph_arg(graph, item.node, 1),
       combined = graph_arg(graph, item.node, 2);
  Node call = write_is_call_value(graph, combined) ? graph_arg(graph, combined, 0) : combined;
  bool direct = graph_arity(graph, call) >= 2 && graph_arg(graph, call, 0) == left &&
                graph_arg(graph, call, 1) == right && (call != combined || graph_op(graph, call) != OP_TASK);
  Op op = graph_op(graph, call);
  if (direct && op == OP_TASK && graph->tasks.data[graph->data.data[call]].assoc) {
    write_sym(writer, write_name_task(writer, graph->data.data[call]));
    return;
  }
  if (direct && (op == OP_MIN || op == OP_MAX)) {
    text_puts(writer->out, op == OP_MIN ? "min" : "max");
    return;
  }
  write_combiner(writer, at);
}

void write_combiner(Writer *writer, uint32_t at) {
  const Graph *graph = writer->graph;
  Item item = writer->items.data[at];
  Text text = {0}, *kept = writer->out;
  uint32_t indent = writer->indent, flat = writer->flat;
  Scope *scope = &writer->scopes.data[item.inner];
  Sym name = write_name_fresh(writer, NAME_HELPER,
                              writer->options.canonical ? 0 : intern(graph->session->names, "combine", 7));
  bool work = graph->below.data[graph_arg(graph, item.node, 2)] & FLAG_E;
  Sym wishes[2] = {intern(graph->session->names, "a", 1), intern(graph->session->names, "b", 1)};
  for (uint32_t k = 0; k < 2; k++) scope->names[k] = write_name_fresh(writer, NAME_VARIABLE, wishes[k]);
  writer->out = &text;
  writer->indent = writer->flat = 0;
  text_addf(&text, "assoc %s %s(", work ? "flow" : "fn", name_of(graph->session, name));
  for (uint32_t k = 0; k < 2; k++) {
    text_addf(&text, "%s%s: ", k ? ", " : "", name_of(graph->session, scope->names[k]));
    write_type(writer, graph_type(graph, item.node));
  }
  text_puts(&text, ") -> ");
  write_type(writer, graph_type(graph, item.node));
  text_putc(&text, ' ');
  put_scope_block(writer, item.inner, ASK_TYPE);
  text_putc(&text, '\n');
  scope = &writer->scopes.data[item.inner];
  for (uint32_t k = 0; k < 2; k++) write_name_release(writer, scope->names[k]);
  text_add(&writer->helpers, text.data, text.len);
  text_free(&text);
  writer->out = kept;
  writer->indent = indent;
  writer->flat = flat;
  write_sym(writer, name);
}

/* What comes behind the first element, as a sum of arrays. */
static void put_rest(Writer *writer, uint32_t scope, Node array) {
  const Graph *graph = writer->graph;
  bool append = graph_op(graph, array) == OP_APPEND, first = true;
  Node literal = append ? graph_arg(graph, array, 0) : array;
  if (graph_arity(graph, literal) > 1) {
    for (uint32_t k = 1; k < graph_arity(graph, literal); k++) {
      text_puts(writer->out, k == 1 ? "[" : ", ");
      write_term(writer, scope, graph_arg(graph, literal, k), LEVEL_OPEN, ASK_EXACT);
    }
    text_putc(writer->out, ']');
    first = false;
  }
  for (uint32_t k = 1; append && k < graph_arity(graph, array); k++) {
    if (!first) text_puts(writer->out, " + ");
    first = false;
    write_term(writer, scope, graph_arg(graph, array, k), LEVEL_SUM, ASK_EXACT);
  }
}

static void put_reduce(Writer *writer, uint32_t at) {
  const Graph *graph = writer->graph;
  Item item = writer->items.data[at];
  Node array = graph_arg(graph, item.node, 3), init, only = NODE_NONE;
  if (!write_reduce_init(graph, array, &init)) {
    writer->failed = true;
    return;
  }
  text_puts(writer->out, "fold ");
  write_term(writer, item.scope, init, LEVEL_UNARY, ASK_EXACT);
  text_putc(writer->out, ' ');
  if (graph_op(graph, array) == OP_APPEND && graph_arity(graph, array) == 2 &&
      graph_arity(graph, graph_arg(graph, array, 0)) == 1)
    only = graph_arg(graph, array, 1);
  uint32_t rest = only == NODE_NONE ? NONE : write_scan_item(writer, item.scope, only);
  const Item *inside = rest == NONE ? NULL : &writer->items.data[rest];
  if (inside && inside->form == FORM_NODE && !inside->step && graph_op(graph, only) == OP_COLLECT) {
    write_for(writer, rest, ASK_TYPE);
  } else {
    Sym name = write_name_fresh(writer, NAME_VARIABLE, intern(graph->session->names, "x", 1));
    text_addf(writer->out, "for %s in ", name_of(graph->session, name));
    put_rest(writer, item.scope, array);
    write_name_release(writer, name);
  }
  text_puts(writer->out, " by ");
  put_combination(writer, at);
}

void write_binder(Writer *writer, uint32_t at, int level, Ask ask) {
  Op op = graph_op(writer->graph, writer->items.data[at].node);
  bool parens = level > (op == OP_LOOP || op == OP_REDUCE ? LEVEL_OPEN : LEVEL_UNARY);
  if (parens) text_putc(writer->out, '(');
  if (op == OP_COLLECT) write_for(writer, at, ask);
  if (op == OP_FOLD) put_fold(writer, at);
  if (op == OP_LOOP) put_loop(writer, at);
  if (op == OP_REDUCE) put_reduce(writer, at);
  if (parens) text_putc(writer->out, ')');
}
