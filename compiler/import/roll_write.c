/* roll_write.c: a rolled workflow as source: a step for each class of jobs. */
#include "import/rolling.h"

#include <math.h>

/* ---- steps and tasks ---- */

static void put_step(Writer *writer, uint32_t class) {
  const Step *step = &writer->steps[class];
  const RollTask *task = &writer->tasks.data[step->task];
  uint32_t jobs = job_class(writer, class)->count;
  Text call = {0};
  const char *comma = "";
  text_addf(&call, "%s(", text_of(writer, task->name));
  if (task->files) roll_put_files(writer, class, &call), comma = ", ";
  if (task->number) {
    if (jobs > 1)
      text_addf(&call, step->offset ? "%si + %u" : "%si", comma, step->offset);
    else
      text_addf(&call, "%s%u", comma, step->offset);
    comma = ", ";
  }
  if (task->many) {
    bool even;
    roll_gather_made(writer, class, NODE_NONE, &even);
    uint32_t made = writer->numbers.data[0];
    if (even)
      text_addf(&call, "%s%u", comma, made);
    else
      text_addf(&call, "%s%s[i]", comma, roll_table(writer, "sizes", writer->numbers.data, jobs));
  }
  text_putc(&call, ')');
  roll_put_after(writer, class, &call);
  if (jobs > 1)
    text_addf(writer->out, "  %s = for i in range(%u) { %s }\n", text_of(writer, step->name), jobs,
              call.data);
  else
    text_addf(writer->out, "  %s = %s\n", text_of(writer, step->name), call.data);
  text_free(&call);
  roll_put_parts(writer, class);
}

static uint32_t find_task(Writer *writer, const Step *step, bool log) {
  for (uint32_t t = 0; t < writer->tasks.len; t++) {
    const RollTask *task = &writer->tasks.data[t];
    if (task->kind == step->kind && task->many == step->many && task->files == step->files &&
        task->log == log)
      return t;
  }
  const char *kind = text_of(writer, step->kind), *slash = strrchr(kind, '/');
  vec_push(&writer->tasks, (RollTask){.kind = step->kind,
                                      .name = new_name(writer, slash && slash[1] ? slash + 1 : kind),
                                      .many = step->many,
                                      .files = step->files,
                                      .log = log});
  return writer->tasks.len - 1;
}

static void make_step(Writer *writer, uint32_t class) {
  const Dag *dag = writer->dag;
  Step *step = &writer->steps[class];
  uint32_t job = member(writer, class, 0);
  step->kind = dag->kind.data[job];
  step->files = dag->first_input.data[job] < dag->first_input.data[job + 1];
  for (uint32_t p = 0; p < job_class(writer, class)->count; p++)
    step->many |= made_by(dag, member(writer, class, p)) > 1;
  step->task = find_task(writer, step, !made_by(dag, job));
  RollTask *task = &writer->tasks.data[step->task];
  step->offset = task->jobs;
  task->jobs += job_class(writer, class)->count;
  for (uint32_t p = 0; p < job_class(writer, class)->count; p++)
    sample_add(&task->time, dag->jobs.data[member(writer, class, p)].metrics[METRIC_TIME]);
}

/* Jobs that read the same and are of one task would be one: they are told apart by a number. */
static void find_twins(Writer *writer) {
  const Dag *dag = writer->dag;
  Map seen = {0};
  for (uint32_t j = 0; j < dag->jobs.len; j++) {
    uint32_t task = writer->steps[writer->order.classes.job[j]].task;
    uint64_t hash = 0;
    for (uint32_t i = dag->first_input.data[j]; i < dag->first_input.data[j + 1]; i++)
      hash += hash_mix(dag_vertex(dag, &dag->inputs.data[i]) + 1);
    for (uint32_t i = dag->first_after.data[j]; i < dag->first_after.data[j + 1]; i++)
      hash += hash_mix(~(uint64_t)dag->after.data[i]);
    hash = hash_add(hash, task);
    writer->tasks.data[task].number |= map_get(&seen, hash) != 0;
    map_put(&seen, hash, 1);
  }
  map_free(&seen);
}

static void put_task(const Writer *writer, const RollTask *task, Text *into) {
  const char *comma = "", *kind = text_of(writer, task->kind);
  text_addf(into, "task %s(", text_of(writer, task->name));
  if (task->files) text_puts(into, "files: [File]"), comma = ", ";
  if (task->number) text_addf(into, "%snumber: Int", comma), comma = ", ";
  if (task->many) text_addf(into, "%scount: Int", comma);
  text_puts(into, task->log    ? ") -> (log: File = stdout) { "
                  : task->many ? ") -> (made: [File] = for i in range(count) { \"made~{i}\" }) { "
                               : ") -> (made: File = \"made\") { ");
  if (task->time.count) {
    double mean = task->time.sum / task->time.count,
           variance = task->time.squares / task->time.count - mean * mean;
    text_addf(into, "time %.4g s", mean);
    if (variance > 1e-9 * mean * mean) text_addf(into, " ± %.3g s", sqrt(variance));
    text_puts(into, "; ");
  }
  text_puts(into, "run \"");
  if (dag_is_plain_word(kind))
    text_puts(into, kind);
  else
    text_puts(into, "~{"), text_json(into, kind, strlen(kind)), text_puts(into, "}");
  if (task->number) text_puts(into, " ~{number}");
  if (task->files) text_puts(into, " ~{files}");
  text_puts(into, "\" }\n");
}

