/* dag_graph.c: the workflow, a call for each job. */
#include "import/dag.h"
#include "import/dag_names.h"
#include "import/dag_task.h"

#include "ir/trace.h"

#include <math.h>
#include <string.h>

typedef VEC(Node) Nodes;

/* A file of a job, and what puts it before others. */
typedef struct Ranked {
  uint64_t rank;
  uint32_t at; /* in the dag's inputs or outputs */
} Ranked;

typedef struct Builder {
  Dag *dag;
  Graph *graph;
  DagTasks tasks;
  DagNames names;
  Node *outside;              /* of each file: the input of the workflow */
  Node *call;                 /* of each job */
  Node *output;               /* of each output: the file */
  Node *named;                /* of each file of the job under way: it, or the path where it is to be */
  uint32_t *mention, *marked; /* see dag_label.c */
  uint32_t *made_place;       /* of each output: its place among those of its job */
  VEC(Ranked) ranked;
  Nodes args, parts;
  bool twins; /* a job does what another one does */
} Builder;

static TypeId file_type(const Builder *builder) { return type_file(builder->graph->types, T_FILE, 0); }

/* ---- ends ---- */

static int by_rank(const void *a, const void *b) {
  const Ranked *x = a, *y = b;
  if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
  return (x->at > y->at) - (x->at < y->at);
}

static void sort_ranked(Builder *builder) {
  if (builder->ranked.len > 1) qsort(builder->ranked.data, builder->ranked.len, sizeof(Ranked), by_rank);
}

static Sym port_name(Builder *builder, uint32_t file) {
  size_t len;
  const char *base = dag_base_name(builder->dag, file, &len);
  return dag_name_new(&builder->names, builder->dag->session, base, len);
}

/* What the file is called, where the port cannot be called so, and its size. */
static Sym describe_file(const Builder *builder, uint32_t number, Sym port) {
  const Dag *dag = builder->dag;
  const DagFile *file = &dag->files.data[number];
  Text text = {0};
  if (file->name != port)
    text_add(&text, name_of(dag->session, file->name), sym_len(dag->session->names, file->name));
  for (size_t i = 0; i < text.len; i++)
    if ((unsigned char)text.data[i] < ' ') text.data[i] = ' ';
  if (!isnan(file->size)) {
    text_puts(&text, text.len ? ", " : "");
    dag_put_size(file->size, &text);
  }
  Sym doc = text.len ? intern(dag->session->names, text.data, text.len) : 0;
  text_free(&text);
  return doc;
}

static void make_inputs(Builder *builder) {
  Dag *dag = builder->dag;
  builder->ranked.len = 0;
  for (uint32_t f = 0; f < dag->files.len; f++)
    if (dag->file_place[f] != NODE_NONE) vec_push(&builder->ranked, (Ranked){dag->file_place[f], f});
  sort_ranked(builder);
  for (uint32_t i = 0; i < builder->ranked.len; i++) {
    uint32_t file = builder->ranked.data[i].at;
    Sym name = port_name(builder, file);
    Span span = dag->files.data[file].span;
    builder->outside[file] = graph_raw(builder->graph, OP_INPUT, file_type(builder), name, NULL, 0, span);
    vec_push(&builder->graph->inputs, (Port){.name = name,
                                             .doc = describe_file(builder, file, name),
                                             .type = file_type(builder),
                                             .span = span,
                                             .node = NODE_NONE});
  }
}

static int by_port_name(const void *a, const void *b, void *session) {
  return strcmp(name_of(session, ((const Port *)a)->name), name_of(session, ((const Port *)b)->name));
}

static int by_output_name(const void *a, const void *b, void *session) {
  return strcmp(name_of(session, ((const Output *)a)->name), name_of(session, ((const Output *)b)->name));
}

/* For those who read it. */
static void sort_ends(Graph *graph) {
  if (graph->inputs.len > 1)
    qsort_r(graph->inputs.data, graph->inputs.len, sizeof(Port), by_port_name, graph->session);
  if (graph->outputs.len > 1)
    qsort_r(graph->outputs.data, graph->outputs.len, sizeof(Output), by_output_name, graph->session);
}

