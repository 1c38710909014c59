#include "canon/replay.h"

#include "canon/certificate.h"
#include "canon/replaying.h"
#include "ir/binder.h"
#include "ir/reader.h"
#include "ir/rewrite.h"
#include "ir/verify.h"

#include <string.h>

enum { WORK_FACTOR = 256, WORK_LEAST = 1 << 22 };

/* A line behind the nodes. */
typedef struct Claim {
  uint8_t kind; /* FactKind: of a law, a scope, an image, an end */
  bool replaces;
  uint32_t law, id, parent;
  Node from, to;
  uint32_t at; /* where it begins in the text */
} Claim;

typedef struct ScopeOf {
  uint32_t parent;
  bool replaces;
  Node from, to;
} ScopeOf;

typedef struct Checker {
  Replay replay;
  Reader reader;
  VEC(Claim) claims;
  VEC(ScopeOf) scopes;
  Map images; /* scope and node to node + 1 */
  Map opened; /* open variables that scopes have */
  Ends starts, ends, done;
  const char *wrong; /* what is, of the claim under way */
} Checker;

/* ---- what is the same ---- */

static Node find(Replay *replay, Node node) {
  while (replay->same.len < graph_count(replay->graph)) {
    uint32_t itself = replay->same.len;
    vec_push(&replay->same, itself);
  }
  uint32_t *same = replay->same.data;
  while (same[node] != node) node = same[node] = same[same[node]];
  return node;
}

bool replay_same(Replay *replay, Node a, Node b) { return a == b || find(replay, a) == find(replay, b); }

static void unite(Replay *replay, Node a, Node b) {
  a = find(replay, a);
  replay->same.data[find(replay, b)] = a;
}

bool replay_spend(Replay *replay, uint64_t work) {
  replay->work += work;
  if (replay->work > replay->most) replay->graph->full = true;
  return !replay->graph->full;
}

/* ---- replacing ---- */

static Node put_make(Rewrite *rewrite, Node old, const Node *args, uint32_t count) {
  return replay_spend(rewrite->self, 1 + count) ? rewrite_raw(rewrite, old, args, count) : 0;
}

Node replay_put(Replay *replay, Node term, const Put *put) {
  Graph *graph = replay->graph;
  Rewrite rewrite = {.from = graph, .to = graph, .make = put_make, .self = replay};
  rewrite.root.count = put->variables;
  for (uint32_t k = 0; k < put->variables; k++) {
    rewrite.root.from[k] = put->old[k];
    rewrite.root.by[k] = put->by[k];
  }
  for (uint32_t k = put->variables; k < put->count; k++)
    map_put(&rewrite.root.memo, put->old[k], put->by[k] + 1);
  Node made = graph->full ? 0 : rewrite_term(&rewrite, term);
  rewrite_end(&rewrite);
  return graph->full ? 0 : made;
}

/* ---- reading ---- */

static void read_equation(Reader *reader, Claim *claim) {
  claim->from = reader_node(reader);
  reader_expect(reader, "=");
  claim->to = reader_node(reader);
}

static bool read_claim(Reader *reader) {
  Checker *checker = reader->self;
  Claim claim = {.at = (uint32_t)(reader->at - reader->source->text)};
  if (reader_take(reader, "law")) {
    claim.kind = FACT_LAW;
    claim.law = reader_number(reader);
    read_equation(reader, &claim);
  } else if (reader_take(reader, "scope")) {
    claim.kind = FACT_SCOPE;
    claim.id = reader_number(reader);
    claim.replaces = reader_take(reader, "in");
    if (claim.replaces) claim.parent = reader_number(reader);
    if (claim.replaces) read_equation(reader, &claim);
  } else if (reader_take(reader, "image")) {
    claim.kind = FACT_IMAGE;
    claim.id = reader_number(reader);
    read_equation(reader, &claim);
    if (reader_take(reader, "over")) claim.parent = reader_number(reader);
  } else if (reader_take(reader, "end")) {
    claim.kind = FACT_END;
    read_equation(reader, &claim);
  } else if (reader_take(reader, "done")) {
    claim.kind = FACT_EFFECT;
    claim.from = claim.to = reader_node(reader);
  } else {
    return false;
  }
  vec_push(&checker->claims, claim);
  return true;
}

/* ---- claims ---- */

static bool wrong(Checker *checker, const char *what) {
  if (!checker->wrong) checker->wrong = what;
  return false;
}

