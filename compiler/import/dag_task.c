#include "import/dag_task.h"

#include "ir/expr.h"
#include "ir/lower.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

void sample_add(Sample *sample, double value) {
  if (isnan(value)) return;
  if (!sample->count || value < sample->least) sample->least = value;
  if (!sample->count || value > sample->most) sample->most = value;
  sample->count++;
  sample->sum += value;
  sample->squares += value * value;
}

/* ---- which jobs are of one task ---- */

typedef struct JobPorts {
  bool files, standard_input, standard_output;
  uint32_t made;
} JobPorts;

static JobPorts ports_of(const Dag *dag, uint32_t job) {
  JobPorts ports = {0};
  for (uint32_t i = dag->first_input.data[job]; i < dag->first_input.data[job + 1]; i++) {
    ports.standard_input |= dag->inputs.data[i].role == USE_STDIN;
    ports.files |= dag->inputs.data[i].role != USE_STDIN;
  }
  for (uint32_t i = dag->first_output.data[job]; i < dag->first_output.data[job + 1]; i++) {
    ports.standard_output |= dag->outputs.data[i].role == USE_STDOUT;
    ports.made += dag->outputs.data[i].role != USE_STDOUT;
  }
  return ports;
}

/* What a job has in common with all jobs of its task, as one text. */
static Sym key_of(const Dag *dag, uint32_t number, const JobPorts *ports) {
  const DagJob *job = &dag->jobs.data[number];
  Text key = {0};
  text_addf(&key, "%u %u %d%d%d%d", dag->kind.data[number], job->image, job->script != 0,
            ports->standard_input, ports->standard_output, ports->made > 0);
  for (uint32_t i = 0; i < job->env.count; i++)
    text_addf(&key, " %u %u", dag->env.data[job->env.first + i].name, dag->env.data[job->env.first + i].node);
  Sym sym = intern(dag->session->names, key.data, key.len);
  text_free(&key);
  return sym;
}

static void take_note(DagTask *task, Sym note) {
  int k = 0;
  while (k < TASK_NOTES && task->notes[k] && task->notes[k] != note) k++;
  if (k < TASK_NOTES)
    task->notes[k] = note;
  else
    task->more_notes = true;
}

static void take_job(const Dag *dag, DagTask *task, uint32_t number, const JobPorts *ports) {
  const DagJob *job = &dag->jobs.data[number];
  task->jobs++;
  if (job->note) take_note(task, job->note);
  task->files |= ports->files;
  task->arguments |= dag->first_piece.data[number] < dag->first_piece.data[number + 1];
  if (ports->made > task->most_made) task->most_made = ports->made;
  for (int k = 0; k < METRIC_COUNT; k++) sample_add(&task->metrics[k], job->metrics[k]);
  for (uint32_t i = dag->first_output.data[number]; i < dag->first_output.data[number + 1]; i++)
    sample_add(&task->made, dag->files.data[dag->outputs.data[i].file].size);
}

DagTasks dag_tasks(const Dag *dag) {
  DagTasks tasks = {.of = mem_alloc((dag->jobs.len + 1) * sizeof(uint32_t))};
  Map known = {0};
  for (uint32_t i = 0; i < dag->jobs.len; i++) {
    uint32_t number = dag->order.data[i];
    JobPorts ports = ports_of(dag, number);
    Sym key = key_of(dag, number, &ports);
    uint32_t at = map_get(&known, key);
    if (!at) {
      const DagJob *job = &dag->jobs.data[number];
      vec_push(&tasks.all, (DagTask){.kind = dag->kind.data[number],
                                     .image = job->image,
                                     .job = number,
                                     .script = job->script != 0,
                                     .standard_input = ports.standard_input,
                                     .standard_output = ports.standard_output});
      map_put(&known, key, at = tasks.all.len);
    }
    tasks.of[number] = at - 1;
    take_job(dag, &tasks.all.data[at - 1], number, &ports);
  }
  map_free(&known);
  return tasks;
}

