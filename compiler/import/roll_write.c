/* roll_write.c: a rolled workflow as source: a step for each class of jobs. */
#include "import/dag_names.h"
#include "import/dag_task.h"
#include "import/roll.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* How a class of files is named in the source. */
typedef struct FileName {
  Sym name;  /* of a step or an input */
  bool one;  /* it is one file; otherwise an array of them */
  bool read; /* some job reads it */
} FileName;

/* A class of jobs as a call. */
typedef struct Step {
  Sym name, kind;
  uint32_t task; /* place among the tasks */
  uint32_t made; /* outputs of its first job */
  bool many, files,
      uneven;      /* more than one output; it reads files; its jobs make different numbers of files */
  uint32_t offset; /* what its jobs' numbers begin at */
} Step;

typedef struct RollTask {
  Sym kind, name;
  bool many, files, log, number;
  uint32_t jobs;
  Sample time;
} RollTask;

typedef struct Writer {
  const Dag *dag;
  RollOrder order;
  DagNames names;
  FileName *files; /* by class */
  Step *steps;     /* by class of jobs */
  VEC(RollTask) tasks;
  Map tables; /* text of a table to its name */
  Text *out;  /* steps */
  RollCount count;
  /* what the jobs of a class read of one class of files */
  VEC(uint32_t) first, numbers;
} Writer;

static const char *text_of(const Writer *writer, Sym name) { return name_of(writer->dag->session, name); }

static Sym new_name(Writer *writer, const char *text) {
  return dag_name_new(&writer->names, writer->dag->session, text, strlen(text));
}

static const RollClass *job_class(const Writer *writer, uint32_t class) {
  return &writer->order.job_class[class];
}
static uint32_t member(const Writer *writer, uint32_t class, uint32_t place) {
  return writer->order.jobs[job_class(writer, class)->first + place];
}

/* ---- tables ---- */

static void put_numbers(Text *into, const uint32_t *numbers, uint32_t count) {
  text_putc(into, '[');
  for (uint32_t k = 0; k < count; k++) text_addf(into, k ? ", %u" : "%u", numbers[k]);
  text_putc(into, ']');
}

/* The name of a step that is this text; equal ones are one. */
static const char *step_of(Writer *writer, const char *wanted, Text *text) {
  Sym key = intern(writer->dag->session->names, text->data, text->len);
  Sym known = map_get(&writer->tables, key);
  if (!known) {
    known = new_name(writer, wanted);
    map_put(&writer->tables, key, known);
    text_addf(writer->out, "  %s = %s\n", text_of(writer, known), text->data);
  }
  text_free(text);
  return text_of(writer, known);
}

static const char *table_of(Writer *writer, const char *wanted, const uint32_t *numbers, uint32_t count) {
  Text text = {0};
  put_numbers(&text, numbers, count);
  return step_of(writer, wanted, &text);
}

/* Where each group begins, and where the last one ends. */
static const char *starts_of(Writer *writer, const Fit *fit) {
  VEC(uint32_t) starts = {0};
  uint32_t at = 0;
  for (uint32_t g = 0; g < fit->sizes.len; g++) {
    vec_push(&starts, at);
    at += fit->sizes.data[g];
  }
  vec_push(&starts, at);
  const char *name = table_of(writer, "starts", starts.data, starts.len);
  vec_free(&starts);
  return name;
}

/* The group of each place. */
static const char *owners_of(Writer *writer, const Fit *fit) {
  Text text = {0};
  const char *sizes = table_of(writer, "sizes", fit->sizes.data, fit->sizes.len);
  text_addf(&text, "flatten(for g in range(%u) { for k in range(%s[g]) { g } })", fit->sizes.len, sizes);
  return step_of(writer, "group", &text);
}