static bool check_law(Checker *checker, const Claim *claim) {
  Replay *replay = &checker->replay;
  const Graph *graph = replay->graph;
  Law law = law_find(claim->law);
  if (law == LAW_NONE || !law_checks[law]) return wrong(checker, "is of no law that is applied to a graph");
  if (law != LAW_SAME_TASK && graph_type(graph, claim->from) != graph_type(graph, claim->to))
    return wrong(checker, "is of two types");
  if (!replay_spend(replay, 2 + graph_arity(graph, claim->from) + graph_arity(graph, claim->to)))
    return wrong(checker, "takes too long to check");
  bool holds = law_checks[law](replay, claim->from, claim->to);
  if (replay->graph->full) return wrong(checker, "takes too long to check");
  if (!holds) return wrong(checker, "is no application of the law");
  unite(replay, claim->from, claim->to);
  return true;
}

static bool check_scope(Checker *checker, const Claim *claim) {
  const Graph *graph = checker->replay.graph;
  if (claim->id != checker->scopes.len) return wrong(checker, "is not the next scope");
  if (claim->replaces) {
    Op op = graph_op(graph, claim->from);
    bool variables = (op == OP_INDEX || op == OP_STATE) && graph_op(graph, claim->to) == op &&
                     graph_type(graph, claim->from) == graph_type(graph, claim->to);
    if (!claim->parent || claim->parent >= claim->id) return wrong(checker, "is in no scope before it");
    if (!variables || !(graph->data.data[claim->to] & OPEN_VARIABLE))
      return wrong(checker, "replaces no variable by an open one");
    if (map_get(&checker->opened, graph->data.data[claim->to]))
      return wrong(checker, "replaces a variable by one that is not fresh");
    map_put(&checker->opened, graph->data.data[claim->to], 1);
  }
  vec_push(&checker->scopes, (ScopeOf){claim->parent, claim->replaces, claim->from, claim->to});
  return true;
}

/* What a node is in a scope; false: nothing is said of it. */
static bool image_of(Checker *checker, uint32_t id, Node node, Node *image) {
  *image = node;
  for (;;) {
    const ScopeOf *scope = &checker->scopes.data[id];
    if (!replay_spend(&checker->replay, 1)) return wrong(checker, "takes too long to check");
    uint32_t known = map_get(&checker->images, (uint64_t)id << 32 | node);
    if (scope->replaces && scope->from == node) known = scope->to + 1;
    if (known) *image = known - 1;
    if (known || !scope->replaces) return true;
    if (graph_mentions(checker->replay.graph, node, scope->from))
      return wrong(checker, "is of an operand of which nothing is said");
    id = scope->parent;
  }
}

/* The open variables of a binder, outermost first: those that the scopes from `id` up to `outer` have for its own. */
static bool binder_variables(Checker *checker, Node node, Binder binder, uint32_t outer, uint32_t id,
                             Node variables[2]) {
  const Graph *graph = checker->replay.graph;
  for (uint32_t k = binder.count; k-- > 0; id = checker->scopes.data[id].parent) {
    const ScopeOf *scope = &checker->scopes.data[id];
    Node variable = arg(graph, node, binder.variable[k]), set;
    if (!scope->replaces || scope->from != variable)
      return wrong(checker, "is not over the scope of its variables");
    if (graph_mentions(graph, node, scope->to)) return wrong(checker, "captures a variable");
    variables[k] = scope->to;
    if (!is(graph, variable, OP_INDEX)) continue;
    if (!image_of(checker, outer, set_of(graph, variable), &set)) return false;
    if (set_of(graph, scope->to) != set) return wrong(checker, "is over another index set");
  }
  return id == outer || wrong(checker, "is not in the scope around that of its variables");
}

static bool binder_image(Checker *checker, const Claim *claim, Binder binder, Node *made) {
  Graph *graph = checker->replay.graph;
  Node variables[2] = {0}, args[5] = {0};
  if (!claim->parent || claim->parent >= checker->scopes.len)
    return wrong(checker, "is over no scope before it");
  if (!binder_variables(checker, claim->from, binder, claim->id, claim->parent, variables)) return false;
  for (uint32_t k = 0; k < graph_arity(graph, claim->from); k++) {
    if (k == binder.variable[0] || k == binder.variable[binder.count - 1]) continue;
    uint32_t scope = binder.scoped >> k & 1 ? claim->parent : claim->id;
    if (!image_of(checker, scope, arg(graph, claim->from, k), &args[k])) return false;
  }
  Rewrite rewrite = {.from = graph, .to = graph};
  *made = rewrite_close(&rewrite, claim->from, variables, args);
  return true;
}