/* Files that no job reads, and the logs of jobs that nothing else shows. */
static void make_outputs(Builder *builder) {
  Dag *dag = builder->dag;
  builder->ranked.len = 0;
  for (uint32_t i = 0; i < dag->outputs.len; i++)
    if (!dag->outputs.data[i].used) vec_push(&builder->ranked, (Ranked){dag->output_place[i], i});
  sort_ranked(builder);
  for (uint32_t i = 0; i < builder->ranked.len; i++) {
    const DagOutput *output = &dag->outputs.data[builder->ranked.data[i].at];
    Sym name = port_name(builder, output->file);
    vec_push(&builder->graph->outputs,
             (Output){name, builder->output[builder->ranked.data[i].at], dag->jobs.data[output->job].span});
  }
}

static void make_logs(Builder *builder) {
  Dag *dag = builder->dag;
  builder->ranked.len = 0;
  for (uint32_t j = 0; j < dag->jobs.len; j++)
    if (dag->first_output.data[j] == dag->first_output.data[j + 1])
      vec_push(&builder->ranked, (Ranked){dag->job_place[j], j});
  sort_ranked(builder);
  for (uint32_t i = 0; i < builder->ranked.len; i++) {
    uint32_t job = builder->ranked.data[i].at;
    const char *kind = name_of(dag->session, builder->graph->tasks.data[builder->tasks.of[job]].name);
    const char *text = arena_format(dag->session->arena, "%s_log", kind);
    Sym name = dag_name_new(&builder->names, dag->session, text, strlen(text));
    Node log = graph_project(builder->graph, builder->call[job], 0, dag->jobs.data[job].span);
    vec_push(&builder->graph->outputs, (Output){name, log, dag->jobs.data[job].span});
  }
}

/* ---- jobs ---- */

/* Which of its files the arguments name, and in which order. */
static void find_mentions(Builder *builder, uint32_t job) {
  const Dag *dag = builder->dag;
  uint32_t met = 0;
  for (uint32_t i = dag->first_piece.data[job]; i < dag->first_piece.data[job + 1]; i++) {
    uint32_t file = dag->pieces.data[i].file;
    if (file == NODE_NONE || builder->marked[file] == job + 1) continue;
    builder->marked[file] = job + 1;
    builder->mention[file] = met++;
  }
}

/* Files that the arguments name come first, the others in the order of the labelling. */
static uint64_t rank_of(const Builder *builder, uint32_t job, uint32_t file, uint32_t place) {
  bool named = builder->marked[file] == job + 1;
  return (uint64_t)(named ? builder->mention[file] : UINT32_MAX) << 32 | place;
}

static Node input_node(const Builder *builder, const DagInput *input) {
  return input->output == NODE_NONE ? builder->outside[input->file] : builder->output[input->output];
}

static void add_files(Builder *builder, uint32_t job, const DagTask *task) {
  Dag *dag = builder->dag;
  Graph *graph = builder->graph;
  Span span = dag->jobs.data[job].span;
  Node standard_input = NODE_NONE;
  builder->ranked.len = builder->parts.len = 0;
  for (uint32_t i = dag->first_input.data[job]; i < dag->first_input.data[job + 1]; i++) {
    const DagInput *input = &dag->inputs.data[i];
    uint32_t place = input->output == NODE_NONE ? dag->file_place[input->file]
                                                : dag->output_place[input->output];
    builder->named[input->file] = input_node(builder, input);
    if (input->role == USE_STDIN)
      standard_input = builder->named[input->file];
    else
      vec_push(&builder->ranked, (Ranked){rank_of(builder, job, input->file, place), i});
  }
  sort_ranked(builder);
  for (uint32_t i = 0; i < builder->ranked.len; i++)
    vec_push(&builder->parts, input_node(builder, &dag->inputs.data[builder->ranked.data[i].at]));
  TypeId many = type_array(graph->types, file_type(builder));
  if (task->files)
    vec_push(&builder->args,
             graph_make(graph, OP_ARRAY, many, 0, builder->parts.data, builder->parts.len, span));
  if (task->standard_input) vec_push(&builder->args, standard_input);
}