static const char *lists_of(Writer *writer, const Fit *fit) {
  Text text = {0};
  uint32_t count = writer->first.len - 1;
  bool flat = fit->width == 1;
  text_putc(&text, '[');
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t *from = writer->numbers.data + writer->first.data[i];
    if (i) text_puts(&text, ", ");
    if (flat)
      text_addf(&text, "%u", *from);
    else
      put_numbers(&text, from, writer->first.data[i + 1] - writer->first.data[i]);
  }
  text_putc(&text, ']');
  return step_of(writer, "table", &text);
}

/* ---- expressions ---- */

static void put_term(Text *into, int64_t factor, const char *what, bool *any) {
  if (!factor) return;
  text_puts(into, *any ? factor < 0 ? " - " : " + " : factor < 0 ? "-" : "");
  int64_t size = factor < 0 ? -factor : factor;
  if (size != 1) text_addf(into, "%lld * ", (long long)size);
  text_puts(into, what);
  *any = true;
}

/* The number of element k, of job i. */
static void put_linear(Text *into, const Fit *fit) {
  char whole[48], part[48];
  bool any = false, alone = fit->width == 1 && !fit->c;
  snprintf(whole, sizeof whole, alone && fit->a == 1 && !fit->b ? "i / %lld" : "(i / %lld)",
           (long long)fit->m);
  snprintf(part, sizeof part, alone && fit->b == 1 && !fit->a ? "i %% %lld" : "(i %% %lld)",
           (long long)fit->m);
  if (fit->m == 1)
    put_term(into, fit->a, "i", &any);
  else if (fit->m) {
    put_term(into, fit->a, whole, &any);
    put_term(into, fit->b, part, &any);
  } else
    put_term(into, fit->b, "i", &any);
  if (fit->width > 1) put_term(into, fit->d, "k", &any);
  if (!any)
    text_addf(into, "%lld", (long long)fit->c);
  else if (fit->c)
    text_addf(into, " %c %lld", fit->c < 0 ? '-' : '+', (long long)(fit->c < 0 ? -fit->c : fit->c));
}

/* Of files from outside nobody else says how many there are. */
static void put_outside(const char *array, uint32_t length, Text *into) {
  text_addf(into, "(for k in range(%u) { %s[k] })", length, array);
}

/* Elements of an array by what was fitted; `single` where it is one element and no array. */
static void put_fit(Writer *writer, const char *array, const Fit *fit, bool only_one, bool *single,
                    Text *into) {
  uint32_t count = writer->first.len - 1;
  const char *given, *i = count > 1 ? "i" : "0";
  *single = fit->kind != FIT_ALL && fit->kind != FIT_GROUP && fit->width == 1;
  if (only_one) {
    *single = true;
    text_puts(into, array);
    return;
  }
  switch (fit->kind) {
    case FIT_ALL:
      text_puts(into, array);
      return;
    case FIT_LINEAR:
      if (fit->width == 1) {
        text_addf(into, "%s[", array);
        put_linear(into, fit);
        text_putc(into, ']');
        return;
      }
      text_addf(into, "(for k in range(%u) { %s[", fit->width, array);
      put_linear(into, fit);
      text_puts(into, "] })");
      return;
    case FIT_OWNER:
      given = owners_of(writer, fit);
      if (fit->width == 1)
        text_addf(into, "%s[%s[%s]]", array, given, i);
      else
        text_addf(into, "(for k in range(%u) { %s[%u * %s[%s] + k] })", fit->width, array, fit->width, given,
                  i);
      return;
    case FIT_GROUP:
      given = starts_of(writer, fit);
      text_addf(into, "(for k in range(%s[%s + 1] - %s[%s]) { %s[%s[%s] + k] })", given, i, given, i, array,
                given, i);
      return;
    case FIT_TABLE:
      given = lists_of(writer, fit);
      writer->count.tables++;
      if (fit->width == 1)
        text_addf(into, "%s[%s[%s]]", array, given, i);
      else
        text_addf(into, "(for k in %s[%s] { %s[k] })", given, i, array);
      return;
  }
}

/* ---- what a class reads ---- */

