/* verify_types.c: which operands each operation takes, and what it makes of them. */
#include "ir/verify.h"

#include <string.h>

/* A letter an operand, then what the result is:
 * D index set, X index, V state, B Bool, I Int, F Float, S String, N number or quantity, A array, O option,
 * R record, L File or Dir, P path (L or S), i index or Int, . anything; a letter after `*` is for all others. */
static const char *const shapes[OP_COUNT_] = {
    [OP_INPUT] = ">.",       [OP_PARAM] = ">.",        [OP_LIT] = ">.",           [OP_TOKEN] = ">.",
    [OP_HOLE] = "*.>.",      [OP_DIM_OF] = "A>D",      [OP_DIM_RANGE] = "I>D",    [OP_DIM_ZIP] = "DD*D>D",
    [OP_INDEX] = "D>X",      [OP_STATE] = ">.",        [OP_ORDINAL] = "X>I",      [OP_ELEMENT] = "Ai>.",
    [OP_COLLECT] = "XB.>A",  [OP_FOLD] = "XBV..>.",    [OP_REDUCE] = "VV.A>.",    [OP_LOOP] = "V..BI>.",
    [OP_CHOOSE] = "B..>.",   [OP_TASK] = "*.>R",       [OP_ASK] = "S...*.>.",     [OP_AFTER] = ".*.>.",
    [OP_RECORD] = "*.>R",    [OP_PROJECT] = "R>.",     [OP_ARRAY] = "*.>A",       [OP_APPEND] = "*A>A",
    [OP_LENGTH] = "A>I",     [OP_FLATTEN] = "A>A",     [OP_COMPACT] = "A>A",      [OP_SOME] = ".>O",
    [OP_IS_SOME] = "O>B",    [OP_UNWRAP] = "O>.",      [OP_CAST] = ".>.",         [OP_ADD_] = "NN>N",
    [OP_SUB_] = "NN>N",      [OP_MUL_] = "NN>N",       [OP_DIV_] = "NN>N",        [OP_MOD_] = "NN>N",
    [OP_NEG_] = "N>N",       [OP_TO_FLOAT] = "I>F",    [OP_TO_INT] = "N>I",       [OP_UNCERTAIN_] = "NN>N",
    [OP_MEAN] = "N>N",       [OP_SD] = "N>N",          [OP_MIN] = "NN>N",         [OP_MAX] = "NN>N",
    [OP_ABS] = "N>N",        [OP_FLOOR] = "N>N",       [OP_CEIL] = "N>N",         [OP_ROUND] = "N>N",
    [OP_SQRT] = "N>N",       [OP_EXP] = "N>N",         [OP_LOG] = "N>N",          [OP_POW] = "NN>N",
    [OP_SIN] = "N>N",        [OP_COS] = "N>N",         [OP_BIT_AND] = "II>I",     [OP_BIT_OR] = "II>I",
    [OP_BIT_XOR] = "II>I",   [OP_SHIFT_LEFT] = "II>I", [OP_SHIFT_RIGHT] = "II>I", [OP_NOT_] = "B>B",
    [OP_EQ_] = "..>B",       [OP_LT_] = "..>B",        [OP_LE_] = "..>B",         [OP_CONCAT] = "*S>S",
    [OP_TO_STRING] = ".>S",  [OP_PARSE_INT] = "S>I",   [OP_PARSE_FLOAT] = "S>F",  [OP_SPLIT] = "SS>A",
    [OP_JOIN] = "AS>S",      [OP_REPLACE] = "SSS>S",   [OP_CONTAINS] = "SS>B",    [OP_STARTS_WITH] = "SS>B",
    [OP_ENDS_WITH] = "SS>B", [OP_BASENAME] = "P>S",    [OP_STEM] = "P>S",         [OP_PATH] = "L>S",
    [OP_FILE_SIZE] = "L>N",  [OP_OUT_FILE] = "S>.",    [OP_GLOB] = "S>A",         [OP_STDOUT] = ">.",
    [OP_READ] = "PS>.",      [OP_JS] = "SR>.",
};

static bool is_number(TypeKind kind) {
  return kind == T_INT || kind == T_FLOAT || kind == T_QUANTITY || kind == T_UNCERTAIN;
}

static bool type_is(const Graph *graph, TypeId type, char letter) {
  TypeKind kind = type_kind(graph->types, type);
  switch (letter) {
    case 'B':
      return kind == T_BOOL;
    case 'I':
      return kind == T_INT;
    case 'F':
      return kind == T_FLOAT;
    case 'S':
      return kind == T_STRING;
    case 'N':
      return is_number(kind);
    case 'A':
      return kind == T_ARRAY;
    case 'O':
      return kind == T_OPTION || kind == T_NONE;
    case 'R':
      return kind == T_RECORD || kind == T_UNIT;
    case 'L':
      return kind == T_FILE || kind == T_DIR;
    case 'P':
      return kind == T_FILE || kind == T_DIR || kind == T_STRING;
    default:
      return true;
  }
}

static bool operand_is(const Graph *graph, Node node, char letter) {
  Op op = graph_op(graph, node);
  bool is_set = op_info[op].flags & FLAG_D, is_index = op == OP_INDEX;
  switch (letter) {
    case 'D':
      return is_set;
    case 'X':
      return is_index;
    case 'V':
      return op == OP_STATE;
    case 'i':
      return is_index || (!is_set && type_is(graph, graph_type(graph, node), 'I'));
    case '.':
      return !is_set;
    default:
      return !is_set && !is_index && type_is(graph, graph_type(graph, node), letter);
  }
}

