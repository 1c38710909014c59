/* replaying.h: what the files of the checker share. */
#ifndef WEFT_CANON_REPLAYING_H
#define WEFT_CANON_REPLAYING_H

#include "canon/laws.h"

typedef struct Replay {
  Graph *graph;        /* without rules: what is made is made as it is said */
  VEC(uint32_t) same;  /* of each node another that is known to be the same, or itself */
  uint64_t work, most; /* nodes and operands looked at, and how many may be */
} Replay;

typedef VEC(Node) Nodes;

/* Whether two nodes are known to be the same. */
bool replay_same(Replay *replay, Node a, Node b);
/* Count what is looked at; false: it is too much. */
bool replay_spend(Replay *replay, uint64_t work);

/* What is replaced in a term: variables, and other nodes that mention them. */
typedef struct Put {
  uint32_t variables; /* of these, how many are variables: they come first, and are two at most */
  uint32_t count;
  const Node *old, *by;
} Put;
/* The term with nodes replaced, by raw substitution. */
Node replay_put(Replay *replay, Node term, const Put *put);

/* Whether `to` comes of `from` by one application of a law to all of it. */
typedef bool LawCheck(Replay *replay, Node from, Node to);
extern LawCheck *const law_checks[LAW_COUNT]; /* NULL: one that no certificate can claim */

/* replay_sets.c */
LawCheck check_map_fusion, check_map_identity, check_element, check_indices, check_length, check_zip,
    check_filter_known, check_append, check_flatten, check_compact;
/* replay_rounds.c */
LawCheck check_fold_empty, check_fold_identity, check_reduce, check_reduce_order, check_loop_zero,
    check_loop_one, check_loop_identity;
/* Whether a collect or a fold is over nothing. */
bool over_nothing(const Graph *graph, Node node);
/* replay_arrays.c: binders over arrays that are made of others */
LawCheck check_filter, check_map_flatten, check_fold_flatten, check_map_append, check_fold_append,
    check_single, check_fold_single, check_choice_of_arrays;
/* replay_conditions.c */
LawCheck check_conditions, check_if_filtered;
/* replay_state.c */
LawCheck check_state;
/* replay_values.c: numbers, truth and text */
LawCheck check_constant, check_unit, check_idempotent, check_involution, check_concat;

/* ---- short words for looking at nodes ---- */

static inline bool is(const Graph *graph, Node node, Op op) { return graph_op(graph, node) == op; }
static inline bool is_literal(const Graph *graph, Node node, LiteralKind kind) {
  return is(graph, node, OP_LIT) && graph_literal(graph, node)->kind == kind;
}
static inline bool is_int(const Graph *graph, Node node, int64_t value) {
  return is_literal(graph, node, LIT_INT) && graph_literal(graph, node)->integer == value;
}
static inline Node arg(const Graph *graph, Node node, uint32_t k) { return graph_arg(graph, node, k); }
static inline TypeId inside_of(const Graph *graph, TypeId type) {
  const Type *outer = type_of(graph->types, type);
  return outer->count ? outer->args[0] : T_ERROR;
}
static inline Node said(Graph *graph, Op op, TypeId type, uint32_t count, const Node *args) {
  return graph_raw(graph, op, type, 0, args, count, (Span){0});
}
#define SAID(graph, op, type, ...) \
  said(graph, op, type, sizeof((const Node[]){__VA_ARGS__}) / sizeof(Node), (const Node[]){__VA_ARGS__})
/* Whether something volatile happens in a term once for each value of a variable: it mentions that. */
bool draws_for(Replay *replay, Node term, Node variable);
static inline bool is_volatile_work(const Graph *graph, Node node) {
  return (graph->below.data[node] & BELOW_VOLATILE) != 0;
}
/* What a collect or a fold is over. */
static inline Node set_of(const Graph *graph, Node index) { return arg(graph, index, 0); }
/* How many a set has, if that is said; false: it is not. */
static inline bool set_size(const Graph *graph, Node set, int64_t *size) {
  if (!is(graph, set, OP_DIM_RANGE) || !is_literal(graph, arg(graph, set, 0), LIT_INT)) return false;
  int64_t range = graph_literal(graph, arg(graph, set, 0))->integer;
  *size = range > 0 ? range : 0;
  return true;
}
/* Whether an index over one set is one over the other: the same, or a part of a zip. */
bool set_covers(const Graph *graph, Node set, Node part);

/* Whether two nodes have the same operands, those from `ordered` on in any order. */
bool same_operands(const Graph *graph, Node a, Node b, uint32_t ordered);

#endif