void dag_tasks_free(DagTasks *tasks) {
  vec_free(&tasks->all);
  free(tasks->of);
}

/* ---- ports ---- */

typedef struct Maker {
  const Dag *dag;
  Graph *graph;
  const DagTask *task;
  Task made;
  uint32_t count_port, arguments_port;
} Maker;

static Sym sym(const Dag *dag, const char *text) { return intern(dag->session->names, text, strlen(text)); }

Sym dag_made_path(const Dag *dag, const DagTask *task, uint32_t place) {
  char text[24];
  if (!task_makes_many(task)) return sym(dag, "made");
  snprintf(text, sizeof text, "made%u", place);
  return sym(dag, text);
}

static uint32_t add_in(Maker *maker, const char *name, TypeId type) {
  maker->made.ins[maker->made.in_count] = (Port){
      .name = sym(maker->dag, name), .type = type, .span = maker->made.span, .node = NODE_NONE};
  return maker->made.in_count++;
}

static void add_out(Maker *maker, const char *name, Node node) {
  maker->made.outs[maker->made.out_count++] = (Port){.name = sym(maker->dag, name),
                                                     .type = graph_type(maker->graph, node),
                                                     .span = maker->made.span,
                                                     .node = node};
}

static TypeId file_type(const Graph *graph) { return type_file(graph->types, T_FILE, 0); }

static void make_ins(Maker *maker) {
  Graph *graph = maker->graph;
  const DagTask *task = maker->task;
  maker->made.ins = ARENA_ARRAY(graph->session->arena, Port, 4);
  if (task->files) add_in(maker, "files", type_array(graph->types, file_type(graph)));
  if (task->standard_input) add_in(maker, "input", file_type(graph));
  if (task->arguments) maker->arguments_port = add_in(maker, "arguments", type_array(graph->types, T_STRING));
  if (task_makes_many(task)) maker->count_port = add_in(maker, "count", T_INT);
}

static Node param(const Maker *maker, uint32_t port) {
  return graph_raw(maker->graph, OP_PARAM, maker->made.ins[port].type, port, NULL, 0, maker->made.span);
}

/* `for i in range(count) { "made~{i}" }` */
static Node made_files(Maker *maker) {
  Graph *graph = maker->graph;
  Span span = maker->made.span;
  Node dim = graph_node(graph, OP_DIM_RANGE, T_UNIT, span, param(maker, maker->count_port));
  Node index = graph_open_index(graph, dim, span);
  Node ordinal = graph_node(graph, OP_ORDINAL, T_INT, span, index);
  Node number = graph_node(graph, OP_TO_STRING, T_STRING, span, ordinal);
  Node path = graph_node(graph, OP_CONCAT, T_STRING, span, graph_string(graph, sym(maker->dag, "made")),
                         number);
  Node file = graph_node(graph, OP_OUT_FILE, file_type(graph), span, path);
  return graph_collect(graph, index, graph_bool(graph, true), file, span);
}

static void make_outs(Maker *maker) {
  Graph *graph = maker->graph;
  const DagTask *task = maker->task;
  maker->made.outs = ARENA_ARRAY(graph->session->arena, Port, 2);
  if (task_makes_many(task))
    add_out(maker, "made", made_files(maker));
  else if (task->most_made)
    add_out(maker, "made",
            graph_node(graph, OP_OUT_FILE, file_type(graph), maker->made.span,
                       graph_string(graph, sym(maker->dag, "made"))));
  if (task->standard_output || !task->most_made)
    add_out(maker, task->standard_output ? "printed" : "log",
            graph_make(graph, OP_STDOUT, file_type(graph), 0, NULL, 0, maker->made.span));
}

/* ---- the command ---- */

bool dag_is_plain_word(const char *text) {
  for (const char *at = text; *at; at++)
    if (!isalnum((unsigned char)*at) && !strchr("_-+./:%@,", *at)) return false;
  return *text && *text != '-';
}