static uint32_t vertex_of(const Dag *dag, const DagInput *input) {
  return input->output == NODE_NONE ? dag->outputs.len + input->file : input->output;
}

static uint32_t class_of_file(const Writer *writer, uint32_t vertex) {
  const DagClasses *classes = &writer->order.classes;
  uint32_t outputs = writer->dag->outputs.len;
  return vertex < outputs ? classes->output[vertex] : classes->outside[vertex - outputs];
}

static int by_number(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static void end_job(Writer *writer) {
  uint32_t from = vec_last(&writer->first), len = writer->numbers.len - from;
  if (len > 1) qsort(writer->numbers.data + from, len, sizeof(uint32_t), by_number);
  vec_push(&writer->first, writer->numbers.len);
}

static void begin_reads(Writer *writer) {
  writer->first.len = writer->numbers.len = 0;
  vec_push(&writer->first, 0);
}

static void gather_files(Writer *writer, uint32_t class, uint32_t file_class) {
  const Dag *dag = writer->dag;
  begin_reads(writer);
  for (uint32_t p = 0; p < job_class(writer, class)->count; p++) {
    uint32_t job = member(writer, class, p);
    for (uint32_t i = dag->first_input.data[job]; i < dag->first_input.data[job + 1]; i++) {
      uint32_t vertex = vertex_of(dag, &dag->inputs.data[i]);
      if (class_of_file(writer, vertex) == file_class)
        vec_push(&writer->numbers, writer->order.file_at[vertex]);
    }
    end_job(writer);
  }
}

static void gather_after(Writer *writer, uint32_t class, uint32_t other) {
  const Dag *dag = writer->dag;
  begin_reads(writer);
  for (uint32_t p = 0; p < job_class(writer, class)->count; p++) {
    uint32_t job = member(writer, class, p);
    for (uint32_t i = dag->first_after.data[job]; i < dag->first_after.data[job + 1]; i++)
      if (writer->order.classes.job[dag->after.data[i]] == other)
        vec_push(&writer->numbers, writer->order.job_at[dag->after.data[i]]);
    end_job(writer);
  }
}

static Fit fit_reads(Writer *writer, uint32_t length) {
  writer->count.reads++;
  return roll_fit(writer->first.len - 1, writer->first.data, writer->numbers.data, length);
}

/* The classes that the first job of a class reads of: those of all its jobs. In order, each once. */
static uint32_t sources_of(const Writer *writer, uint32_t class, bool after, uint32_t **found) {
  const Dag *dag = writer->dag;
  uint32_t job = member(writer, class, 0), kept = 0, len = 0;
  const uint32_t *first = after ? dag->first_after.data : dag->first_input.data;
  uint32_t *list = *found = mem_alloc((first[job + 1] - first[job] + 1) * sizeof *list);
  for (uint32_t i = first[job]; i < first[job + 1]; i++)
    list[len++] = after ? writer->order.classes.job[dag->after.data[i]]
                        : class_of_file(writer, vertex_of(dag, &dag->inputs.data[i]));
  if (len > 1) qsort(list, len, sizeof *list, by_number);
  for (uint32_t k = 0; k < len; k++)
    if (!k || list[k] != list[k - 1]) list[kept++] = list[k];
  return kept;
}

/* `[a[i], b] + c`: single files in brackets, then arrays. */
static void put_files(Writer *writer, uint32_t class, Text *into) {
  uint32_t *sources, count = sources_of(writer, class, false, &sources);
  Text singles = {0}, arrays = {0};
  for (uint32_t s = 0; s < count; s++) {
    const FileName *name = &writer->files[sources[s]];
    Text one = {0};
    bool single;
    gather_files(writer, class, sources[s]);
    Fit fit = fit_reads(writer, writer->order.file_class[sources[s]].count);
    const RollClass *class_read = &writer->order.file_class[sources[s]];
    bool outside = writer->order.files[class_read->first] >= writer->dag->outputs.len;
    if (outside && !name->one && fit.kind == FIT_ALL)
      single = false, put_outside(text_of(writer, name->name), class_read->count, &one);
    else
      put_fit(writer, text_of(writer, name->name), &fit, name->one, &single, &one);
    Text *to = single ? &singles : &arrays;
    text_addf(to, to->len ? single ? ", %s" : " + %s" : "%s", one.data);
    vec_free(&fit.sizes);
    text_free(&one);
  }
  if (singles.len || !arrays.len) text_addf(into, "[%s]", singles.len ? singles.data : "");
  if (arrays.len) text_addf(into, singles.len ? " + %s" : "%s", arrays.data);
  text_free(&singles);
  text_free(&arrays);
  free(sources);
}

static void put_after(Writer *writer, uint32_t class, Text *into) {
  uint32_t *sources, count = sources_of(writer, class, true, &sources);
  for (uint32_t s = 0; s < count; s++) {
    const Step *step = &writer->steps[sources[s]];
    bool single;
    gather_after(writer, class, sources[s]);
    Fit fit = fit_reads(writer, job_class(writer, sources[s])->count);
    text_puts(into, s ? ", " : " after ");
    put_fit(writer, text_of(writer, step->name), &fit, job_class(writer, sources[s])->count == 1, &single,
            into);
    vec_free(&fit.sizes);
  }
  free(sources);
}

/* ---- what a class makes ---- */

static uint32_t made_by(const Dag *dag, uint32_t job) {
  return dag->first_output.data[job + 1] - dag->first_output.data[job];
}

/* How many files of a class each job makes. */
static void gather_made(Writer *writer, uint32_t class, uint32_t file_class, bool *even) {
  const Dag *dag = writer->dag;
  writer->numbers.len = 0;
  *even = true;
  for (uint32_t p = 0; p < job_class(writer, class)->count; p++) {
    uint32_t job = member(writer, class, p), made = 0;
    for (uint32_t i = dag->first_output.data[job]; i < dag->first_output.data[job + 1]; i++)
      made += file_class == NODE_NONE || writer->order.classes.output[i] == file_class;
    vec_push(&writer->numbers, made);
    *even &= made == writer->numbers.data[0];
  }
}

static void name_file(Writer *writer, uint32_t file_class, Sym name, bool one) {
  writer->files[file_class].name = name;
  writer->files[file_class].one = one;
}

/* A part of what a class of several outputs makes: from `offset` on; `starts` where that differs from job to job. */
static void put_part(Writer *writer, uint32_t class, uint32_t file_class, uint32_t offset,
                     const uint32_t *starts) {
  const Step *step = &writer->steps[class];
  const char *from = text_of(writer, step->name);
  uint32_t jobs = job_class(writer, class)->count;
  bool even, one = writer->order.file_class[file_class].count == 1;
  gather_made(writer, class, file_class, &even);
  uint32_t made = writer->numbers.data[0];
  Text text = {0};
  if (!even || starts) {
    const char *sizes = table_of(writer, "sizes", writer->numbers.data, jobs);
    text_addf(&text, "flatten(for i in range(%u) { for k in range(%s[i]) { %s[i][", jobs, sizes, from);
    if (starts)
      text_addf(&text, "%s[i] + k] } })", table_of(writer, "starts", starts, jobs));
    else
      text_addf(&text, offset ? "%u + k] } })" : "k] } })", offset);
  } else if (jobs == 1 && made == 1)
    text_addf(&text, "%s[%u]", from, offset);
  else if (jobs == 1)
    text_addf(&text, "for k in range(%u) { %s[%u + k] }", made, from, offset);
  else if (made == 1)
    text_addf(&text, "for x in %s { x[%u] }", from, offset);
  else
    text_addf(&text, "flatten(for x in %s { for k in range(%u) { x[%u + k] } })", from, made, offset);
  Sym name = new_name(writer, arena_format(writer->dag->session->arena, "%s_files", from));
  text_addf(writer->out, "  %s = %s\n", text_of(writer, name), text.data);
  name_file(writer, file_class, name, one);
  text_free(&text);
}

/* The classes of files that a class of jobs makes, each once. */
static uint32_t parts_of(const Writer *writer, uint32_t class, uint32_t **found) {
  uint32_t job = member(writer, class, 0), len = 0, kept = 0;
  uint32_t *list = *found = mem_alloc((made_by(writer->dag, job) + 1) * sizeof *list);
  for (uint32_t i = writer->dag->first_output.data[job]; i < writer->dag->first_output.data[job + 1]; i++)
    list[len++] = writer->order.classes.output[i];
  if (len > 1) qsort(list, len, sizeof *list, by_number);
  for (uint32_t k = 0; k < len; k++)
    if (!k || list[k] != list[k - 1]) list[kept++] = list[k];
  return kept;
}

static void put_parts(Writer *writer, uint32_t class) {
  const Step *step = &writer->steps[class];
  uint32_t *parts, count = parts_of(writer, class, &parts), jobs = job_class(writer, class)->count,
                   offset = 0;
  uint32_t *starts = memset(mem_alloc((jobs + 1) * sizeof *starts), 0, (jobs + 1) * sizeof *starts);
  bool uneven = false, even;
  if (count == 1 && (!step->many || jobs == 1)) {
    name_file(writer, parts[0], step->name, !step->many && jobs == 1);
  } else if (count == 1) {
    Sym name = new_name(writer,
                        arena_format(writer->dag->session->arena, "%s_files", text_of(writer, step->name)));
    text_addf(writer->out, "  %s = flatten(%s)\n", text_of(writer, name), text_of(writer, step->name));
    name_file(writer, parts[0], name, false);
  } else {
    for (uint32_t k = 0; k < count; k++) {
      put_part(writer, class, parts[k], offset, uneven ? starts : NULL);
      gather_made(writer, class, parts[k], &even);
      for (uint32_t p = 0; p < jobs; p++) starts[p] += writer->numbers.data[p];
      offset += writer->numbers.data[0];
      uneven |= !even;
    }
  }
  free(starts);
  free(parts);
}

/* ---- steps and tasks ---- */

static void put_step(Writer *writer, uint32_t class) {
  const Step *step = &writer->steps[class];
  const RollTask *task = &writer->tasks.data[step->task];
  uint32_t jobs = job_class(writer, class)->count;
  Text call = {0};
  const char *comma = "";
  text_addf(&call, "%s(", text_of(writer, task->name));
  if (task->files) put_files(writer, class, &call), comma = ", ";
  if (task->number) {
    if (jobs > 1)
      text_addf(&call, step->offset ? "%si + %u" : "%si", comma, step->offset);
    else
      text_addf(&call, "%s%u", comma, step->offset);
    comma = ", ";
  }
  if (task->many) {
    bool even;
    gather_made(writer, class, NODE_NONE, &even);
    uint32_t made = writer->numbers.data[0];
    if (even)
      text_addf(&call, "%s%u", comma, made);
    else
      text_addf(&call, "%s%s[i]", comma, table_of(writer, "sizes", writer->numbers.data, jobs));
  }
  text_putc(&call, ')');
  put_after(writer, class, &call);
  if (jobs > 1)
    text_addf(writer->out, "  %s = for i in range(%u) { %s }\n", text_of(writer, step->name), jobs,
              call.data);
  else
    text_addf(writer->out, "  %s = %s\n", text_of(writer, step->name), call.data);
  text_free(&call);
  put_parts(writer, class);
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
      hash += hash_mix(vertex_of(dag, &dag->inputs.data[i]) + 1);
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
  writer.files = memset(mem_alloc((files + 1) * sizeof(FileName)), 0, (files + 1) * sizeof(FileName));
  writer.steps = memset(mem_alloc((jobs + 1) * sizeof(Step)), 0, (jobs + 1) * sizeof(Step));
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