static bool plain_image(Checker *checker, const Claim *claim, Node *made) {
  Graph *graph = checker->replay.graph;
  Nodes args = {0};
  bool known = true;
  for (uint32_t k = 0; known && k < graph_arity(graph, claim->from); k++) {
    Node image;
    known = image_of(checker, claim->id, arg(graph, claim->from, k), &image);
    vec_push(&args, image);
  }
  if (known)
    *made = graph_raw(graph, graph_op(graph, claim->from), graph_type(graph, claim->from),
                      graph->data.data[claim->from], args.data, args.len, (Span){0});
  vec_free(&args);
  return known;
}

static bool check_image(Checker *checker, const Claim *claim) {
  Replay *replay = &checker->replay;
  Graph *graph = replay->graph;
  Node made = 0;
  if (!claim->id || claim->id >= checker->scopes.len) return wrong(checker, "is in no scope before it");
  if (!replay_spend(replay, 1 + graph_arity(graph, claim->from)))
    return wrong(checker, "takes too long to check");
  bool of_nothing = op_info[graph_op(graph, claim->from)].flags &
                    FLAG_A; /* arrays, texts one after another */
  if ((!graph_arity(graph, claim->from) && !of_nothing) || is(graph, claim->from, OP_INDEX))
    return wrong(checker, "is of a node that is its own image");
  Binder binder = binder_of(graph_op(graph, claim->from));
  bool known = binder.count ? binder_image(checker, claim, binder, &made)
                            : plain_image(checker, claim, &made);
  if (!known) return false;
  if (graph->full || !replay_same(replay, made, claim->to))
    return wrong(checker, "is not what its operands make");
  map_put(&checker->images, (uint64_t)claim->id << 32 | claim->from, claim->to + 1);
  if (!checker->scopes.data[claim->id].replaces) unite(replay, claim->from, claim->to);
  return true;
}

static bool check_end(Checker *checker, const Claim *claim) {
  uint32_t next = checker->ends.len;
  if (next >= checker->starts.len || checker->starts.data[next] != claim->from)
    return wrong(checker, "is not of the next end of the graph");
  if (!replay_same(&checker->replay, claim->from, claim->to)) return wrong(checker, "does not follow");
  vec_push(&checker->ends, claim->to);
  return true;
}

/* What is left of effects is told when all ends are. */
static bool check_done(Checker *checker, const Claim *claim) {
  if (checker->ends.len < checker->starts.len) return wrong(checker, "comes before the last end");
  vec_push(&checker->done, claim->from);
  return true;
}

static bool check_claim(Checker *checker, const Claim *claim) {
  switch ((FactKind)claim->kind) {
    case FACT_LAW:
      return check_law(checker, claim);
    case FACT_SCOPE:
      return check_scope(checker, claim);
    case FACT_IMAGE:
      return check_image(checker, claim);
    case FACT_EFFECT:
      return check_done(checker, claim);
    default:
      return check_end(checker, claim);
  }
}

/* ---- the whole ---- */

static bool tell(Checker *checker, uint32_t at, const char *what) {
  const Source *source = checker->reader.source;
  uint32_t end = at + (uint32_t)strcspn(source->text + at, "\n");
  diag(checker->reader.session->diags, DIAG_CERTIFICATE,
       (Span){source->base + at, source->base + end + (end == at)}, "this %s", what);
  return false;
}

static bool check_graph(Checker *checker) {
  Graph *graph = checker->replay.graph;
  const char *wrong_graph = graph_verify(graph);
  for (Node node = 0; !wrong_graph && node < graph_count(graph); node++)
    wrong_graph = verify_node(graph, node);
  if (!wrong_graph) return true;
  return tell(checker, 0,
              arena_format(graph->session->arena, "is no certificate of a graph: %s", wrong_graph));
}

/* Mark what is done for certain for a marked node: of a choice the condition, of what is repeated nothing. */
static void mark_certain(const Graph *graph, uint8_t *marks) {
  for (Node node = graph_count(graph); node-- > 0;) {
    bool repeated = binder_of(graph_op(graph, node)).count > 0;
    uint32_t count = repeated ? 0 : is(graph, node, OP_CHOOSE) ? 1 : graph_arity(graph, node);
    for (uint32_t k = 0; marks[node] && k < count; k++) marks[arg(graph, node, k)] |= 1;
  }
}

enum { CERTAIN = 1, EFFECT = 2 };

