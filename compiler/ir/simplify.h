/* simplify.h: the local rules behind graph_make, one function an operation. */
#ifndef WEFT_IR_SIMPLIFY_H
#define WEFT_IR_SIMPLIFY_H

#include "ir/graph.h"
#include "ir/trace.h"

/* A node that is asked for. */
typedef struct Term {
  Op op;
  TypeId type;
  uint32_t data;
  const Node *args;
  uint32_t count;
  Span span;
} Term;

/* Said by a rule before it gives back what the call is the same as. */
static inline void law_is(Graph *graph, Law law) { graph->law = (uint8_t)law; }
typedef VEC(Node) Nodes;

/* arrays and index sets */
Rule simplify_element, simplify_collect, simplify_dim_of, simplify_dim_range, simplify_dim_zip,
    simplify_length, simplify_flatten, simplify_append, simplify_compact, simplify_fold, simplify_reduce,
    simplify_loop;
/* structure */
Rule simplify_project, simplify_record, simplify_choose, simplify_after, simplify_is_some, simplify_unwrap,
    simplify_cast;
/* numbers and truth */
Rule fold_binary, fold_unary, fold_to_float, fold_to_int, fold_moment, fold_not, fold_compare, fold_min_max;
/* text */
Rule fold_concat, fold_to_string, fold_parse_int, fold_parse_float, fold_split, fold_join, fold_replace,
    fold_test, fold_path;

/* β, fusion of maps: what a collect without a condition has at an index over its set, or NODE_NONE. */
Node element_of_collect(Graph *graph, Node collect, Node index);
/* Whether a literal of that kind. */
bool literal_is(const Graph *graph, Node node, LiteralKind kind);
/* Whether an Int of that value. */
bool literal_is_int(const Graph *graph, Node node, int64_t value);
/* Type argument 0, of arrays and options. */
TypeId type_inner(const Graph *graph, TypeId type);

#endif
