#include "evaluate.h"

#include "evaluate_ops.h"
#include "ir/varset.h"

#include <string.h>

enum { MOST_WIDTH = 40, MOST_ROUNDS = 24, MOST_STEPS = 60000, MOST_DEPTH = 2000 };

typedef struct Bound {
  const Value *value;
  int64_t iteration; /* -1: that of the index which is bound with it */
  uint64_t since;    /* the time at which it was bound */
} Bound;

struct Evaluator {
  const Graph *graph;
  uint64_t *tasks;   /* their identities, hashed */
  uint32_t *call_of; /* of a token: which volatile call, + 1 */
  uint32_t calls;
  const Value **known; /* of each node */
  uint64_t *when;      /* the time at which it became known */
  Bound *bound;        /* of each variable */
  /* of one run */
  Arena *arena;
  const uint32_t *numbers;
  uint64_t key, clock, events;
  Map seen; /* events */
  uint32_t steps, depth;
  int width;
  bool gave_up;
};

Evaluator *evaluator_new(const Graph *graph) {
  uint32_t count = graph_count(graph);
  Evaluator *evaluator = mem_alloc(sizeof *evaluator);
  *evaluator = (Evaluator){.graph = graph};
  evaluator->tasks = mem_alloc((graph->tasks.len + 1) * sizeof *evaluator->tasks);
  for (uint32_t i = 0; i < graph->tasks.len; i++) {
    char hex[65];
    graph_task_identity(graph, i, hex);
    evaluator->tasks[i] = hash_bytes(hex, 64) + graph->tasks.data[i].is_volatile;
  }
  evaluator->call_of = mem_alloc((count + 1) * sizeof(uint32_t));
  evaluator->known = mem_alloc((count + 1) * sizeof *evaluator->known);
  evaluator->when = mem_alloc((count + 1) * sizeof *evaluator->when);
  evaluator->bound = mem_alloc((count + 1) * sizeof *evaluator->bound);
  uint8_t *marks = graph_reachable(graph);
  for (Node node = 0; node < count; node++) {
    bool call = marks[node] && graph_op(graph, node) == OP_TOKEN;
    evaluator->call_of[node] = call ? ++evaluator->calls : 0;
  }
  free(marks);
  return evaluator;
}

void evaluator_free(Evaluator *evaluator) {
  free(evaluator->tasks);
  free(evaluator->call_of);
  free(evaluator->known);
  free(evaluator->when);
  free(evaluator->bound);
  free(evaluator);
}

uint32_t evaluator_calls(const Evaluator *evaluator) { return evaluator->calls; }

/* ---- variables ---- */

static const Value *eval(Evaluator *self, Node node);

static const Value *eval_arg(Evaluator *self, Node node, uint32_t k) {
  return eval(self, graph_arg(self->graph, node, k));
}

static Bound bind(Evaluator *self, Node variable, const Value *value, int64_t iteration) {
  Bound old = self->bound[variable];
  self->bound[variable] = (Bound){value, iteration, ++self->clock};
  return old;
}

/* What was bound before is bound anew: what was computed in between does not count for it. */
static void unbind(Evaluator *self, Node variable, Bound old) {
  self->bound[variable] = old;
  self->bound[variable].since = ++self->clock;
}

/* Whether no variable of the node has changed since it became known. */
static bool is_fresh(const Evaluator *self, Node node) {
  if (!self->known[node]) return false;
  uint32_t count;
  const uint32_t *vars = varset_members(self->graph->sets, self->graph->vars.data[node], &count);
  for (uint32_t i = 0; i < count; i++)
    if (self->bound[vars[i]].since > self->when[node]) return false;
  return true;
}

/* ---- index sets ---- */

/* -1: failed. */
static int64_t set_size(Evaluator *self, Node dim) {
  const Graph *graph = self->graph;
  int64_t size = -1;
  if (graph_op(graph, dim) == OP_DIM_ZIP) {
    for (uint32_t k = 0; k < graph_arity(graph, dim); k++) {
      int64_t part = set_size(self, graph_arg(graph, dim, k));
      if (part < 0 || (k && part != size)) return -1;
      size = part;
    }
    return size;
  }
  const Value *of = eval_arg(self, dim, 0);
  if (of->kind == VALUE_FAILED) return -1;
  size = graph_op(graph, dim) == OP_DIM_OF ? (int64_t)of->count : of->integer < 0 ? 0 : of->integer;
  if (size > MOST_WIDTH) self->gave_up = true;
  return self->gave_up ? 0 : size;
}

/* ---- binders ---- */

