/* write_scan.c: what is written, and where. */
#include "canon/write_parts.h"

#include "ir/binder.h"

enum { MOST_LEVELS = 30, LONG_TEXT = 60, MOST_ITEMS = 1 << 26 };

/* ---- blocks ---- */

uint32_t write_scan_block(Writer *writer, uint32_t parent, uint32_t scope, bool no_steps) {
  uint32_t depth = parent == NONE ? 0 : writer->blocks.data[parent].depth + 1;
  vec_push(&writer->blocks, (Region){.parent = parent, .scope = scope, .depth = depth, .no_steps = no_steps});
  return writer->blocks.len - 1;
}

uint32_t write_scan_sealed(Writer *writer, bool no_steps) {
  uint32_t scope = writer->scopes.len;
  vec_push(&writer->scopes, (Scope){.parent = NONE,
                                    .binder = NONE,
                                    .stop = NONE,
                                    .condition = NODE_NONE,
                                    .option = NODE_NONE,
                                    .sealed = true});
  uint32_t block = write_scan_block(writer, NONE, scope, no_steps);
  writer->scopes.data[scope].header = writer->scopes.data[scope].block = block;
  return scope;
}

/* The innermost block around two. */
static uint32_t block_around(const Writer *writer, uint32_t a, uint32_t b) {
  const Region *blocks = writer->blocks.data;
  while (a != b && a != NONE && b != NONE) {
    if (blocks[a].depth >= blocks[b].depth)
      a = blocks[a].parent;
    else
      b = blocks[b].parent;
  }
  return a;
}

/* ---- items ---- */

static bool scope_binds(const Graph *graph, const Scope *scope, Node node) {
  for (uint32_t k = 0; k < scope->count; k++)
    if (graph_mentions(graph, node, scope->variables[k])) return true;
  return false;
}

static uint32_t scope_home(const Writer *writer, uint32_t scope, Node node) {
  for (;; scope = writer->scopes.data[scope].parent) {
    const Scope *at = &writer->scopes.data[scope];
    if (at->sealed || scope_binds(writer->graph, at, node)) return scope;
  }
}

uint32_t write_scan_item(Writer *writer, uint32_t scope, Node node) {
  scope = scope_home(writer, scope, node);
  uint64_t key = (uint64_t)scope << 32 | node;
  uint32_t known = map_get(&writer->item_of, key);
  if (known) return known - 1;
  Item item = {.node = node, .scope = scope, .block = NONE, .inner = NONE, .output = NONE};
  write_bind_form(writer, &item);
  vec_push(&writer->items, item);
  map_put(&writer->item_of, key, writer->items.len);
  writer->failed |= writer->items.len >= MOST_ITEMS;
  return writer->items.len - 1;
}

static void scan_operand(Writer *writer, uint32_t user, uint32_t scope, Node node, Slot slot) {
  (void)user;
  uint32_t item = write_scan_item(writer, scope, node);
  if (slot == SLOT_EFFECT) writer->items.data[item].effect = true;
  if (!writer->items.data[item].done) vec_push(&writer->stack, item);
}

static void reverse(uint32_t *from, uint32_t count) {
  for (uint32_t i = 0; i < count / 2; i++) {
    uint32_t kept = from[i];
    from[i] = from[count - 1 - i];
    from[count - 1 - i] = kept;
  }
}

void write_scan_term(Writer *writer, uint32_t scope, Node node) {
  vec_push(&writer->stack, write_scan_item(writer, scope, node));
  while (writer->stack.len && !writer->failed) {
    uint32_t item = vec_last(&writer->stack), before = writer->stack.len;
    if (!writer->items.data[item].done) write_each_operand(writer, item, scan_operand);
    if (writer->stack.len > before) {
      reverse(writer->stack.data + before, writer->stack.len - before);
      continue;
    }
    writer->stack.len--;
    if (writer->items.data[item].done) continue;
    writer->items.data[item].done = true;
    vec_push(&writer->order, item);
  }
}

/* ---- places ---- */

static void use_item(Writer *writer, uint32_t at, uint32_t block, bool value, uint32_t level) {
  Item *item = &writer->items.data[at];
  item->block = item->uses ? block_around(writer, item->block, block) : block;
  item->value = value && !item->uses;
  if (level > item->level) item->level = level;
  item->uses++;
}

void write_scan_use(Writer *writer, uint32_t scope, Node node, uint32_t block, bool value, uint32_t level) {
  use_item(writer, write_scan_item(writer, scope, node), block, value, level);
}

static void place_operand(Writer *writer, uint32_t user, uint32_t scope, Node node, Slot slot) {
  uint32_t at = write_scan_item(writer, scope, node);
  const Item *item = &writer->items.data[user];
  uint32_t block = item->block, level = item->step ? 1 : item->level + 1;
  bool value = slot == SLOT_SAME && (item->value || item->step);
  if (slot == SLOT_THEN || slot == SLOT_ELSE) block = item->inner + (slot == SLOT_ELSE);
  if (slot == SLOT_OTHER) block = item->inner;
  if (slot == SLOT_HEADER) block = writer->scopes.data[item->inner].header;
  if (slot == SLOT_BODY || slot == SLOT_EFFECT) block = writer->scopes.data[item->inner].block;
  if (slot == SLOT_STOP) block = writer->scopes.data[writer->scopes.data[item->inner].stop].block;
  value |= slot == SLOT_THEN || slot == SLOT_ELSE || slot == SLOT_BODY || slot == SLOT_EFFECT;
  bool own = item->inner != NONE && writer->items.data[at].scope == item->inner; /* once in each copy */
  bool again = item->uses > 1 && !item->step && !own;
  use_item(writer, at, block, value, level);
  if (again) use_item(writer, at, block, value, level);
}

