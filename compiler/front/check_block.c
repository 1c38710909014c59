#include "front/checker.h"
#include "front/walk.h"

/* ---- the order of statements ----
 * A block is a set of steps; each is checked after those that it uses. Mostly the source has them in such
 * an order already, and one look at each name is all. */

typedef struct Order {
  Checker *checker;
  const Block *block;
  uint32_t at;        /* statement whose names are being collected */
  bool forward;       /* one was used before its place */
  VEC(uint64_t) uses; /* statement << 32 | the one that it uses, in order of the statements */
} Order;

static void name_shadow(Checker *checker, Sym name, uint32_t *saved) {
  bool known = name < checker->stmt_of.len;
  *saved = known ? checker->stmt_of.data[name] : 0;
  if (known) checker->stmt_of.data[name] = 0;
}

static void name_restore(Checker *checker, Sym name, uint32_t saved) {
  if (name < checker->stmt_of.len) checker->stmt_of.data[name] = saved;
}

static void collect(Expr *expr, void *with);

/* `behind` sees the steps of the block too. */
static void collect_block_and(Order *order, Block *block, Expr *behind) {
  if (!block) return;
  uint32_t *saved = mem_alloc((block->count + 1) * sizeof *saved);
  for (uint32_t i = 0; i < block->count; i++)
    if (block->stmts[i]->target) name_shadow(order->checker, block->stmts[i]->target->name, &saved[i]);
  for (uint32_t i = 0; i < block->count; i++)
    if (block->stmts[i]->value) collect(block->stmts[i]->value, order);
  if (block->value) collect(block->value, order);
  if (behind) collect(behind, order);
  for (uint32_t i = block->count; i-- > 0;)
    if (block->stmts[i]->target) name_restore(order->checker, block->stmts[i]->target->name, saved[i]);
  free(saved);
}

static void collect_block(Order *order, Block *block) { collect_block_and(order, block, NULL); }

/* for and fold: each variable is known to the clauses after it, the filter and the body. */
static void collect_clauses(Order *order, const Clause *clauses, uint32_t count, Expr *filter,
                            const Binding *acc, Block *body) {
  uint32_t *saved = mem_alloc((count + 1) * sizeof *saved);
  for (uint32_t i = 0; i < count; i++) {
    if (clauses[i].source) collect(clauses[i].source, order);
    name_shadow(order->checker, clauses[i].var->name, &saved[i]);
  }
  if (acc) name_shadow(order->checker, acc->name, &saved[count]);
  if (filter) collect(filter, order);
  collect_block(order, body);
  if (acc) name_restore(order->checker, acc->name, saved[count]);
  for (uint32_t i = count; i-- > 0;) name_restore(order->checker, clauses[i].var->name, saved[i]);
  free(saved);
}

static void collect_one(Order *order, Expr *expr) {
  if (expr) collect(expr, order);
}

static void collect_loop(Order *order, Expr *expr) {
  uint32_t saved = 0;
  collect_one(order, expr->loop.init);
  collect_one(order, expr->loop.max);
  name_shadow(order->checker, expr->loop.state->name, &saved);
  collect_block_and(order, expr->loop.body, expr->loop.stop);
  name_restore(order->checker, expr->loop.state->name, saved);
}

static void collect_let(Order *order, Expr *expr) {
  uint32_t saved = 0;
  collect_one(order, expr->let.value);
  name_shadow(order->checker, expr->let.var->name, &saved);
  collect_one(order, expr->let.body);
  name_restore(order->checker, expr->let.var->name, saved);
}

static void collect_name(Order *order, Sym name) {
  uint32_t used = name < order->checker->stmt_of.len ? order->checker->stmt_of.data[name] : 0;
  if (!used) return;
  vec_push(&order->uses, ((uint64_t)order->at << 32) | (used - 1));
  order->forward |= used - 1 >= order->at;
}

static void collect(Expr *expr, void *with) {
  Order *order = with;
  switch ((ExprKind)expr->kind) {
    case EXPR_NAME:
      collect_name(order, expr->name.name);
      break;
    case EXPR_FOR:
      collect_clauses(order, expr->for_.clauses, expr->for_.count, expr->for_.filter, NULL, expr->for_.body);
      break;
    case EXPR_FOLD:
      collect_one(order, expr->fold.init);
      collect_one(order, expr->fold.by);
      collect_clauses(order, expr->fold.clauses, expr->fold.count, expr->fold.filter, expr->fold.acc,
                      expr->fold.body);
      break;
    case EXPR_LOOP:
      collect_loop(order, expr);
      break;
    case EXPR_LET:
      collect_let(order, expr);
      break;
    case EXPR_IF:
      collect_one(order, expr->if_.condition);
      collect_block(order, expr->if_.then);
      collect_block(order, expr->if_.other);
      break;
    default:
      expr_parts(expr, collect, order);
  }
}

static void collect_uses(Order *order) {
  const Block *block = order->block;
  Checker *checker = order->checker;
  for (uint32_t i = 0; i < block->count; i++) {
    Binding *target = block->stmts[i]->target;
    if (!target) continue;
    while (checker->stmt_of.len <= target->name) vec_push(&checker->stmt_of, 0);
    uint32_t before = checker->stmt_of.data[target->name];
    if (before) {
      Diag *told = diag(checker->session->diags, DIAG_DUPLICATE, target->span, "`%s` is bound twice",
                        name_of(checker->session, target->name));
      diag_note(checker->session->diags, told, block->stmts[before - 1]->target->span, "bound here first");
    } else {
      checker->stmt_of.data[target->name] = i + 1;
    }
  }
  for (order->at = 0; order->at < block->count; order->at++)
    collect_one(order, block->stmts[order->at]->value);
  for (uint32_t i = 0; i < block->count; i++)
    if (block->stmts[i]->target) checker->stmt_of.data[block->stmts[i]->target->name] = 0;
}