static const Value *eval_collect(Evaluator *self, Node node) {
  Node index = graph_arg(self->graph, node, 0);
  int64_t size = set_size(self, graph_arg(self->graph, index, 0));
  if (size < 0) return value_failed();
  const Value **items = ARENA_ARRAY(self->arena, const Value *, size + 1);
  uint32_t count = 0;
  bool failed = false;
  for (int64_t i = 0; i < size && !self->gave_up; i++) {
    Bound old = bind(self, index, value_place(self->arena, i), i);
    const Value *there = eval_arg(self, node, 1);
    failed |= there->kind == VALUE_FAILED;
    if (there->kind == VALUE_BOOL && there->integer) items[count++] = eval_arg(self, node, 2);
    unbind(self, index, old);
  }
  return failed ? value_failed() : value_items(self->arena, VALUE_ARRAY, items, count);
}

static const Value *eval_fold(Evaluator *self, Node node) {
  Node index = graph_arg(self->graph, node, 0), state = graph_arg(self->graph, node, 2);
  int64_t size = set_size(self, graph_arg(self->graph, index, 0));
  if (size < 0) return value_failed();
  const Value *value = eval_arg(self, node, 3);
  for (int64_t i = 0; i < size && !self->gave_up; i++) {
    Bound old_index = bind(self, index, value_place(self->arena, i), i);
    Bound old_state = bind(self, state, value, -1);
    const Value *there = eval_arg(self, node, 1);
    if (there->kind == VALUE_FAILED) value = there;
    if (there->kind == VALUE_BOOL && there->integer) value = eval_arg(self, node, 4);
    unbind(self, state, old_state);
    unbind(self, index, old_index);
  }
  return value;
}

/* In some grouping: the key decides. */
static const Value *reduce(Evaluator *self, Node node, const Value **items, uint32_t count, uint64_t hash) {
  if (count == 1) return items[0];
  uint32_t cut = 1 + (uint32_t)(hash % (count - 1));
  const Value *a = reduce(self, node, items, cut, hash_mix(hash + 1));
  const Value *b = reduce(self, node, items + cut, count - cut, hash_mix(hash + 2));
  Node left = graph_arg(self->graph, node, 0), right = graph_arg(self->graph, node, 1);
  Bound old_left = bind(self, left, a, 0), old_right = bind(self, right, b, 0);
  const Value *value = eval_arg(self, node, 2);
  unbind(self, right, old_right);
  unbind(self, left, old_left);
  return value;
}

static const Value *eval_reduce(Evaluator *self, Node node) {
  const Value *array = eval_arg(self, node, 3);
  if (array->kind != VALUE_ARRAY || !array->count) return value_failed();
  return reduce(self, node, array->items, array->count, hash_mix(self->key));
}

static const Value *eval_loop(Evaluator *self, Node node) {
  Node state = graph_arg(self->graph, node, 0);
  const Value *value = eval_arg(self, node, 1), *most = eval_arg(self, node, 4);
  if (most->kind == VALUE_FAILED) return most;
  for (int64_t round = 0; most->integer < 0 || round < most->integer; round++) {
    self->gave_up |= round >= MOST_ROUNDS;
    if (self->gave_up) break;
    Bound old = bind(self, state, value, round);
    const Value *next = eval_arg(self, node, 2), *stop = eval_arg(self, node, 3);
    unbind(self, state, old);
    value = stop->kind == VALUE_FAILED ? stop : next;
    if (stop->kind == VALUE_FAILED || stop->integer) break;
  }
  return value;
}

static const Value *eval_choose(Evaluator *self, Node node) {
  const Value *condition = eval_arg(self, node, 0);
  if (condition->kind == VALUE_FAILED) return condition;
  return eval_arg(self, node, condition->integer ? 1 : 2);
}

/* ---- the world ---- */

/* A function of two that does not depend on grouping: composition of affine maps, or a sum. */
static uint64_t monoid(const Evaluator *self, bool comm, uint64_t x, uint64_t y) {
  if (comm) return self->key % 2 ? x + y : x ^ y;
  uint32_t a = (uint32_t)(x >> 32), b = (uint32_t)x, c = (uint32_t)(y >> 32), d = (uint32_t)y;
  return (uint64_t)(a * c) << 32 | (uint32_t)(a * d + b);
}

static const Value *combine(Evaluator *self, const Task *task, const Value *left, const Value *right) {
  if (left->kind == VALUE_STRING && !task->comm) {
    const char *text = arena_format(self->arena, "%s%s", left->text, right->text);
    return value_text(self->arena, text);
  }
  bool file = left->kind == VALUE_FILE;
  if (!file && left->kind != VALUE_INT) return NULL;
  uint64_t made = monoid(self, task->comm, (uint64_t)left->integer, (uint64_t)right->integer);
  return file ? value_file(self->arena, made) : value_int(self->arena, (int64_t)made);
}

static void happens(Evaluator *self, uint64_t event) {
  if (map_get(&self->seen, event)) return;
  map_put(&self->seen, event, 1);
  self->events += hash_mix(event);
}