static const char *check_shape(const Graph *graph, Node node) {
  const char *shape = shapes[graph_op(graph, node)];
  uint32_t count = graph_arity(graph, node);
  for (uint32_t k = 0; k < count; k++) {
    if (*shape == '>') return "has too many operands";
    if (!operand_is(graph, graph_arg(graph, node, k), *shape == '*' ? shape[1] : *shape))
      return arena_format(graph->session->arena, "cannot have operand %u", k);
    if (*shape != '*') shape++;
  }
  if (*shape != '>' && *shape != '*') return "has too few operands";
  return type_is(graph, graph_type(graph, node), *(strchr(shape, '>') + 1)) ? NULL : "cannot have its type";
}

static TypeId inner(const Graph *graph, TypeId type) {
  const Type *outer = type_of(graph->types, type);
  return outer->kind == T_ARRAY || outer->kind == T_OPTION ? outer->args[0] : T_ERROR;
}

static TypeId arg_type(const Graph *graph, Node node, uint32_t k) {
  return graph_type(graph, graph_arg(graph, node, k));
}

/* Whether operands from `from` on have that type. */
static bool all_have(const Graph *graph, Node node, uint32_t from, TypeId type) {
  for (uint32_t k = from; k < graph_arity(graph, node); k++)
    if (arg_type(graph, node, k) != type) return false;
  return true;
}

static bool fields_fit(const Graph *graph, Node node, TypeId record, uint32_t most) {
  const Type *type = type_of(graph->types, record);
  if (type->count > graph_arity(graph, node) || (type->count != graph_arity(graph, node) && !most))
    return false;
  for (uint32_t k = 0; k < type->count; k++)
    if (arg_type(graph, node, k) != type->args[k]) return false;
  return true;
}

static bool task_fits(const Graph *graph, Node node) {
  uint32_t number = graph->data.data[node];
  if (number >= graph->tasks.len) return false;
  const Task *task = &graph->tasks.data[number];
  return graph_type(graph, node) == task->out_type && fields_fit(graph, node, task->in_type, 1);
}

static bool literal_fits(const Graph *graph, Node node) {
  if (graph->data.data[node] >= graph->literals.len) return false;
  TypeKind kind = type_kind(graph->types, graph_type(graph, node));
  switch ((LiteralKind)graph_literal(graph, node)->kind) {
    case LIT_UNIT:
      return kind == T_UNIT;
    case LIT_BOOL:
      return kind == T_BOOL;
    case LIT_INT:
      return kind == T_INT;
    case LIT_FLOAT:
      return kind == T_FLOAT || kind == T_QUANTITY;
    case LIT_STRING:
      return kind == T_STRING;
    case LIT_ABSENT:
      return kind == T_OPTION || kind == T_NONE;
  }
  return false;
}

static bool is_absent(const Graph *graph, Node node) {
  return graph_op(graph, node) == OP_LIT && graph_literal(graph, node)->kind == LIT_ABSENT;
}

static bool project_fits(const Graph *graph, Node node) {
  const Type *type = type_of(graph->types, arg_type(graph, node, 0));
  uint32_t field = graph->data.data[node];
  return field < type->count && type->args[field] == graph_type(graph, node);
}

/* How the type of a node follows from those of its operands. */
static bool relation_holds(const Graph *graph, Node node) {
  TypeId type = graph_type(graph, node);
  switch (graph_op(graph, node)) {
    case OP_LIT:
      return literal_fits(graph, node);
    case OP_ELEMENT:
      return type == inner(graph, arg_type(graph, node, 0));
    case OP_COLLECT:
      return arg_type(graph, node, 2) == inner(graph, type);
    case OP_FOLD:
      return all_have(graph, node, 2, type);
    case OP_REDUCE:
      return arg_type(graph, node, 0) == type && arg_type(graph, node, 1) == type &&
             arg_type(graph, node, 2) == type && inner(graph, arg_type(graph, node, 3)) == type;
    case OP_LOOP:
      return arg_type(graph, node, 0) == type && arg_type(graph, node, 1) == type &&
             arg_type(graph, node, 2) == type;
    case OP_CHOOSE:
      return all_have(graph, node, 1, type);
    case OP_TASK:
      return task_fits(graph, node);
    case OP_AFTER:
      return arg_type(graph, node, 0) == type;
    case OP_RECORD:
      return fields_fit(graph, node, type, 0);
    case OP_PROJECT:
      return project_fits(graph, node);
    case OP_ARRAY:
      return all_have(graph, node, 0, inner(graph, type));
    case OP_APPEND:
      return all_have(graph, node, 0, type);
    case OP_FLATTEN:
      return inner(graph, arg_type(graph, node, 0)) == type;
    case OP_COMPACT:
      return inner(graph, inner(graph, arg_type(graph, node, 0))) == inner(graph, type);
    case OP_SOME:
      return arg_type(graph, node, 0) == inner(graph, type);
    case OP_UNWRAP: /* of what is absent: a value that never is, of any type */
      if (is_absent(graph, graph_arg(graph, node, 0))) return true;
      return inner(graph, arg_type(graph, node, 0)) == type;
    case OP_EQ_:
    case OP_LT_:
    case OP_LE_:
      return arg_type(graph, node, 0) == arg_type(graph, node, 1);
    default:
      return true;
  }
}

const char *verify_types(const Graph *graph, Node node) {
  const char *wrong = check_shape(graph, node);
  if (wrong) return wrong;
  return relation_holds(graph, node) ? NULL : "does not have the type that follows from its operands";
}