static void tell_cycle(Order *order, const uint32_t *path, uint32_t len, uint32_t to) {
  Session *session = order->checker->session;
  uint32_t from = 0;
  while (path[from] != to) from++;
  const Stmt *first = order->block->stmts[to];
  Text chain = {0};
  for (uint32_t i = from; i < len && i < from + 8; i++)
    text_addf(&chain, "`%s` needs ", name_of(session, order->block->stmts[path[i]]->target->name));
  if (len > from + 8) text_puts(&chain, "... ");
  Diag *told = diag(session->diags, DIAG_STEP_CYCLE, first->target->span, "step `%s` needs its own result",
                    name_of(session, first->target->name));
  diag_help(session->diags, told, "%s`%s`", chain.data, name_of(session, first->target->name));
  text_free(&chain);
  first->target->type = T_ERROR; /* known from here on, so that nothing else is said of it */
  first->target->uses++;
  scope_bind(order->checker, first->target);
}

/* Depth first, on a stack of its own. */
typedef struct Sort {
  Order *order;
  uint32_t *first;
  uint8_t *state;
  uint32_t *sorted, done;
  VEC(uint32_t) path;
  VEC(uint32_t) next;
} Sort;

static void sort_enter(Sort *sort, uint32_t stmt) {
  sort->state[stmt] = 1;
  vec_push(&sort->path, stmt);
  vec_push(&sort->next, sort->first[stmt]);
}

static void sort_from(Sort *sort, uint32_t root) {
  if (sort->state[root]) return;
  sort_enter(sort, root);
  while (sort->path.len) {
    uint32_t at = vec_last(&sort->path), edge = vec_last(&sort->next)++;
    if (edge == sort->first[at + 1]) {
      sort->state[at] = 2;
      sort->sorted[sort->done++] = at;
      (void)vec_pop(&sort->path);
      (void)vec_pop(&sort->next);
      continue;
    }
    uint32_t to = (uint32_t)sort->order->uses.data[edge];
    if (sort->state[to] == 1) tell_cycle(sort->order, sort->path.data, sort->path.len, to);
    if (!sort->state[to]) sort_enter(sort, to);
  }
}

/* The statements so that each comes after those that it uses; NULL: as they stand. On malloc. */
static uint32_t *block_order(Checker *checker, const Block *block) {
  Order order = {.checker = checker, .block = block};
  collect_uses(&order);
  if (!order.forward) {
    vec_free(&order.uses);
    return NULL;
  }
  uint32_t count = block->count;
  Sort sort = {.order = &order, .sorted = mem_alloc(count * sizeof *sort.sorted)};
  sort.first = ARENA_ARRAY(checker->session->arena, uint32_t, count + 1);
  sort.state = ARENA_ARRAY(checker->session->arena, uint8_t, count);
  for (uint32_t i = 0; i < order.uses.len; i++) sort.first[(order.uses.data[i] >> 32) + 1]++;
  for (uint32_t i = 0; i < count; i++) sort.first[i + 1] += sort.first[i];
  for (uint32_t i = 0; i < count; i++) sort_from(&sort, i);
  vec_free(&sort.path);
  vec_free(&sort.next);
  vec_free(&order.uses);
  return sort.sorted;
}

/* ---- checking ---- */

static void check_stmt(Checker *checker, Stmt *stmt) {
  Arrow arrow;
  if (!stmt->value) return;
  if (stmt->target && stmt->value->kind != EXPR_HOLE && is_arrow(checker, stmt->value)) {
    check_arrow(checker, stmt->value, NULL, &arrow);
    stmt->target->type = stmt->value->type;
  } else {
    TypeId type = check_expr(checker, stmt->value, T_ERROR);
    if (stmt->target) stmt->target->type = type;
  }
  vec_push(&checker->unused, (Unused){stmt, checker->decl});
  if (stmt->target) scope_bind(checker, stmt->target);
}

TypeId check_block_open(Checker *checker, Block *block, TypeId expected, bool value_needed) {
  uint32_t *order = block_order(checker, block);
  for (uint32_t i = 0; i < block->count; i++) check_stmt(checker, block->stmts[order ? order[i] : i]);
  if (order) { /* lowering goes through them in this order too */
    Stmt **sorted = ARENA_ARRAY(checker->session->arena, Stmt *, block->count);
    for (uint32_t i = 0; i < block->count; i++) sorted[i] = block->stmts[order[i]];
    block->stmts = sorted;
    free(order);
  }
  if (block->value) return check_expr(checker, block->value, expected);
  if (!value_needed) return T_UNIT;
  Diag *told = diag(checker->session->diags, DIAG_NO_VALUE, block->span, "this block has no value");
  diag_help(checker->session->diags, told, "end it in an expression");
  return T_ERROR;
}

TypeId check_block(Checker *checker, Block *block, TypeId expected, bool value_needed) {
  uint32_t mark = scope_mark(checker);
  TypeId type = check_block_open(checker, block, expected, value_needed);
  scope_leave(checker, mark);
  return type;
}