/* Which call a token is, and the iterations around it; operands from `k` on. What it comes after is evaluated. */
static uint64_t occurrence(Evaluator *self, Node node, uint32_t k) {
  const Graph *graph = self->graph;
  uint64_t hash = 0;
  for (; k < graph_arity(graph, node); k++) {
    Node arg = graph_arg(graph, node, k);
    Op op = graph_op(graph, arg);
    uint32_t call = self->call_of[arg];
    if (op == OP_TOKEN)
      hash = hash_add(hash, self->numbers ? self->numbers[call - 1] : call - 1);
    else if (hash && (op == OP_INDEX || op == OP_STATE) && self->bound[arg].iteration >= 0)
      hash = hash_add(hash, (uint64_t)self->bound[arg].iteration);
    else
      eval(self, arg);
  }
  return hash;
}

static const Value *task_result(Evaluator *self, Node node, const Task *task, uint64_t hash,
                                const Value *const *ins) {
  const Types *types = self->graph->types;
  TypeId type = graph_type(self->graph, node);
  bool combines = task->assoc && task->in_count == 2 && task->out_count == 1;
  const Value *combined = combines ? combine(self, task, ins[0], ins[1]) : NULL;
  if (!combined) return value_arbitrary(self->arena, types, type, hash, hash % 3 ? self->width : -1);
  const Value **items = ARENA_ARRAY(self->arena, const Value *, 1);
  items[0] = combined;
  return value_items(self->arena, VALUE_RECORD, items, 1);
}

static const Value *eval_task(Evaluator *self, Node node) {
  uint32_t number = self->graph->data.data[node];
  const Task *task = &self->graph->tasks.data[number];
  uint64_t hash = hash_add(self->tasks[number], self->key);
  const Value **ins = ARENA_ARRAY(self->arena, const Value *, task->in_count + 1);
  bool broken = false;
  for (uint32_t i = 0; i < task->in_count; i++) {
    ins[i] = eval_arg(self, node, i);
    broken |= value_is_broken(ins[i]);
    hash = hash_add(hash, value_hash(ins[i]));
  }
  hash = hash_add(hash, occurrence(self, node, task->in_count));
  if (broken) return value_failed();
  if (task->is_volatile) happens(self, hash);
  return task_result(self, node, task, hash, ins);
}

static const Value *eval_ask(Evaluator *self, Node node) {
  uint64_t hash = hash_add(self->key, OP_ASK);
  for (uint32_t i = 0; i < 4; i++) {
    const Value *value = eval_arg(self, node, i);
    if (value_is_broken(value)) return value_failed();
    hash = hash_add(hash, value_hash(value));
  }
  hash = hash_add(hash, occurrence(self, node, 4));
  happens(self, hash);
  return value_arbitrary(self->arena, self->graph->types, graph_type(self->graph, node), hash, self->width);
}

static const Value *eval_input(const Evaluator *self, Node node) {
  const char *name = name_of(self->graph->session, self->graph->data.data[node]);
  uint64_t hash = hash_add(hash_bytes(name, strlen(name)), self->key);
  return value_arbitrary(self->arena, self->graph->types, graph_type(self->graph, node), hash, self->width);
}

static const Value *eval_after(Evaluator *self, Node node) {
  for (uint32_t k = 1; k < graph_arity(self->graph, node); k++) eval_arg(self, node, k);
  return eval_arg(self, node, 0);
}

/* ---- all ---- */

static const Value *eval_plain(Evaluator *self, Node node) {
  const Value *args[3] = {NULL, NULL, NULL};
  uint32_t count = graph_arity(self->graph, node);
  const Value **many = count <= 3 ? args : ARENA_ARRAY(self->arena, const Value *, count);
  for (uint32_t i = 0; i < count; i++) many[i] = eval_arg(self, node, i);
  bool known = true;
  const Value *value = apply_op(self->arena, self->graph, node, many, count, &known);
  self->gave_up |= !known;
  return value;
}

static const Value *eval_new(Evaluator *self, Node node) {
  switch (graph_op(self->graph, node)) {
    case OP_INPUT:
      return eval_input(self, node);
    case OP_INDEX:
    case OP_STATE:
      return self->bound[node].value ? self->bound[node].value : (self->gave_up = true, value_failed());
    case OP_COLLECT:
      return eval_collect(self, node);
    case OP_FOLD:
      return eval_fold(self, node);
    case OP_REDUCE:
      return eval_reduce(self, node);
    case OP_LOOP:
      return eval_loop(self, node);
    case OP_CHOOSE:
      return eval_choose(self, node);
    case OP_TASK:
      return eval_task(self, node);
    case OP_ASK:
      return eval_ask(self, node);
    case OP_AFTER:
      return eval_after(self, node);
    default:
      return eval_plain(self, node);
  }
}

