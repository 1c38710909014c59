/* write_nature.c: the type that the text of an expression has where none is asked for. */
#include "canon/write_parts.h"

static TypeId of_term(Writer *writer, uint32_t scope, Node node) {
  return writer->items.data[write_scan_item(writer, scope, node)].natural;
}

static TypeId of_array(Writer *writer, uint32_t scope, Node node) {
  Types *types = writer->graph->types;
  TypeId type = T_ANY;
  for (uint32_t k = 0; k < graph_arity(writer->graph, node); k++)
    type = type_join(types, type, of_term(writer, scope, graph_arg(writer->graph, node, k)));
  return type_array(types, type);
}

static TypeId of_record(Writer *writer, uint32_t scope, Node node) {
  const Graph *graph = writer->graph;
  uint32_t count = graph_arity(graph, node);
  TypeId *fields = ARENA_ARRAY(graph->session->arena, TypeId, count);
  for (uint32_t k = 0; k < count; k++) fields[k] = of_term(writer, scope, graph_arg(graph, node, k));
  return type_record(graph->types, count, type_of(graph->types, graph_type(graph, node))->names, fields);
}

static TypeId of_choice(Writer *writer, uint32_t scope, Node node) {
  const Graph *graph = writer->graph;
  Node condition = graph_arg(graph, node, 0);
  switch (write_choice_form(writer, node)) {
    case CHOICE_AND:
    case CHOICE_OR:
      return T_BOOL;
    case CHOICE_CONVERT:
      return of_term(writer, scope, graph_arg(graph, condition, 0));
    default:
      return graph_type(graph, node);
  }
}

/* The type of the parts of a choice beside each other; where it is not the node's, one of them has to say it. */
bool write_parts_say_type(Writer *writer, uint32_t scope, Node node, Node first, Node second) {
  Types *types = writer->graph->types;
  TypeId a = of_term(writer, scope, first), b = of_term(writer, scope, second),
         type = graph_type(writer->graph, node);
  return type == T_UNIT || type_join(types, a, b) == type;
}

static TypeId of_collect(Writer *writer, uint32_t item) {
  const Scope *scope = &writer->scopes.data[writer->items.data[item].inner];
  Node value = scope->value;
  if (write_literal_kind(writer->graph, value, LIT_UNIT)) return type_array(writer->graph->types, T_UNIT);
  return type_array(writer->graph->types, of_term(writer, writer->items.data[item].inner, value));
}

TypeId write_natural_type(Writer *writer, uint32_t item) {
  const Graph *graph = writer->graph;
  Node node = writer->items.data[item].node;
  uint32_t scope = writer->items.data[item].scope;
  TypeId type = graph_type(graph, node);
  if (writer->items.data[item].form != FORM_NODE) return type;
  switch (graph_op(graph, node)) {
    case OP_LIT:
      return write_literal_kind(graph, node, LIT_ABSENT) ? (TypeId)T_NONE : type;
    case OP_SOME:
      return of_term(writer, scope, graph_arg(graph, node, 0));
    case OP_CAST: {
      TypeId from = graph_type(graph, graph_arg(graph, node, 0));
      TypeKind kind = type_kind(graph->types, type);
      return kind == T_FLOAT || kind == T_QUANTITY ? type : from;
    }
    case OP_OUT_FILE:
      return T_STRING;
    case OP_ARRAY:
      return of_array(writer, scope, node);
    case OP_RECORD:
      return of_record(writer, scope, node);
    case OP_CHOOSE:
      return of_choice(writer, scope, node);
    case OP_COLLECT:
      return of_collect(writer, item);
    default:
      return type;
  }
}
