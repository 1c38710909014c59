#include "ir/lowering.h"

/* Whether values of the two types have the same bits, so that a conversion is a matter of the type alone. */
static bool same_bits(const Types *types, TypeId from_id, TypeId to_id) {
  if (from_id == to_id) return true;
  const Type *from = type_of(types, from_id), *to = type_of(types, to_id);
  if (from->kind != to->kind || from->count != to->count) return false;
  if (from->kind == T_FILE || from->kind == T_DIR) return true;
  if (from->kind != T_ARRAY && from->kind != T_OPTION && from->kind != T_RECORD) return false;
  for (uint32_t i = 0; i < from->count; i++) {
    if (from->kind == T_RECORD && from->names[i] != to->names[i]) return false;
    if (!same_bits(types, from->args[i], to->args[i])) return false;
  }
  return true;
}

/* How parts are converted: as values, or as a task's outputs, where texts are paths. */
typedef Node Convert(Lower *lower, Node node, TypeId to, Span span);

static Node convert_option(Lower *lower, Node node, TypeId to, Span span, Convert *convert) {
  Graph *graph = lower->graph;
  TypeId from = graph_type(graph, node), inner = type_of(lower->types, to)->args[0];
  if (from == T_NONE) return graph_absent(graph, to);
  if (type_kind(lower->types, from) != T_OPTION)
    return graph_node(graph, OP_SOME, to, span, convert(lower, node, inner, span));
  Node there = graph_node(graph, OP_IS_SOME, T_BOOL, span, node);
  Node value = graph_node(graph, OP_UNWRAP, type_of(lower->types, from)->args[0], span, node);
  Node some = graph_node(graph, OP_SOME, to, span, convert(lower, value, inner, span));
  return graph_node(graph, OP_CHOOSE, to, span, there, some, graph_absent(graph, to));
}

static Node convert_array(Lower *lower, Node node, TypeId to, Span span, Convert *convert) {
  Graph *graph = lower->graph;
  TypeId item = type_of(lower->types, to)->args[0];
  if (type_of(lower->types, graph_type(graph, node))->args[0] == T_ANY) /* it can only be empty */
    return graph_make(graph, OP_ARRAY, to, 0, NULL, 0, span);
  if (graph_op(graph, node) == OP_ARRAY) {
    uint32_t count = graph_arity(graph, node);
    Node *items = lower_nodes(lower, count);
    for (uint32_t i = 0; i < count; i++) items[i] = convert(lower, graph_arg(graph, node, i), item, span);
    return graph_make(graph, OP_ARRAY, to, 0, items, count, span);
  }
  Range range = graph_range(graph, node, span);
  return graph_collect(graph, range.index, range.condition, convert(lower, range.element, item, span), span);
}

static Node convert_record(Lower *lower, Node node, TypeId to_id, Span span, Convert *convert) {
  const Type *to = type_of(lower->types, to_id);
  uint32_t count = to->count;
  Node *fields = lower_nodes(lower, count);
  for (uint32_t i = 0; i < count; i++) {
    const Type *from = type_of(lower->types, graph_type(lower->graph, node));
    uint32_t k = 0;
    to = type_of(lower->types, to_id);
    while (from->names[k] != to->names[i]) k++;
    fields[i] = convert(lower, graph_project(lower->graph, node, k, span), to->args[i], span);
  }
  return graph_make(lower->graph, OP_RECORD, to_id, 0, fields, count, span);
}

static Node convert_uncertain(Lower *lower, Node node, TypeId to, Span span) {
  TypeId inner = type_of(lower->types, to)->args[0], from = graph_type(lower->graph, node);
  if (type_kind(lower->types, from) == T_UNCERTAIN) return graph_node(lower->graph, OP_CAST, to, span, node);
  Node mean = lower_convert(lower, node, inner, span);
  return graph_node(lower->graph, OP_UNCERTAIN_, to, span, mean, graph_float(lower->graph, inner, 0));
}

/* Those whose parts are converted one by one. */
static Node convert_parts(Lower *lower, Node node, TypeId to, Span span, Convert *convert) {
  switch (type_kind(lower->types, to)) {
    case T_OPTION:
      return convert_option(lower, node, to, span, convert);
    case T_ARRAY:
      return convert_array(lower, node, to, span, convert);
    case T_RECORD:
      return convert_record(lower, node, to, span, convert);
    default:
      BUG("no conversion from %s to %s", type_text(lower->types, graph_type(lower->graph, node)),
          type_text(lower->types, to));
  }
}

/* An element of an array that can only be empty: nothing will ever ask for it. */
static Node no_value(Lower *lower, TypeId to, Span span) {
  Node absent = graph_absent(lower->graph, type_option(lower->types, to));
  return graph_raw(lower->graph, OP_UNWRAP, to, 0, &absent, 1, span);
}

/* In a pattern, where types are open: a hole takes the type that is asked for, and so do those inside of an array
 * that is just being made. Everything else stays as it is. */
static Node convert_open(Lower *lower, Node node, TypeId to, Span span) {
  Graph *graph = lower->graph;
  const Node *args = graph->pool.data + graph->first.data[node];
  if (type_is_open(lower->types, to)) return node;
  if (graph_op(graph, node) == OP_HOLE)
    return graph_make(graph, OP_HOLE, to, graph->data.data[node], args, graph_arity(graph, node), span);
  bool made = graph_op(graph, node) == OP_COLLECT || graph_op(graph, node) == OP_ARRAY;
  return made && type_kind(lower->types, to) == T_ARRAY ? convert_array(lower, node, to, span, lower_convert)
                                                        : node;
}

Node lower_convert(Lower *lower, Node node, TypeId to, Span span) {
  Graph *graph = lower->graph;
  TypeId from = graph_type(graph, node);
  if (from == to || lower->graph->full) return node;
  if (type_is_open(lower->types, from) || type_is_open(lower->types, to))
    return convert_open(lower, node, to, span);
  if (from == T_ANY) return no_value(lower, to, span);
  if (same_bits(lower->types, from, to)) return graph_node(graph, OP_CAST, to, span, node);
  TypeKind kind = type_kind(lower->types, to);
  if (kind == T_FLOAT && from == T_INT) return graph_node(graph, OP_TO_FLOAT, to, span, node);
  if (kind == T_UNCERTAIN) return convert_uncertain(lower, node, to, span);
  return convert_parts(lower, node, to, span, lower_convert);
}

Node lower_output(Lower *lower, Node node, TypeId to, Span span) {
  const Type *type = type_of(lower->types, to);
  TypeKind inner = type->kind == T_OPTION ? type_kind(lower->types, type->args[0]) : (TypeKind)type->kind;
  bool path = graph_type(lower->graph, node) == T_STRING && (inner == T_FILE || inner == T_DIR);
  if (path) return graph_node(lower->graph, OP_OUT_FILE, to, span, node);
  if (type_fits(lower->types, graph_type(lower->graph, node), to))
    return lower_convert(lower, node, to, span);
  if (same_bits(lower->types, graph_type(lower->graph, node), to))
    return graph_node(lower->graph, OP_CAST, to, span, node);
  return convert_parts(lower, node, to, span, lower_output);
}