static const Value *eval(Evaluator *self, Node node) {
  Op op = graph_op(self->graph, node);
  if (op == OP_INDEX || op == OP_STATE) return eval_new(self, node);
  if (is_fresh(self, node)) return self->known[node];
  self->gave_up |= ++self->steps > MOST_STEPS || self->depth >= MOST_DEPTH;
  if (self->gave_up) return value_failed();
  self->depth++;
  const Value *value = eval_new(self, node);
  self->depth--;
  self->known[node] = value;
  self->when[node] = self->clock;
  return value;
}

static void begin(Evaluator *self, uint64_t key, const uint32_t *numbers) {
  uint32_t count = graph_count(self->graph);
  self->arena = arena_new();
  self->numbers = numbers;
  self->key = key;
  self->clock = self->events = 0;
  self->steps = self->depth = 0;
  self->gave_up = false;
  self->width = key % 2 ? (int)(hash_mix(key) % 4) : -1;
  memset(self->known, 0, count * sizeof *self->known);
  memset(self->bound, 0, count * sizeof *self->bound);
}

static void run_outputs(Evaluator *self, Outcome *outcome) {
  const Graph *graph = self->graph;
  for (uint32_t i = 0; i < graph->outputs.len; i++) {
    const Value *value = eval(self, graph->outputs.data[i].node);
    uint64_t hash = value_hash(value);
    outcome->outputs = hash_add(outcome->outputs, hash);
    if (i >= MOST_OUTPUTS) continue;
    outcome->each[i] = hash;
    outcome->failed |= (uint32_t)value_is_broken(value) << i;
  }
}

Outcome evaluator_run(Evaluator *self, uint64_t key, const uint32_t *numbers) {
  const Graph *graph = self->graph;
  Outcome outcome = {0};
  begin(self, key, numbers);
  run_outputs(self, &outcome);
  for (uint32_t i = 0; i < graph->effects.len; i++)
    outcome.failed |= (uint32_t)value_is_broken(eval(self, graph->effects.data[i])) << MOST_OUTPUTS;
  outcome.events = self->events;
  outcome.gave_up = self->gave_up;
  map_free(&self->seen);
  arena_free(self->arena);
  return outcome;
}

/* ---- comparing ---- */

static bool same_outcome(const Outcome *x, const Outcome *y, Failures failures) {
  if (failures == FAILURES_COUNT || !(x->failed | y->failed))
    return x->outputs == y->outputs && x->events == y->events;
  if (failures == FAILURES_FEWER && y->failed & ~x->failed) return false;
  for (uint32_t i = 0; i < MOST_OUTPUTS; i++)
    if (!((x->failed | y->failed) >> i & 1) && x->each[i] != y->each[i]) return false;
  return true;
}

static Alike alike_under(Evaluator *a, Evaluator *b, Failures failures, uint64_t seed, uint32_t count,
                         const uint32_t *numbers) {
  uint32_t known = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint64_t key = hash_mix(seed + i) * 2 + i % 2;
    Outcome x = evaluator_run(a, key, NULL), y = evaluator_run(b, key, numbers);
    if (x.gave_up || y.gave_up) continue;
    if (!same_outcome(&x, &y, failures)) return UNLIKE;
    known++;
  }
  return known * 4 >= count ? ALIKE : ALIKE_UNKNOWN;
}

/* The next permutation in lexicographic order. */
static bool permute(uint32_t *numbers, uint32_t count) {
  uint32_t i = count, k = count;
  while (i > 1 && numbers[i - 2] >= numbers[i - 1]) i--;
  if (i <= 1) return false;
  while (numbers[k - 1] <= numbers[i - 2]) k--;
  uint32_t kept = numbers[i - 2];
  numbers[i - 2] = numbers[k - 1];
  numbers[k - 1] = kept;
  for (k = count; i < k; i++, k--) {
    kept = numbers[i - 1];
    numbers[i - 1] = numbers[k - 1];
    numbers[k - 1] = kept;
  }
  return true;
}

Alike evaluators_alike(Evaluator *a, Evaluator *b, Failures failures, uint64_t seed, uint32_t count) {
  enum { MOST_CALLS = 6 };
  uint32_t calls = a->calls > b->calls ? a->calls : b->calls, numbers[MOST_CALLS] = {0, 1, 2, 3, 4, 5};
  if (!calls) return alike_under(a, b, failures, seed, count, NULL);
  if (calls > MOST_CALLS) return ALIKE_UNKNOWN;
  do {
    Alike alike = alike_under(a, b, failures, seed, count, numbers);
    if (alike != UNLIKE) return alike;
  } while (permute(numbers, calls));
  return UNLIKE;
}
