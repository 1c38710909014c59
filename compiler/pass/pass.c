#include "pass/pass.h"

#include "ir/rewrite.h"

#include <string.h>

static const PassInfo passes[] = {
#define PASS(name, needs, gives, breaks, function, what) {name, what, needs, gives, breaks, function},
#include "pass/passes.def"
#undef PASS
};

enum { PASSES = sizeof passes / sizeof *passes };

uint32_t pass_count(void) { return PASSES; }

const PassInfo *pass_info(uint32_t number) { return &passes[number]; }

const PassInfo *pass_find(const char *name) {
  for (uint32_t i = 0; i < PASSES; i++)
    if (!strcmp(passes[i].name, name)) return &passes[i];
  return NULL;
}

static bool is_named(const PassInfo *pass, const char *name) { return name && !strcmp(pass->name, name); }

static Graph *run_one(Graph *graph, const PassInfo *pass, unsigned *properties) {
  if ((pass->needs & *properties) != pass->needs) BUG("pass %s lacks what it needs", pass->name);
  Graph *next = pass->run(graph);
  graph_free(graph);
  *properties = (*properties | pass->gives) & ~pass->breaks;
  if (next->full) return next;
  const char *wrong = graph_verify(next);
  if (wrong) BUG("after pass %s: %s", pass->name, wrong);
  return next;
}

Graph *passes_run(Graph *graph, const PassOptions *options) {
  unsigned properties = 0;
  for (uint32_t i = 0; i < PASSES && !graph->full; i++) {
    graph = run_one(graph, &passes[i], &properties);
    if (is_named(&passes[i], options->dump_after)) options->dump(options->self, passes[i].name, graph);
    if (is_named(&passes[i], options->stop_after)) break;
  }
  return graph;
}

/* ---- what passes share ---- */

Graph *pass_new_graph(const Graph *from) {
  Graph *to = graph_new(from->session, from->types);
  to->name = from->name;
  to->doc = from->doc;
  to->span = from->span;
  to->limit = from->limit;
  to->next_token = from->next_token;
  return to;
}

typedef struct Image {
  Arena *arena;
  Node (*of)(void *self, Node node);
  void *self;
} Image;

static Node image_of(const Image *image, Node node) {
  return node == NODE_NONE ? NODE_NONE : image->of(image->self, node);
}

static Task task_image(const Image *image, Task task) {
  Arena *arena = image->arena;
  task.outs = arena_copy(arena, task.outs, task.out_count * sizeof *task.outs);
  task.pieces = arena_copy(arena, task.pieces, task.piece_count * sizeof *task.pieces);
  task.env = arena_copy(arena, task.env, task.env_count * sizeof *task.env);
  task.stage = arena_copy(arena, task.stage, task.stage_count * sizeof *task.stage);
  for (uint32_t i = 0; i < task.out_count; i++) task.outs[i].node = image_of(image, task.outs[i].node);
  for (uint32_t i = 0; i < task.piece_count; i++) task.pieces[i].node = image_of(image, task.pieces[i].node);
  for (uint32_t i = 0; i < ATTR_COUNT; i++) task.attrs[i] = image_of(image, task.attrs[i]);
  for (uint32_t i = 0; i < task.env_count; i++) task.env[i].node = image_of(image, task.env[i].node);
  for (uint32_t i = 0; i < task.stage_count; i++) {
    task.stage[i].file = image_of(image, task.stage[i].file);
    task.stage[i].name = image_of(image, task.stage[i].name);
  }
  return task;
}

void pass_copy_roots(const Graph *from, Graph *to, Node (*of)(void *self, Node node), void *self) {
  Image image = {from->session->arena, of, self};
  for (uint32_t i = 0; i < from->inputs.len; i++) {
    Port port = from->inputs.data[i];
    port.node = image_of(&image, port.node);
    vec_push(&to->inputs, port);
  }
  for (uint32_t i = 0; i < from->outputs.len; i++) {
    Output output = from->outputs.data[i];
    output.node = image_of(&image, output.node);
    vec_push(&to->outputs, output);
  }
  for (uint32_t i = 0; i < from->effects.len; i++) {
    Node effect = image_of(&image, from->effects.data[i]);
    vec_push(&to->effects, effect);
  }
  for (uint32_t i = 0; i < from->tasks.len; i++) {
    Task task = task_image(&image, from->tasks.data[i]);
    vec_push(&to->tasks, task);
  }
}

Node pass_element(Graph *graph, Node array, Node index) {
  if (graph->full) return 0;
  TypeId type = type_of(graph->types, graph_type(graph, array))->args[0];
  return graph_raw(graph, OP_ELEMENT, type, 0, (const Node[]){array, index}, 2, graph->span_of.data[array]);
}

Node pass_replace(Graph *graph, Node term, Node variable, Node by, const Node *old, const Node *new,
                  uint32_t count) {
  Rewrite rewrite = {
      .from = graph, .to = graph, .make = rewrite_raw, .root = {.count = 1, .from = {variable}, .by = {by}}};
  for (uint32_t i = 0; i < count; i++) map_put(&rewrite.root.memo, old[i], new[i] + 1);
  Node made = rewrite_term(&rewrite, term);
  rewrite_end(&rewrite);
  return made;
}
