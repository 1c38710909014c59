/* js_oracle.c FILE.wf STDLIB: writes the workflow's expressions as JavaScript over `inputs`, as one
 * JSON object: {"outputs": {NAME: expression}, "TASK": {PORT: expression}, …, "commands": {TASK: expression},
 * "refused": {NAME: why}, "library": functions}.  A task reads the file `inputs.doc`. */
#include "emit/js.h"

#include "base/session.h"
#include "front/check.h"
#include "ir/lower.h"
#include "pass/pass.h"

#include <stdio.h>
#include <string.h>

static const char *input_name(void *self, Node node) {
  const Graph *graph = self;
  if (graph_op(graph, node) != OP_INPUT) return NULL;
  return arena_format(graph->session->arena, "inputs.%s", name_of(graph->session, graph->data.data[node]));
}

static void put_member(Text *into, const char *name, const Text *value) {
  text_puts(into, into->len ? ", " : "");
  text_json(into, name, strlen(name));
  text_puts(into, ": ");
  text_json(into, value->data ? value->data : "", value->len);
}

static const Task *task_at; /* whose expressions are written */

static const char *param_name(void *self, Node node) {
  const Graph *graph = self;
  if (graph_op(graph, node) != OP_PARAM) return NULL;
  return arena_format(graph->session->arena, "inputs.%s",
                      name_of(graph->session, task_at->ins[graph->data.data[node]].name));
}

static const char *file_name(void *self, Node node) {
  (void)self, (void)node;
  return "inputs.doc";
}

static void put_expression(Js *js, const JsScope *scope, const char *name, Node node, Text *into,
                           Text *refused) {
  Text text = {0};
  const char *why = js_expression(js, scope, node, &text);
  if (why) text_puts(&text, why);
  put_member(why ? refused : into, name, &text);
  text_free(&text);
}

static void put_group(Text *all, const char *name, Text *members) {
  text_puts(all, all->len ? ", " : "");
  text_addf(all, "\"%s\": {%s}\n", name, members->len ? members->data : "");
  text_free(members);
}

/* As one text, or word by word. */
static void put_command(Js *js, const JsScope *scope, const Task *task, const char *name, Text *into,
                        Text *refused) {
  Text text = {0}, words = {0};
  const char *why = NULL;
  for (uint32_t from = 0, i = 0; i < task->piece_count && !why; i++) {
    if (i + 1 < task->piece_count && !(task->direct && task->pieces[i].ends_word)) continue;
    why = (task->direct ? js_words : js_command)(js, scope, task, from, i + 1, &text);
    text_puts(&words, words.len ? ", " : "");
    text_json(&words, text.data ? text.data : "", text.len);
    text_free(&text);
    from = i + 1;
  }
  if (why) {
    text_puts(&text, why);
    put_member(refused, name, &text);
  } else {
    text_addf(into, task->direct ? "%s\"%s\": [%s]" : "%s\"%s\": %s", into->len ? ", " : "", name,
              words.data);
  }
  text_free(&text);
  text_free(&words);
}

static void put_task(Graph *graph, Js *js, const Task *task, Text *all, Text *commands, Text *refused) {
  JsScope scope = {.self = graph, .name = param_name, .file = file_name};
  Text outputs = {0};
  task_at = task;
  for (uint32_t i = 0; i < task->out_count; i++)
    put_expression(js, &scope, name_of(graph->session, task->outs[i].name), task->outs[i].node, &outputs,
                   refused);
  put_group(all, name_of(graph->session, task->name), &outputs);
  put_command(js, &scope, task, name_of(graph->session, task->name), commands, refused);
}

static void put_graph(Graph *graph, Text *all) {
  Js *js = js_new(graph);
  JsScope scope = {.self = graph, .name = input_name};
  Text outputs = {0}, commands = {0}, refused = {0}, library = {0};
  for (uint32_t i = 0; i < graph->outputs.len; i++)
    put_expression(js, &scope, name_of(graph->session, graph->outputs.data[i].name),
                   graph->outputs.data[i].node, &outputs, &refused);
  put_group(all, "outputs", &outputs);
  for (uint32_t i = 0; i < graph->tasks.len; i++)
    put_task(graph, js, &graph->tasks.data[i], all, &commands, &refused);
  put_group(all, "commands", &commands);
  put_group(all, "refused", &refused);
  js_library(js, &library);
  put_member(all, "library", &library);
  text_free(&library);
  js_free(js);
}

int main(int argc, char **argv) {
  const char *error;
  if (argc != 3) return 2;
  Session *session = session_new();
  Source *source = sources_read(session->sources, argv[1], &error);
  Program *program = source ? check_program(session, source, argv[2]) : NULL;
  Decl *entry = program && !diags_errors(session->diags) ? program_entry(program, NULL) : NULL;
  if (!entry) {
    diags_print(session->diags, stderr, DIAG_TEXT, false);
    return 1;
  }
  Graph *graph = passes_run(lower_flow(program, entry), &(PassOptions){0});
  Text all = {0};
  put_graph(graph, &all);
  printf("{%s}\n", all.data);
  text_free(&all);
  graph_free(graph);
  program_free(program);
  session_free(session);
  return 0;
}