static void add_word(Maker *maker, const char *text) {
  Graph *graph = maker->graph;
  Piece piece = {.text = sym(maker->dag, text), .node = NODE_NONE, .ends_word = true};
  if (!dag_is_plain_word(text)) piece.node = graph_string(graph, piece.text), piece.text = 0;
  maker->made.pieces[maker->made.piece_count++] = piece;
}

/* Whether the shell would take the word for itself, so that it is no program's name. */
static bool runs_by_itself(Maker *maker, const char *text) {
  Piece word = {.text = sym(maker->dag, text), .node = NODE_NONE};
  return !dag_is_plain_word(text) || command_is_direct(maker->graph, &word, 1);
}

static void make_command(Maker *maker) {
  const DagTask *task = maker->task;
  const char *program = name_of(maker->dag->session, task->kind);
  maker->made.pieces = ARENA_ARRAY(maker->graph->session->arena, Piece, 4);
  maker->made.direct = true;
  maker->made.interpreter = sym(maker->dag, "sh");
  if (task->script) {
    add_word(maker, "bash");
    add_word(maker, "-c");
    maker->made.pieces[1].text = sym(maker->dag, "-c"), maker->made.pieces[1].node = NODE_NONE;
  } else if (runs_by_itself(maker, program)) {
    add_word(maker, program);
  } else {
    add_word(maker, "env");
    add_word(maker, program);
  }
  if (task->arguments)
    maker->made.pieces[maker->made.piece_count++] = (Piece){.node = param(maker, maker->arguments_port),
                                                            .ends_word = true};
}

/* ---- attributes ---- */

static TypeId unit_type(const Graph *graph, int unit) {
  int8_t exponents[UNIT_COUNT] = {0};
  exponents[unit] = 1;
  return type_quantity(graph->types, exponents);
}

static double rounded(double value) {
  if (value == 0 || !isfinite(value)) return value;
  double scale = pow(10, 5 - ceil(log10(fabs(value))));
  return scale >= 1 ? round(value * scale) / scale : value;
}

static Node time_of(Maker *maker, const Sample *sample) {
  Graph *graph = maker->graph;
  TypeId seconds = unit_type(graph, UNIT_SECOND);
  double mean = sample->sum / sample->count, variance = sample->squares / sample->count - mean * mean;
  return graph_node(graph, OP_UNCERTAIN_, type_uncertain(graph->types, seconds), maker->made.span,
                    graph_float(graph, seconds, rounded(mean)),
                    graph_float(graph, seconds, rounded(variance > 1e-9 * mean * mean ? sqrt(variance) : 0)));
}

static void make_attrs(Maker *maker) {
  Graph *graph = maker->graph;
  const Sample *metrics = maker->task->metrics;
  Node *attrs = maker->made.attrs;
  for (int k = 0; k < ATTR_COUNT; k++) attrs[k] = NODE_NONE;
  if (metrics[METRIC_TIME].count) attrs[ATTR_TIME] = time_of(maker, &metrics[METRIC_TIME]);
  if (metrics[METRIC_MEMORY].count && metrics[METRIC_MEMORY].most >= 1)
    attrs[ATTR_MEMORY] = graph_float(graph, unit_type(graph, UNIT_BYTE), ceil(metrics[METRIC_MEMORY].most));
  if (metrics[METRIC_CPUS].count && metrics[METRIC_CPUS].most > 0)
    attrs[ATTR_CPUS] = graph_float(graph, T_FLOAT, metrics[METRIC_CPUS].most);
  if (maker->task->image) attrs[ATTR_IMAGE] = graph_string(graph, maker->task->image);
  if (maker->task->standard_input) attrs[ATTR_STDIN] = param(maker, maker->task->files ? 1 : 0);
}