/* Each output's place among those of the job. */
static void place_outputs(Builder *builder, uint32_t job) {
  const Dag *dag = builder->dag;
  builder->ranked.len = 0;
  for (uint32_t i = dag->first_output.data[job]; i < dag->first_output.data[job + 1]; i++)
    if (dag->outputs.data[i].role != USE_STDOUT)
      vec_push(&builder->ranked,
               (Ranked){rank_of(builder, job, dag->outputs.data[i].file, dag->output_place[i]), i});
  sort_ranked(builder);
  for (uint32_t i = 0; i < builder->ranked.len; i++) builder->made_place[builder->ranked.data[i].at] = i;
}

/* A file as an argument names it: an input by where it lies, an output by where it is to be. */
static Node path_of(const Builder *builder, uint32_t job, uint32_t file) {
  Node node = builder->named[file];
  if (graph_type(builder->graph, node) == T_STRING) return node;
  return graph_node(builder->graph, OP_PATH, T_STRING, builder->dag->jobs.data[job].span, node);
}

static void name_outputs(Builder *builder, uint32_t job, const DagTask *task) {
  const Dag *dag = builder->dag;
  for (uint32_t i = dag->first_output.data[job]; i < dag->first_output.data[job + 1]; i++) {
    bool printed = dag->outputs.data[i].role == USE_STDOUT;
    Sym path = printed ? intern(dag->session->names, "printed", 7)
                       : dag_made_path(dag, task, builder->made_place[i]);
    builder->named[dag->outputs.data[i].file] = graph_string(builder->graph, path);
  }
}

static void add_arguments(Builder *builder, uint32_t job) {
  const Dag *dag = builder->dag;
  Graph *graph = builder->graph;
  Span span = dag->jobs.data[job].span;
  Nodes words = {0};
  builder->parts.len = 0;
  for (uint32_t i = dag->first_piece.data[job]; i < dag->first_piece.data[job + 1]; i++) {
    const DagPiece *piece = &dag->pieces.data[i];
    vec_push(&builder->parts, piece->file == NODE_NONE ? graph_string(graph, piece->text)
                                                       : path_of(builder, job, piece->file));
    if (!piece->ends) continue;
    Node word = builder->parts.data[0];
    if (builder->parts.len > 1)
      word = graph_make(graph, OP_CONCAT, T_STRING, 0, builder->parts.data, builder->parts.len, span);
    vec_push(&words, word);
    builder->parts.len = 0;
  }
  vec_push(&builder->args,
           graph_make(graph, OP_ARRAY, type_array(graph->types, T_STRING), 0, words.data, words.len, span));
  vec_free(&words);
}

static void add_after(Builder *builder, uint32_t job, const DagTask *task) {
  const Dag *dag = builder->dag;
  Graph *graph = builder->graph;
  if (task->is_volatile)
    vec_push(&builder->args, graph_raw(graph, OP_TOKEN, T_UNIT, graph->next_token++, NULL, 0, graph->span));
  for (uint32_t i = dag->first_after.data[job]; i < dag->first_after.data[job + 1]; i++)
    vec_push(&builder->args, builder->call[dag->after.data[i]]);
}

static void make_files(Builder *builder, uint32_t job, const DagTask *task) {
  const Dag *dag = builder->dag;
  Graph *graph = builder->graph;
  Span span = dag->jobs.data[job].span;
  for (uint32_t i = dag->first_output.data[job]; i < dag->first_output.data[job + 1]; i++) {
    bool printed = dag->outputs.data[i].role == USE_STDOUT;
    Node made = graph_project(graph, builder->call[job], printed && task->most_made ? 1 : 0, span);
    if (!printed && task_makes_many(task))
      made = graph_node(graph, OP_ELEMENT, file_type(builder), span, made,
                        graph_int(graph, builder->made_place[i]));
    builder->output[i] = made;
  }
}

