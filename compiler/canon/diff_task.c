/* diff_task.c: what was changed in a task: its command, image, ports and other attributes. */
#include "canon/differ.h"
#include "canon/edits.h"
#include "ir/expr.h"
#include "ir/text.h"

#include <string.h>

typedef struct TaskPair {
  Differ *differ;
  const Graph *graphs[2];
  const Task *tasks[2];
  const Decl *decls[2]; /* or NULL */
  const char *name;     /* `trim` */
} TaskPair;

static const char *text_of(const TaskPair *pair, Text *text) {
  const char *kept = arena_text(pair->differ->diff->arena, text->data ? text->data : "", text->len);
  text_free(text);
  return kept;
}

static const char *what(const TaskPair *pair, const char *part) {
  return arena_format(pair->differ->diff->arena, *part ? "%s of task %s" : "%sof task %s", part, pair->name);
}

static void tell(TaskPair *pair, ChangeKind kind, const Span places[2], const char *part, const char *before,
                 const char *after) {
  differ_tell(pair->differ, kind, places, what(pair, part), before, after);
}

/* ---- commands ---- */

/* The task with the port names of its partner, as far as ports are each other's: a renamed port is no other word. */
static Task renamed(const TaskPair *pair) {
  Task task = *pair->tasks[AFTER];
  const Task *before = pair->tasks[BEFORE];
  Arena *arena = pair->differ->diff->arena;
  if (task.in_count == before->in_count && task.in_count) {
    task.ins = arena_copy(arena, task.ins, task.in_count * sizeof *task.ins);
    for (uint32_t i = 0; i < task.in_count; i++) task.ins[i].name = before->ins[i].name;
  }
  if (task.out_count == before->out_count && task.out_count) {
    task.outs = arena_copy(arena, task.outs, task.out_count * sizeof *task.outs);
    for (uint32_t i = 0; i < task.out_count; i++) task.outs[i].name = before->outs[i].name;
  }
  return task;
}

/* Words [from, to) as they stand in the text, a flag before them included. */
static const char *run_of(const TaskPair *pair, const Words *words, uint32_t from, uint32_t to) {
  if (from == to) return NULL;
  const char *start = words->data[from].text, *end = words->data[to - 1].text + words->data[to - 1].len;
  Text text = {0};
  text_add(&text, start, (size_t)(end - start));
  for (size_t i = 0; i < text.len; i++)
    if (text.data[i] == '\n') text.data[i] = ' ';
  return text_of(pair, &text);
}

/* The place of a word in the source of the command: the same occurrence of the same letters. */
static Span word_place(const TaskPair *pair, int side, const Words *words, uint32_t at) {
  const Decl *decl = pair->decls[side];
  if (!decl || !decl->command) return pair->tasks[side]->span;
  const Source *source = sources_at(pair->graphs[side]->session->sources, decl->command->span);
  if (!source || at >= words->len) return decl->command->span;
  const char *from = source->text + (decl->command->span.lo - source->base);
  const char *end = source->text + (decl->command->span.hi - source->base);
  for (uint32_t i = 0; i <= at; i++) {
    const char *found = memmem(from, (size_t)(end - from), words->data[i].text, words->data[i].len);
    if (!found && i == at) return decl->command->span;
    if (!found) continue;
    from = found + (i < at ? words->data[i].len : 0);
  }
  uint32_t lo = source->base + (uint32_t)(from - source->text);
  return (Span){lo, lo + words->data[at].len};
}

static void tell_words(TaskPair *pair, const Words words[2], WordChange change) {
  bool flag = change.from[0] && change.from[1] && words[0].data[change.from[0] - 1].text[0] == '-';
  Span places[2];
  const char *runs[2];
  for (int side = BEFORE; side <= AFTER; side++) {
    bool empty = change.from[side] == change.to[side];
    uint32_t at = empty && change.from[side] ? change.from[side] - 1 : change.from[side];
    places[side] = word_place(pair, side, &words[side], at);
    runs[side] = run_of(pair, &words[side], change.from[side] - (flag && !empty), change.to[side]);
  }
  tell(pair, CHANGE_COMMAND, places, "", runs[0], runs[1]);
}