static bool is_leaf(const Graph *graph, const Item *item) {
  return item->form != FORM_NODE || !graph_arity(graph, item->node);
}

/* Written again wherever it is used. */
static bool is_cheap(const Graph *graph, const Item *item) {
  if (is_leaf(graph, item)) {
    bool text = item->form == FORM_NODE && write_literal_kind(graph, item->node, LIT_STRING);
    return !text || sym_len(graph->session->names, graph_literal(graph, item->node)->text) <= LONG_TEXT;
  }
  switch (graph_op(graph, item->node)) {
    case OP_PROJECT:
    case OP_SOME:
    case OP_CAST:
    case OP_TO_FLOAT:
    case OP_UNWRAP:
    case OP_IS_SOME:
    case OP_LENGTH:
      return true;
    default:
      return write_is_only_done(graph, item->node);
  }
}

/* Has work in a scope or an arm of its own. */
static bool is_heavy(const Writer *writer, Node node) {
  const Graph *graph = writer->graph;
  Binder binder = binder_of(graph_op(graph, node));
  unsigned scoped = graph_op(graph, node) == OP_CHOOSE && write_choice_form(writer, node) == CHOICE_IF
                        ? 6
                        : binder.scoped;
  for (uint32_t k = 0; k < graph_arity(graph, node); k++)
    if (scoped >> k & 1 && graph->below.data[graph_arg(graph, node, k)] & FLAG_E) return true;
  return false;
}

/* A call that waits for something cannot stand inside of a record. */
static bool waits_as_record(const Graph *graph, const Item *item) {
  if (graph_op(graph, item->node) != OP_TASK) return false;
  for (uint32_t k = waits_from(graph, item->node); k < graph_arity(graph, item->node); k++)
    if (write_is_wait(graph, item->node, k)) return true;
  return false;
}

static bool wants_step(const Writer *writer, const Item *item) {
  const Graph *graph = writer->graph;
  if (item->output != NONE || item->effect) return true;
  if (item->level > MOST_LEVELS && !is_leaf(graph, item)) return true;
  if (is_cheap(graph, item)) return false;
  if (item->uses > 1) return true;
  bool further_in = writer->blocks.data[item->block].scope != item->scope;
  if (item->value && !further_in) return waits_as_record(graph, item);
  switch (graph_op(graph, item->node)) {
    case OP_TASK:
    case OP_ASK:
    case OP_AFTER:
    case OP_FOLD:
    case OP_LOOP:
    case OP_REDUCE:
      return true;
    default:
      return is_heavy(writer, item->node);
  }
}

/* A volatile call is done under as many conditions as its effect says, though only an arm of more uses it: the block
 * that it belongs to then, or NONE. */
static uint32_t arms_too_many(const Writer *writer, const Item *item) {
  const Region *blocks = writer->blocks.data;
  uint32_t said = item->form == FORM_NODE ? map_get(&writer->arms, item->node) : 0, arms = 0;
  uint32_t top = writer->scopes.data[item->scope].block, outside = item->block;
  for (uint32_t at = item->block; said && at != top && at != NONE; at = blocks[at].parent)
    arms += blocks[at].arm;
  if (!said || arms <= said - 1) return NONE;
  for (; arms > said - 1; outside = blocks[outside].parent) arms -= blocks[outside].arm;
  return outside;
}

/* A step stands in a block of its own scope, even if it is used further in. */
static void place_item(Writer *writer, uint32_t at) {
  Item *item = &writer->items.data[at];
  const Region *blocks = writer->blocks.data;
  if (!item->uses) return;
  uint32_t outside = arms_too_many(writer, item);
  if (outside != NONE || wants_step(writer, item)) {
    uint32_t block = outside != NONE ? outside : item->block;
    if (item->level > MOST_LEVELS) block = writer->scopes.data[item->scope].block;
    while (blocks[block].scope != item->scope) block = blocks[block].parent;
    item->step = !blocks[block].no_steps;
    if (item->step) item->block = block;
    writer->failed |= blocks[block].depth > MOST_DEPTH;
  }
  Op op = graph_op(writer->graph, item->node);
  ChoiceForm form = op == OP_CHOOSE && item->form == FORM_NODE ? write_choice_form(writer, item->node)
                                                               : CHOICE_AND;
  if (form == CHOICE_IF || form == CHOICE_ELSE) {
    bool no_steps = form == CHOICE_ELSE ||
                    (blocks[item->block].no_steps && blocks[item->block].parent == NONE);
    uint32_t parent = item->block, scope = blocks[parent].scope;
    uint32_t first = write_scan_block(writer, parent, scope, no_steps);
    write_scan_block(writer, parent, scope, no_steps);
    writer->blocks.data[first].arm = writer->blocks.data[first + 1].arm = true;
    writer->items.data[at].inner = first;
  } else if (item->inner != NONE) {
    write_bind_place(writer, at);
  }
  write_each_operand(writer, at, place_operand);
}

void write_scan_place(Writer *writer, uint32_t from) {
  for (uint32_t k = writer->order.len; k-- > from && !writer->failed;)
    place_item(writer, writer->order.data[k]);
  for (uint32_t k = from; k < writer->order.len && !writer->failed; k++) {
    uint32_t at = writer->order.data[k];
    Item *item = &writer->items.data[at];
    if (!item->uses) continue;
    if (item->step) vec_push(&writer->blocks.data[item->block].steps, at);
    TypeId type = graph_type(writer->graph, item->node), natural = write_natural_type(writer, at);
    item = &writer->items.data[at];
    bool asked = (item->output != NONE && item->uses == 1) || item->effect;
    item->wrap = item->step && natural != type && !asked;
    item->natural = item->step ? type : natural;
  }
}