static void make_call(Builder *builder, uint32_t job) {
  const Dag *dag = builder->dag;
  Graph *graph = builder->graph;
  uint32_t number = builder->tasks.of[job];
  const DagTask *task = &builder->tasks.all.data[number];
  builder->args.len = 0;
  find_mentions(builder, job);
  place_outputs(builder, job);
  uint32_t made = builder->ranked.len;
  add_files(builder, job, task);
  name_outputs(builder, job, task);
  if (task->arguments) add_arguments(builder, job);
  if (task_makes_many(task)) vec_push(&builder->args, graph_int(graph, made));
  add_after(builder, job, task);
  TypeId type = graph->tasks.data[number].out_type;
  if (graph_find(graph, OP_TASK, type, number, builder->args.data, builder->args.len) != NODE_NONE)
    builder->twins = builder->tasks.all.data[number].twins = true;
  Node call = graph_make(graph, OP_TASK, type, number, builder->args.data, builder->args.len,
                         dag->jobs.data[job].span);
  builder->call[job] = call;
  graph->name_of.data[call] = dag->jobs.data[job].id;
  if (task->is_volatile) vec_push(&graph->effects, call);
  make_files(builder, job, task);
}

/* ---- the whole ---- */

static Graph *make_graph(Builder *builder, Types *types, const RuleRow *rules) {
  Dag *dag = builder->dag;
  Graph *graph = builder->graph = graph_new(dag->session, types);
  graph->rules = rules;
  graph->name = intern(dag->session->names, "main", 4);
  if (dag->doc.len) graph->doc = intern(dag->session->names, dag->doc.data, dag->doc.len);
  graph->span = dag->span;
  graph->exhausted = dag->exhausted;
  memset(builder->marked, 0, (dag->files.len + 1) * sizeof(uint32_t));
  dag_tasks_make(dag, &builder->tasks, graph);
  make_inputs(builder);
  for (uint32_t i = 0; i < dag->jobs.len && !graph->full; i++) make_call(builder, dag->order.data[i]);
  make_outputs(builder);
  make_logs(builder);
  sort_ends(graph);
  return graph;
}

static void builder_free(Builder *builder) {
  dag_tasks_free(&builder->tasks);
  dag_names_free(&builder->names);
  free(builder->outside);
  free(builder->call);
  free(builder->output);
  free(builder->named);
  free(builder->mention);
  free(builder->marked);
  free(builder->made_place);
  vec_free(&builder->ranked);
  vec_free(&builder->args);
  vec_free(&builder->parts);
}

/* Equal calls are one node, and equal jobs are two jobs: where there are some, their tasks are volatile. */
Graph *dag_graph(Dag *dag, Types *types, const RuleRow *rules) {
  size_t files = dag->files.len + 1, jobs = dag->jobs.len + 1, outputs = dag->outputs.len + 1;
  dag_label(dag);
  Builder builder = {.dag = dag,
                     .tasks = dag_tasks(dag),
                     .outside = mem_alloc(files * sizeof(Node)),
                     .call = mem_alloc(jobs * sizeof(Node)),
                     .output = mem_alloc(outputs * sizeof(Node)),
                     .named = mem_alloc(files * sizeof(Node)),
                     .mention = mem_alloc(files * sizeof(uint32_t)),
                     .marked = mem_alloc(files * sizeof(uint32_t)),
                     .made_place = mem_alloc(outputs * sizeof(uint32_t))};
  Graph *graph = make_graph(&builder, types, rules);
  if (builder.twins) {
    graph_free(graph);
    dag_names_free(&builder.names);
    builder.names = (DagNames){0};
    for (uint32_t i = 0; i < builder.tasks.all.len; i++)
      builder.tasks.all.data[i].is_volatile = builder.tasks.all.data[i].twins;
    graph = make_graph(&builder, types, rules);
  }
  builder_free(&builder);
  return graph;
}