static bool compare_commands(TaskPair *pair) {
  Task other = renamed(pair);
  Text texts[2] = {{0}, {0}};
  Words words[2] = {{0}, {0}};
  WordChanges changes = {0};
  edits_text(pair->graphs[BEFORE], pair->tasks[BEFORE], &texts[BEFORE]);
  edits_text(pair->graphs[AFTER], &other, &texts[AFTER]);
  for (int side = BEFORE; side <= AFTER; side++) {
    text_putc(&texts[side], ' ');
    edits_words(texts[side].data, &words[side]);
  }
  edits_compare(&words[BEFORE], &words[AFTER], &changes);
  for (uint32_t i = 0; i < changes.len; i++) tell_words(pair, words, changes.data[i]);
  bool blanks = !changes.len && strcmp(texts[BEFORE].data, texts[AFTER].data) != 0;
  Span places[2] = {word_place(pair, BEFORE, &words[BEFORE], 0), word_place(pair, AFTER, &words[AFTER], 0)};
  if (blanks) tell(pair, CHANGE_COMMAND, places, "blanks", NULL, NULL);
  for (int side = BEFORE; side <= AFTER; side++) {
    text_free(&texts[side]);
    vec_free(&words[side]);
  }
  vec_free(&changes);
  return changes.len || blanks;
}

/* ---- attributes ---- */

static const char *attr_value(const TaskPair *pair, int side, Node node) {
  if (node == NODE_NONE) return NULL;
  Text text = {0};
  const Graph *graph = pair->graphs[side];
  bool path = graph_op(graph, node) == OP_OUT_FILE;
  expr_print(graph, path ? graph_arg(graph, node, 0) : node, pair->tasks[side], &text);
  return text_of(pair, &text);
}

static Span attr_place(const TaskPair *pair, int side, const char *name) {
  const Decl *decl = pair->decls[side];
  for (uint32_t i = 0; decl && i < decl->attr_count; i++)
    if (!strcmp(name_of(pair->graphs[side]->session, decl->attrs[i].name), name)) return decl->attrs[i].span;
  return pair->tasks[side]->span;
}

static bool same_node(const TaskPair *pair, Node before, Node after) {
  if (before == NODE_NONE || after == NODE_NONE) return before == after;
  const AlignSide *sides = pair->differ->sides;
  return digest_same(sides[BEFORE].digests->nodes[before], sides[AFTER].digests->nodes[after]);
}

static void compare_node(TaskPair *pair, ChangeKind kind, const Span places[2], const char *part, Node before,
                         Node after) {
  if (same_node(pair, before, after)) return;
  tell(pair, kind, places, part, attr_value(pair, BEFORE, before), attr_value(pair, AFTER, after));
}

static void compare_attr(TaskPair *pair, AttrKind attr, ChangeKind kind, const char *part) {
  Span places[2] = {attr_place(pair, BEFORE, attr_texts[attr]), attr_place(pair, AFTER, attr_texts[attr])};
  compare_node(pair, kind, places, part, pair->tasks[BEFORE]->attrs[attr], pair->tasks[AFTER]->attrs[attr]);
}

static Node env_of(const Task *task, Sym name) {
  for (uint32_t i = 0; i < task->env_count; i++)
    if (task->env[i].name == name) return task->env[i].node;
  return NODE_NONE;
}

static void compare_env(TaskPair *pair) {
  Span places[2] = {attr_place(pair, BEFORE, "env"), attr_place(pair, AFTER, "env")};
  for (int side = BEFORE; side <= AFTER; side++)
    for (uint32_t i = 0; i < pair->tasks[side]->env_count; i++) {
      Sym name = pair->tasks[side]->env[i].name;
      if (side == AFTER && env_of(pair->tasks[BEFORE], name) != NODE_NONE) continue;
      const char *part = arena_format(pair->differ->diff->arena, "env `%s`",
                                      name_of(pair->graphs[side]->session, name));
      compare_node(pair, CHANGE_ATTRIBUTE, places, part, env_of(pair->tasks[BEFORE], name),
                   env_of(pair->tasks[AFTER], name));
    }
}

static void compare_stage(TaskPair *pair) {
  Span places[2] = {attr_place(pair, BEFORE, "stage"), attr_place(pair, AFTER, "stage")};
  uint32_t counts[2] = {pair->tasks[BEFORE]->stage_count, pair->tasks[AFTER]->stage_count};
  for (uint32_t i = 0; i < counts[0] || i < counts[1]; i++)
    compare_node(pair, CHANGE_ATTRIBUTE, places, "stage",
                 i < counts[0] ? pair->tasks[BEFORE]->stage[i].name : NODE_NONE,
                 i < counts[1] ? pair->tasks[AFTER]->stage[i].name : NODE_NONE);
}

static const char *interpreter(const TaskPair *pair, int side) {
  const Task *task = pair->tasks[side];
  return task->direct ? "sh" : name_of(pair->graphs[side]->session, task->interpreter);
}

