#include "ir/lowering.h"

/* ---- functions with a case of their own ---- */

static Node lower_range(Lower *lower, const Node *args, TypeId result, Span span) {
  Graph *graph = lower->graph;
  (void)result;
  bool both = args[1] != NODE_NONE;
  Node size = both ? graph_node(graph, OP_SUB_, T_INT, span, args[1], args[0]) : args[0];
  Node index = graph_open_index(graph, graph_node(graph, OP_DIM_RANGE, T_UNIT, span, size), span);
  Node value = graph_node(graph, OP_ORDINAL, T_INT, span, index);
  if (both) value = graph_node(graph, OP_ADD_, T_INT, span, value, args[0]);
  return graph_collect(graph, index, graph_bool(graph, true), value, span);
}

static Node lower_indices(Lower *lower, Node array, Span span) {
  Node args[2] = {graph_node(lower->graph, OP_LENGTH, T_INT, span, array), NODE_NONE};
  return lower_range(lower, args, T_ERROR, span);
}

static Node lower_zip(Lower *lower, const Node *arrays, TypeId result, Span span) {
  Graph *graph = lower->graph;
  Node elements[2];
  Range range = graph_zip(graph, arrays, 2, elements, span);
  TypeId pair = type_of(lower->types, result)->args[0];
  Node record = graph_node(graph, OP_RECORD, pair, span, elements[0], elements[1]);
  return graph_collect(graph, range.index, range.condition, record, span);
}

/* Paths of files where a function works on text. */
static Node path_of(Lower *lower, Node node, Span span) {
  TypeKind kind = type_kind(lower->types, graph_type(lower->graph, node));
  return kind == T_STRING ? node : graph_node(lower->graph, OP_PATH, T_STRING, span, node);
}

static Node lower_read(Lower *lower, BuiltinId id, Node path, Sym pointer, TypeId type, Span span) {
  Node args[2] = {path_of(lower, path, span), graph_string(lower->graph, pointer)};
  return graph_make(lower->graph, OP_READ, type, (uint32_t)builtin_info[id].format, args, 2, span);
}

static Node lower_stdout(Lower *lower, TypeId type, Span span) {
  Graph *graph = lower->graph;
  const Type *wanted = type_of(lower->types, type);
  if (wanted->kind == T_FILE || wanted->kind == T_STRING)
    return graph_make(graph, OP_STDOUT, type, 0, NULL, 0, span);
  Node text = graph_make(graph, OP_STDOUT, T_STRING, 0, NULL, 0, span);
  if (wanted->kind == T_INT) return graph_node(graph, OP_PARSE_INT, T_INT, span, text);
  if (wanted->kind == T_FLOAT) return graph_node(graph, OP_PARSE_FLOAT, T_FLOAT, span, text);
  if (wanted->kind == T_ARRAY && wanted->args[0] == T_STRING)
    return graph_node(graph, OP_SPLIT, type, span, text,
                      graph_string(graph, intern(lower->session->names, "\n", 1)));
  Diag *told = diag(lower->session->diags, DIAG_UNTYPED, span, "standard output cannot be read as %s",
                    type_text(lower->types, type));
  diag_help(lower->session->diags, told,
            "it is a File, String, Int, Float or [String]; write other data to a file and read that");
  return text;
}

Node lower_builtin(Lower *lower, BuiltinId id, const Node *args, TypeId result, Span span) {
  const Builtin *builtin = &builtin_info[id];
  if (builtin->format >= 0) return lower_read(lower, id, args[0], 0, result, span);
  switch (id) {
    case BUILTIN_RANGE:
      return lower_range(lower, args, result, span);
    case BUILTIN_INDICES:
      return lower_indices(lower, args[0], span);
    case BUILTIN_ZIP:
      return lower_zip(lower, args, result, span);
    case BUILTIN_FLOAT:
    case BUILTIN_RAW:
      return args[0];
    case BUILTIN_GLOB:
      return graph_make(lower->graph, OP_GLOB, result, 0, args, 1, span);
    case BUILTIN_BASENAME:
    case BUILTIN_STEM:
      return graph_node(lower->graph, builtin->op, T_STRING, span, path_of(lower, args[0], span));
    default: {
      BuiltinSignature signature;
      builtin_signature(lower->types, lower->session->names, id, &signature);
      return graph_make(lower->graph, builtin->op, result, 0, args, signature.count, span);
    }
  }
}

/* ---- data whose type is told from outside ---- */

static bool names_builtin(const Expr *expr, BuiltinId id) {
  return expr->kind == EXPR_NAME && expr->ref == REF_BUILTIN && expr->name.builtin == (uint32_t)id;
}

bool reads_data(const Expr *expr) {
  while (expr->kind == EXPR_FIELD || expr->kind == EXPR_INDEX) {
    const Expr *of = expr->kind == EXPR_FIELD ? expr->field.of : expr->index.of;
    if (of->type != T_DATA) return false;
    expr = of;
  }
  if (names_builtin(expr, BUILTIN_STDOUT)) return true;
  if (expr->kind != EXPR_CALL) return false;
  const Expr *callee = expr->call.callee;
  return names_builtin(callee, BUILTIN_READ_JSON) || names_builtin(callee, BUILTIN_READ_TSV) ||
         names_builtin(callee, BUILTIN_READ_CSV);
}

/* The JSON pointer of `read_json(p).a[0].b`, "/a/0/b"; *root is the call. */
static void data_pointer(Lower *lower, Env *env, Expr *expr, Text *pointer, Expr **root) {
  if (expr->kind == EXPR_FIELD) {
    data_pointer(lower, env, expr->field.of, pointer, root);
    text_addf(pointer, "/%s", name_of(lower->session, expr->field.name));
  } else if (expr->kind == EXPR_INDEX) {
    data_pointer(lower, env, expr->index.of, pointer, root);
    Node at = lower_expr(lower, env, expr->index.at);
    bool known = graph_op(lower->graph, at) == OP_LIT;
    if (!known)
      diag(lower->session->diags, DIAG_UNTYPED, expr->index.at->span,
           "an element of data that are read is chosen by a constant");
    text_addf(pointer, "/%lld", known ? (long long)graph_literal(lower->graph, at)->integer : 0LL);
  } else {
    *root = expr;
  }
}

Node lower_data(Lower *lower, Env *env, Expr *expr) {
  TypeId type = env_type(lower, env, expr->type);
  Text pointer = {0};
  Expr *root = NULL;
  data_pointer(lower, env, expr, &pointer, &root);
  Sym at = intern(lower->session->names, pointer.data ? pointer.data : "", pointer.len);
  text_free(&pointer);
  if (type == T_DATA) {
    Diag *told = diag(lower->session->diags, DIAG_UNTYPED, expr->span,
                      "what type these data have is not known here");
    diag_help(lower->session->diags, told, "make them an output of their own, with its type");
    type = T_STRING;
  }
  if (root->kind == EXPR_NAME) return lower_stdout(lower, type, expr->span);
  Node path = lower_expr(lower, env, root->call.args[0].value);
  return lower_read(lower, (BuiltinId)root->call.callee->name.builtin, path, at, type, expr->span);
}