/* ---- the flow ---- */

static void name_inputs(Writer *writer) {
  const Dag *dag = writer->dag;
  for (uint32_t f = 0; f < writer->order.classes.files; f++) {
    const RollClass *class = &writer->order.file_class[f];
    uint32_t vertex = writer->order.files[class->first];
    if (vertex < dag->outputs.len) continue;
    size_t len;
    const char *base = dag_base_name(dag, vertex - dag->outputs.len, &len);
    name_file(writer, f, dag_name_new(&writer->names, dag->session, base, len), class->count == 1);
  }
}

static void put_inputs(const Writer *writer, Text *into) {
  const Dag *dag = writer->dag;
  const char *comma = "";
  for (uint32_t f = 0; f < writer->order.classes.files; f++) {
    const FileName *name = &writer->files[f];
    if (writer->order.files[writer->order.file_class[f].first] < dag->outputs.len) continue;
    text_addf(into, "%s%s: %s", comma, text_of(writer, name->name), name->one ? "File" : "[File]");
    comma = ", ";
  }
}

static void put_outputs(const Writer *writer, Text *into) {
  const Dag *dag = writer->dag;
  const char *comma = " -> (", *end = "";
  for (uint32_t c = 0; c < writer->order.classes.jobs; c++) {
    if (made_by(dag, member(writer, c, 0))) continue;
    end = ")";
    text_addf(into, "%s%s: %s", comma, text_of(writer, writer->steps[c].name),
              job_class(writer, c)->count > 1 ? "[File]" : "File");
    comma = ", ";
  }
  for (uint32_t f = 0; f < writer->order.classes.files; f++) {
    uint32_t vertex = writer->order.files[writer->order.file_class[f].first];
    if (vertex >= dag->outputs.len || dag->outputs.data[vertex].used) continue;
    end = ")";
    text_addf(into, "%s%s: %s", comma, text_of(writer, writer->files[f].name),
              writer->files[f].one ? "File" : "[File]");
    comma = ", ";
  }
  text_puts(into, end);
}

static void reserve(Writer *writer) {
  static const char *const taken[] = {"main", "i", "k", "g", "x", "files", "made", "count", "number", "log"};
  for (size_t t = 0; t < sizeof taken / sizeof *taken; t++) new_name(writer, taken[t]);
}

static void name_step(Writer *writer, uint32_t class) {
  Step *step = &writer->steps[class];
  const char *kind = text_of(writer, step->kind), *slash = strrchr(kind, '/');
  step->name = new_name(
      writer, arena_format(writer->dag->session->arena, "%s_%s", slash && slash[1] ? slash + 1 : kind,
                           job_class(writer, class)->count > 1 ? "all" : "one"));
}

/* The line of the description that says what the workflow is called, or NULL. */
static const char *name_line(const Dag *dag) {
  const char *line = dag->doc.len ? dag->doc.data : NULL;
  while (line && strncmp(line, "name: ", 6) != 0) line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL;
  return line;
}

static void put_doc(const Writer *writer, Text *into) {
  const char *name = name_line(writer->dag);
  uint32_t jobs = writer->dag->jobs.len, classes = writer->order.classes.jobs;
  text_puts(into, "\n## ");
  if (name) text_addf(into, "%.*s: ", (int)strcspn(name, "\n") - 6, name + 6);
  text_addf(into, "%u job%s in %u class%s\n", jobs, jobs == 1 ? "" : "s", classes, classes == 1 ? "" : "es");
}

static RollOrder order_of(const Dag *dag) {
  RollOrder order = roll_order(dag, dag_classes(dag));
  if (!roll_split(dag, &order)) return order;
  DagClasses classes = order.classes;
  order.classes = (DagClasses){0};
  roll_order_free(&order);
  return roll_order(dag, classes);
}

RollCount roll_write(const Dag *dag, Text *into) {
  Text steps = {0};
  Writer writer = {.dag = dag, .order = order_of(dag), .out = &steps};
  uint32_t jobs = writer.order.classes.jobs, files = writer.order.classes.files;
  writer.files = mem_zero((files + 1) * sizeof(FileName));
  writer.steps = mem_zero((jobs + 1) * sizeof(Step));
  reserve(&writer);
  for (uint32_t c = 0; c < jobs; c++) make_step(&writer, c);
  find_twins(&writer);
  name_inputs(&writer);
  for (uint32_t c = 0; c < jobs; c++) name_step(&writer, c);
  for (uint32_t c = 0; c < jobs; c++) put_step(&writer, c);
  for (uint32_t t = 0; t < writer.tasks.len; t++) put_task(&writer, &writer.tasks.data[t], into);
  put_doc(&writer, into);
  text_puts(into, "flow main(");
  put_inputs(&writer, into);
  text_putc(into, ')');
  put_outputs(&writer, into);
  text_addf(into, " {\n%s}\n", steps.data ? steps.data : "");
  text_free(&steps);
  vec_free(&writer.tasks);
  vec_free(&writer.first);
  vec_free(&writer.numbers);
  map_free(&writer.tables);
  dag_names_free(&writer.names);
  roll_order_free(&writer.order);
  free(writer.files);
  free(writer.steps);
  return writer.count;
}
