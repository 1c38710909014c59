#include "ir/lowering.h"

#include "front/quoting.h"

#include <string.h>

/* ---- ports ---- */

static Port *make_ports(Lower *lower, const Param *params, uint32_t count) {
  Port *ports = ARENA_ARRAY(lower->session->arena, Port, count);
  for (uint32_t i = 0; i < count; i++)
    ports[i] = (Port){params[i].name, params[i].doc, params[i].type, params[i].span, NODE_NONE, 0};
  return ports;
}

/* ---- attributes ---- */

static const char *const attr_names[ATTR_COUNT] = {
#define ATTR(attr, name, type) name,
#include "ir/attrs.def"
#undef ATTR
};

static AttrKind attr_kind(const Lower *lower, Sym name) {
  int kind = 0;
  while (kind < ATTR_COUNT && strcmp(attr_names[kind], name_of(lower->session, name))) kind++;
  return (AttrKind)kind;
}

/* The type that the runtime takes an attribute in; T_ERROR: as it is. */
static TypeId attr_type(Lower *lower, AttrKind kind) {
  static const int8_t second[UNIT_COUNT] = {[UNIT_SECOND] = 1};
  switch (kind) {
    case ATTR_CPUS:
    case ATTR_GPUS:
      return T_FLOAT;
    case ATTR_TIME:
      return type_uncertain(lower->types, type_quantity(lower->types, second));
    default:
      return T_ERROR;
  }
}

static void lower_env(Lower *lower, Env *env, Task *task, const Expr *record) {
  task->env_count = record->record.count;
  task->env = ARENA_ARRAY(lower->session->arena, Named, task->env_count);
  for (uint32_t i = 0; i < task->env_count; i++)
    task->env[i] = (Named){record->record.fields[i].name,
                           lower_expr(lower, env, record->record.fields[i].value)};
}

static void lower_stage(Lower *lower, Env *env, Task *task, const Decl *decl, const Expr *record) {
  task->stage_count = record->record.count;
  task->stage = ARENA_ARRAY(lower->session->arena, Staged, task->stage_count);
  for (uint32_t i = 0; i < task->stage_count; i++) {
    uint32_t k = 0;
    while (decl->ins[k].name != record->record.fields[i].name) k++;
    task->stage[i] = (Staged){env->slots[decl->ins[k].binding->slot].node,
                              lower_expr(lower, env, record->record.fields[i].value)};
  }
}

static void lower_attrs(Lower *lower, Env *env, Task *task, const Decl *decl) {
  for (int i = 0; i < ATTR_COUNT; i++) task->attrs[i] = NODE_NONE;
  for (uint32_t i = 0; i < decl->attr_count; i++) {
    const Attr *attr = &decl->attrs[i];
    AttrKind kind = attr_kind(lower, attr->name);
    if (kind == ATTR_ENV) {
      lower_env(lower, env, task, attr->value);
    } else if (kind == ATTR_STAGE) {
      lower_stage(lower, env, task, decl, attr->value);
    } else {
      Node node = lower_expr(lower, env, attr->value);
      TypeId type = attr_type(lower, kind);
      task->attrs[kind] = type ? lower_convert(lower, node, type, attr->span) : node;
    }
  }
}

/* ---- commands ---- */

typedef VEC(Piece) Pieces;

/* Words that a shell does itself, so that they need one. */
static bool is_shell_word(const char *text, size_t len) {
  static const char *const words[] = {
      ".",      ":",        "alias",   "bg",       "break",  "case",  "cd",      "command", "continue",
      "do",     "done",     "echo",    "eval",     "exec",   "exit",  "export",  "fg",      "fi",
      "for",    "function", "getopts", "hash",     "if",     "jobs",  "kill",    "let",     "local",
      "printf", "pwd",      "read",    "readonly", "return", "set",   "shift",   "source",  "test",
      "time",   "times",    "trap",    "type",     "ulimit", "umask", "unalias", "unset",   "until",
      "wait",   "while",    "then",    "else",     "elif",   "esac",  "in",      "declare", "typeset"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strlen(words[i]) == len && !memcmp(words[i], text, len)) return true;
  return false;
}

/* Whether a text between values means the same with and without a shell; `word` is set while inside a word. */
static bool is_plain(const char *text, bool first_word, bool *word, bool *past_first) {
  for (; *text; text++) {
    if (*text == ' ' || *text == '\t') {
      *past_first |= *word;
      *word = false;
      continue;
    }
    if (strchr("|&;<>()$`\\\"'*?[]#\n{}!", *text)) return false;
    if (*text == '~' && !*word) return false;
    if (*text == '=' && first_word && !*past_first) return false;
    *word = true;
  }
  return true;
}

bool command_is_direct(const Graph *graph, const Piece *pieces, uint32_t count) {
  bool word = false, past_first = false;
  if (!count) return false;
  for (uint32_t i = 0; i < count; i++) {
    if (pieces[i].raw) return false;
    if (pieces[i].node != NODE_NONE)
      word = true;
    else if (!is_plain(name_of(graph->session, pieces[i].text), true, &word, &past_first))
      return false;
  }
  if (pieces[0].node != NODE_NONE) return graph_type(graph, pieces[0].node) == T_STRING;
  const char *text = name_of(graph->session, pieces[0].text);
  return text[0] && !is_shell_word(text, strcspn(text, " \t"));
}