static void make_env(Maker *maker) {
  const Dag *dag = maker->dag;
  DagRange env = dag->jobs.data[maker->task->job].env;
  maker->made.env = ARENA_ARRAY(maker->graph->session->arena, Named, env.count);
  maker->made.env_count = env.count;
  for (uint32_t i = 0; i < env.count; i++) {
    const Named *pair = &dag->env.data[env.first + i];
    maker->made.env[i] = (Named){pair->name, graph_string(maker->graph, pair->node)};
  }
}

/* ---- what has no place but the description ---- */

typedef enum Show { SHOW_PLAIN, SHOW_SECONDS, SHOW_BYTES, SHOW_PERCENT, SHOW_KWH, SHOW_WATTS } Show;
typedef struct MetricRow {
  const char *text;
  Show unit;
  int attribute;
} MetricRow;
static const MetricRow metric_rows[METRIC_COUNT] = {
#define METRIC(metric, text, unit, attribute) [metric] = {text, unit, attribute},
#include "import/metrics.def"
#undef METRIC
};

void dag_put_size(double bytes, Text *into) {
  static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  size_t unit = 0;
  for (; bytes >= 999.5 && unit + 1 < sizeof units / sizeof *units; unit++) bytes /= 1000;
  text_addf(into, "%.*f %s", unit && bytes < 99.95 ? 1 : 0, bytes, units[unit]);
}

static void put_value(Show unit, double value, Text *into) {
  static const char *const behind[] = {"", " s", "", " %", " kWh", " W"};
  if (unit == SHOW_BYTES)
    dag_put_size(value, into);
  else
    text_addf(into, "%.4g%s", value, behind[unit]);
}

static void put_sample(const char *what, Show unit, const Sample *sample, Text *into) {
  if (!sample->count) return;
  text_addf(into, "%s%s ", into->len ? ", " : "", what);
  put_value(unit, sample->least, into);
  if (sample->most > sample->least) {
    text_puts(into, " to ");
    put_value(unit, sample->most, into);
  }
}

static Sym describe(const Maker *maker) {
  const DagTask *task = maker->task;
  Text text = {0};
  text_addf(&text, "%u job%s", task->jobs, task->jobs > 1 ? "s" : "");
  for (int k = 0; k < METRIC_COUNT; k++) {
    const Sample *sample = &task->metrics[k];
    bool told = metric_rows[k].attribute != ATTR_COUNT && sample->least == sample->most;
    if (!told) put_sample(metric_rows[k].text, metric_rows[k].unit, sample, &text);
  }
  put_sample("files of", SHOW_BYTES, &task->made, &text);
  for (int k = 0; k < TASK_NOTES && task->notes[k]; k++)
    text_addf(&text, ", %s", name_of(maker->dag->session, task->notes[k]));
  if (task->more_notes) text_puts(&text, ", and others");
  Sym doc = intern(maker->dag->session->names, text.data, text.len);
  text_free(&text);
  return doc;
}

static void make_task(const Dag *dag, const DagTask *task, Graph *graph) {
  Maker maker = {.dag = dag, .graph = graph, .task = task};
  const DagJob *first = &dag->jobs.data[task->job];
  maker.made = (Task){.name = task->kind, .span = first->span, .is_volatile = task->is_volatile};
  const char *name = name_of(dag->session, task->kind), *slash = strrchr(name, '/');
  if (slash && slash[1]) maker.made.name = sym(dag, slash + 1);
  make_ins(&maker);
  make_outs(&maker);
  make_command(&maker);
  make_attrs(&maker);
  make_env(&maker);
  maker.made.doc = describe(&maker);
  maker.made.in_type = ports_record(graph, maker.made.ins, maker.made.in_count);
  maker.made.out_type = ports_record(graph, maker.made.outs, maker.made.out_count);
  vec_push(&graph->tasks, maker.made);
}

void dag_tasks_make(const Dag *dag, const DagTasks *tasks, Graph *graph) {
  for (uint32_t i = 0; i < tasks->all.len; i++) make_task(dag, &tasks->all.data[i], graph);
}