static void compare_interpreter(TaskPair *pair) {
  if (!strcmp(interpreter(pair, BEFORE), interpreter(pair, AFTER))) return;
  Span places[2];
  for (int side = BEFORE; side <= AFTER; side++) {
    const Decl *decl = pair->decls[side];
    places[side] = decl && decl->interpreter ? decl->interpreter_span
                   : decl && decl->command   ? decl->command->span
                                             : pair->tasks[side]->span;
  }
  tell(pair, CHANGE_ATTRIBUTE, places, "interpreter", interpreter(pair, BEFORE), interpreter(pair, AFTER));
}

/* ---- ports ---- */

static const char *port_type(const TaskPair *pair, int side, const Port *port) {
  return port ? type_text(pair->graphs[side]->types, port->type) : NULL;
}

static void compare_port(TaskPair *pair, const char *kind, const Port *before, const Port *after) {
  const char *types[2] = {port_type(pair, BEFORE, before), port_type(pair, AFTER, after)};
  Span places[2] = {before ? before->span : pair->tasks[BEFORE]->span,
                    after ? after->span : pair->tasks[AFTER]->span};
  Sym name = before ? before->name : after->name;
  const Session *session = pair->graphs[BEFORE]->session;
  const char *part = arena_format(pair->differ->diff->arena, "%s `%s`", kind, name_of(session, name));
  if (!types[0] || !types[1] || strcmp(types[0], types[1]) != 0)
    tell(pair, CHANGE_PORT, places, part, types[0], types[1]);
  else if (!strcmp(kind, "output"))
    compare_node(pair, CHANGE_ATTRIBUTE, places, part, before->node, after->node);
}

static const Port *find_port(const Port *ports, uint32_t count, Sym name) {
  for (uint32_t i = 0; i < count; i++)
    if (ports[i].name == name) return &ports[i];
  return NULL;
}

static void compare_ports(TaskPair *pair, const char *kind, const Port *before, uint32_t before_count,
                          const Port *after, uint32_t after_count) {
  bool by_place = before_count == after_count;
  for (uint32_t i = 0; i < before_count; i++) {
    const Port *other = find_port(after, after_count, before[i].name);
    bool renamed_port = !other && by_place && !find_port(before, before_count, after[i].name);
    compare_port(pair, kind, &before[i], renamed_port ? &after[i] : other);
  }
  for (uint32_t i = 0; i < after_count; i++) {
    bool known = find_port(before, before_count, after[i].name) ||
                 (by_place && !find_port(after, after_count, before[i].name));
    if (!known) compare_port(pair, kind, NULL, &after[i]);
  }
}

/* ---- tasks ---- */

static void compare_tasks(TaskPair *pair) {
  static const char *const words[] = {"pure", "volatile"};
  const Task *a = pair->tasks[BEFORE], *b = pair->tasks[AFTER];
  Span places[2] = {a->span, b->span};
  uint32_t before = pair->differ->diff->changes.len;
  if (a->is_volatile != b->is_volatile)
    tell(pair, CHANGE_ATTRIBUTE, places, "kind", words[a->is_volatile], words[b->is_volatile]);
  compare_interpreter(pair);
  compare_commands(pair);
  compare_attr(pair, ATTR_IMAGE, CHANGE_IMAGE, "");
  compare_attr(pair, ATTR_STDIN, CHANGE_ATTRIBUTE, attr_texts[ATTR_STDIN]);
  compare_attr(pair, ATTR_ACCEPT, CHANGE_ATTRIBUTE, attr_texts[ATTR_ACCEPT]);
  compare_env(pair);
  compare_stage(pair);
  compare_ports(pair, "input", a->ins, a->in_count, b->ins, b->in_count);
  compare_ports(pair, "output", a->outs, a->out_count, b->outs, b->out_count);
  if (pair->differ->diff->changes.len == before)
    tell(pair, CHANGE_ATTRIBUTE, places, "order of ports", NULL, NULL);
}

void differ_tasks(Differ *differ) {
  for (uint32_t i = 0; i < differ->sides[BEFORE].graph->tasks.len; i++) {
    uint32_t there = differ->sides[BEFORE].task_to[i];
    if (there == NODE_NONE ||
        digest_same(differ->sides[BEFORE].digests->tasks[i], differ->sides[AFTER].digests->tasks[there]))
      continue;
    TaskPair pair = {.differ = differ};
    for (int side = BEFORE; side <= AFTER; side++) {
      pair.graphs[side] = differ->sides[side].graph;
      pair.tasks[side] = &pair.graphs[side]->tasks.data[side ? there : i];
      pair.decls[side] = places_task(differ->places[side], pair.tasks[side]);
    }
    pair.name = arena_format(differ->diff->arena, "`%s`",
                             name_of(pair.graphs[0]->session, pair.tasks[0]->name));
    compare_tasks(&pair);
  }
}