/* Cut the texts at blanks, so that each argv word ends with a piece. */
static void split_words(Lower *lower, const Pieces *pieces, Pieces *words) {
  for (uint32_t i = 0; i < pieces->len; i++) {
    Piece piece = pieces->data[i];
    if (piece.node != NODE_NONE) {
      vec_push(words, piece);
      continue;
    }
    const char *text = sym_text(lower->session->names, piece.text);
    while (*text) {
      size_t blanks = strspn(text, " \t"), len = strcspn(text + blanks, " \t");
      if (blanks && words->len) vec_last(words).ends_word = true;
      if (len)
        vec_push(words,
                 (Piece){.text = intern(lower->session->names, text + blanks, len), .node = NODE_NONE});
      text += blanks + len;
    }
  }
  if (words->len) vec_last(words).ends_word = true;
}

/* Blanks around the whole mean nothing to any interpreter. */
static Sym trimmed(Lower *lower, Sym text, bool first, bool last) {
  const char *from = sym_text(lower->session->names, text), *to = from + sym_len(lower->session->names, text);
  while (first && from < to && (*from == ' ' || *from == '\n')) from++;
  while (last && to > from && (to[-1] == ' ' || to[-1] == '\n')) to--;
  return intern(lower->session->names, from, (size_t)(to - from));
}

static void lower_command(Lower *lower, Env *env, Task *task, const Decl *decl) {
  const Expr *command = decl->command;
  Pieces pieces = {0}, words = {0};
  Quoting quoting = {.language = interpreter_find(name_of(lower->session, task->interpreter))->language};
  for (uint32_t i = 0; i < command->string.count; i++) {
    const Part *part = &command->string.parts[i];
    if (!part->expr) {
      bool python = decl->interpreter != 0; /* where indentation may mean something only the end is cut */
      Sym text = trimmed(lower, part->text, i == 0 && !python, i + 1 == command->string.count);
      quoting_text(&quoting, name_of(lower->session, part->text), sym_len(lower->session->names, part->text));
      if (sym_len(lower->session->names, text)) vec_push(&pieces, (Piece){.text = text, .node = NODE_NONE});
    } else {
      vec_push(&pieces, (Piece){.node = lower_expr(lower, env, part->expr),
                                .raw = is_raw(part->expr),
                                .quoted = (uint8_t)quoting.at});
      quoting_value(&quoting);
    }
  }
  task->direct = !decl->interpreter && command_is_direct(lower->graph, pieces.data, pieces.len);
  if (task->direct) split_words(lower, &pieces, &words);
  const Pieces *used = task->direct ? &words : &pieces;
  task->piece_count = used->len;
  task->pieces = arena_copy(lower->session->arena, used->data, used->len * sizeof *used->data);
  vec_free(&pieces);
  vec_free(&words);
}

/* ---- tasks ---- */

/* A path that begins with a dash would be an option of the program that it is handed to. */
static Node not_an_option(Lower *lower, Node path, Span span) {
  Graph *graph = lower->graph;
  Interner *names = lower->session->names;
  Node first = graph_op(graph, path) == OP_CONCAT ? graph_arg(graph, path, 0) : path;
  if (graph_op(graph, first) == OP_LIT && sym_text(names, graph_literal(graph, first)->text)[0] != '-')
    return path;
  Node dash = graph_string(graph, intern(names, "-", 1)), here = graph_string(graph, intern(names, "./", 2));
  Node is_dash = graph_node(graph, OP_STARTS_WITH, T_BOOL, span, path, dash);
  Node prefix = graph_node(graph, OP_CHOOSE, T_STRING, span, is_dash, here, graph_string(graph, 0));
  return graph_node(graph, OP_CONCAT, T_STRING, span, prefix, path);
}

/* Outputs, and the paths by which the command knows them. */
static Node *lower_task_outputs(Lower *lower, Env *env, Task *task, const Decl *decl) {
  Node *paths = lower_nodes(lower, decl->out_count);
  for (uint32_t i = 0; i < decl->out_count; i++) {
    const Param *out = &decl->outs[i];
    paths[i] = lower_expr(lower, env, out->value);
    if (lower->graph->full) continue;
    task->outs[i].node = lower_output(lower, paths[i], out->type, out->value->span);
    if (graph_type(lower->graph, paths[i]) == T_STRING)
      paths[i] = not_an_option(lower, paths[i], out->value->span);
  }
  return paths;
}

static Value *bind_params(Lower *lower, const Decl *decl) {
  Value *slots = ARENA_ARRAY(lower->session->arena, Value, decl->slot_count + 1);
  for (uint32_t i = 0; i < decl->in_count; i++)
    slots[decl->ins[i].binding->slot] = value_of(
        graph_raw(lower->graph, OP_PARAM, decl->ins[i].type, i, NULL, 0, decl->ins[i].span));
  return slots;
}

uint32_t lower_task(Lower *lower, const Decl *decl) {
  uint32_t known = map_get(&lower->tasks, decl->id);
  if (known) return known - 1;
  Task task = {.name = decl->name,
               .doc = decl->doc,
               .span = decl->name_span,
               .is_volatile = decl->is_volatile,
               .assoc = decl->flags & DECL_ASSOC,
               .comm = decl->flags & DECL_COMM,
               .interpreter = decl->interpreter ? decl->interpreter : intern(lower->session->names, "sh", 2),
               .in_count = decl->in_count,
               .out_count = decl->out_count,
               .ins = make_ports(lower, decl->ins, decl->in_count),
               .outs = make_ports(lower, decl->outs, decl->out_count)};
  task.in_type = ports_record(lower->graph, task.ins, task.in_count);
  task.out_type = ports_record(lower->graph, task.outs, task.out_count);
  Env env = {.decl = decl, .slots = bind_params(lower, decl)};
  lower_attrs(lower, &env, &task, decl);
  env.paths = lower_task_outputs(lower, &env, &task, decl);
  lower_command(lower, &env, &task, decl);
  vec_push(&lower->graph->tasks, task);
  map_put(&lower->tasks, decl->id, lower->graph->tasks.len);
  return lower->graph->tasks.len - 1;
}