/* Whether the effects that are left are some of those that there were, and the others happen anyway or do nothing. */
static bool effects_follow(Checker *checker) {
  Graph *graph = checker->replay.graph;
  uint32_t count = graph_count(graph);
  bool good = true;
  uint8_t *marks = mem_zero(count + 1);
  for (uint32_t i = 0; i < graph->outputs.len; i++) marks[graph->outputs.data[i].node] = CERTAIN;
  for (uint32_t i = 0; i < checker->done.len; i++) marks[checker->done.data[i]] |= CERTAIN;
  mark_certain(graph, marks);
  for (uint32_t i = 0; i < graph->effects.len; i++) marks[graph->effects.data[i]] |= EFFECT;
  for (Node node = count; node-- > 0;) { /* of what only waits: what it waits for */
    if (!(marks[node] & EFFECT)) continue;
    bool waits = is(graph, node, OP_AFTER);
    for (uint32_t k = 0; waits && k < graph_arity(graph, node); k++) marks[arg(graph, node, k)] |= EFFECT;
    good &= waits || marks[node] & CERTAIN || !is_volatile_work(graph, node);
  }
  for (uint32_t i = 0; i < checker->done.len; i++) good &= (marks[checker->done.data[i]] & EFFECT) != 0;
  free(marks);
  return good;
}

/* The ends that are proved, in place of those at the start. */
static bool set_ends(Checker *checker) {
  Graph *graph = checker->replay.graph;
  ends_set(graph, &checker->ends);
  if (!effects_follow(checker))
    return tell(checker, (uint32_t)checker->reader.source->size, "certificate does not end with the effects");
  graph->effects.len = 0;
  for (uint32_t i = 0; i < checker->done.len; i++) vec_push(&graph->effects, checker->done.data[i]);
  return true;
}

static bool check_claims(Checker *checker) {
  Graph *graph = checker->replay.graph;
  checker->replay.most = WORK_LEAST +
                         WORK_FACTOR * ((uint64_t)graph_count(graph) + graph->pool.len + checker->claims.len);
  graph->limit = graph_count(graph) +
                 (uint32_t)(checker->replay.most < 1u << 26 ? checker->replay.most : 1u << 26);
  graph->rules = NULL;
  vec_push(&checker->scopes, (ScopeOf){0});
  ends_of(graph, &checker->starts);
  for (uint32_t i = 0; i < checker->claims.len; i++) {
    const Claim *claim = &checker->claims.data[i];
    if (check_claim(checker, claim) && !graph->full) continue;
    return tell(checker, claim->at, checker->wrong ? checker->wrong : "takes too long to check");
  }
  if (checker->ends.len == checker->starts.len) return true;
  return tell(checker, (uint32_t)checker->reader.source->size,
              "certificate breaks off before all ends are reached");
}

static bool check_all(Checker *checker, Replayed *replayed) {
  Reader *reader = &checker->reader;
  Graph *graph = checker->replay.graph;
  if (!reader_expect(reader, CERTIFICATE_HEAD) || !reader_line_end(reader))
    return reader_fail(reader, "the end of the line");
  reader_lines(reader);
  if (reader->failed || !check_graph(checker)) return false;
  graph_print_as(graph, PRINT_NO_NAMES, &replayed->start);
  if (!check_claims(checker)) return false;
  return set_ends(checker) && check_graph(checker);
}

bool replay(Session *session, Types *types, Source *source, Replayed *replayed) {
  Checker checker = {.replay.graph = graph_new(session, types)};
  checker.reader = (Reader){.session = session,
                            .types = types,
                            .graph = checker.replay.graph,
                            .source = source,
                            .at = source->text,
                            .open = true,
                            .line = read_claim,
                            .self = &checker};
  *replayed = (Replayed){.graph = checker.replay.graph};
  bool good = check_all(&checker, replayed);
  replayed->facts = checker.claims.len;
  for (uint32_t i = 0; i < checker.claims.len; i++) replayed->laws += checker.claims.data[i].kind == FACT_LAW;
  replayed->too_long = checker.replay.graph->full;
  reader_end(&checker.reader);
  vec_free(&checker.replay.same);
  vec_free(&checker.claims);
  vec_free(&checker.scopes);
  vec_free(&checker.starts);
  vec_free(&checker.ends);
  vec_free(&checker.done);
  map_free(&checker.images);
  map_free(&checker.opened);
  if (good) return true;
  graph_free(replayed->graph);
  text_free(&replayed->start);
  return false;
}
