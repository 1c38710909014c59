#include "import/dag_class.h"

#include <string.h>

enum { MOST_SWEEPS = 256 };

/* Who reads a file, or comes after a job: of v what begins at first[v]. */
typedef struct Readers {
  uint32_t *first, *job, *role;
} Readers;

typedef struct Refiner {
  const Dag *dag;
  uint64_t *job, *file; /* colours; of files: first of outputs, then of files from outside */
  uint32_t files;
  Readers readers, later;
  VEC(uint64_t) set;
} Refiner;

/* ---- lists ---- */

static Readers readers_new(uint32_t vertices, uint32_t edges) {
  Readers readers = {mem_alloc((vertices + 2) * sizeof(uint32_t)), mem_alloc((edges + 1) * sizeof(uint32_t)),
                     mem_alloc((edges + 1) * sizeof(uint32_t))};
  memset(readers.first, 0, (vertices + 2) * sizeof(uint32_t));
  return readers;
}

static void readers_end_count(Readers *readers, uint32_t vertices) {
  for (uint32_t v = 2; v < vertices + 2; v++) readers->first[v] += readers->first[v - 1];
}

static void put_reader(Readers *readers, uint32_t vertex, uint32_t job, uint32_t role) {
  uint32_t at = readers->first[vertex + 1]++;
  readers->job[at] = job;
  readers->role[at] = role;
}

static void readers_free(Readers *readers) {
  free(readers->first);
  free(readers->job);
  free(readers->role);
}

static Readers find_readers(const Dag *dag, uint32_t files) {
  Readers readers = readers_new(files, dag->inputs.len);
  for (uint32_t i = 0; i < dag->inputs.len; i++) readers.first[dag_vertex(dag, &dag->inputs.data[i]) + 2]++;
  readers_end_count(&readers, files);
  for (uint32_t j = 0; j < dag->jobs.len; j++)
    for (uint32_t i = dag->first_input.data[j]; i < dag->first_input.data[j + 1]; i++)
      put_reader(&readers, dag_vertex(dag, &dag->inputs.data[i]), j, dag->inputs.data[i].role);
  return readers;
}

static Readers find_later(const Dag *dag) {
  Readers later = readers_new(dag->jobs.len, dag->after.len);
  for (uint32_t i = 0; i < dag->after.len; i++) later.first[dag->after.data[i] + 2]++;
  readers_end_count(&later, dag->jobs.len);
  for (uint32_t j = 0; j < dag->jobs.len; j++)
    for (uint32_t i = dag->first_after.data[j]; i < dag->first_after.data[j + 1]; i++)
      put_reader(&later, dag->after.data[i], j, 0);
  return later;
}

/* ---- refinement ---- */

static int by_value(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

/* The colour with the set that was gathered; how often something is in it makes no difference. */
static uint64_t with_set(Refiner *refiner, uint64_t colour) {
  uint32_t count = refiner->set.len;
  if (count > 1) qsort(refiner->set.data, count, sizeof(uint64_t), by_value);
  for (uint32_t i = 0; i < count; i++)
    if (!i || refiner->set.data[i] != refiner->set.data[i - 1])
      colour = hash_add(colour, refiner->set.data[i]);
  refiner->set.len = 0;
  return hash_add(colour, 0);
}

/* What a job reads and comes after, then what it writes. */
static void go_down(Refiner *refiner, uint32_t job) {
  const Dag *dag = refiner->dag;
  for (uint32_t i = dag->first_input.data[job]; i < dag->first_input.data[job + 1]; i++) {
    const DagInput *input = &dag->inputs.data[i];
    vec_push(&refiner->set, hash_add(refiner->file[dag_vertex(dag, input)], input->role));
  }
  uint64_t colour = with_set(refiner, refiner->job[job]);
  for (uint32_t i = dag->first_after.data[job]; i < dag->first_after.data[job + 1]; i++)
    vec_push(&refiner->set, refiner->job[dag->after.data[i]]);
  refiner->job[job] = with_set(refiner, colour);
  for (uint32_t i = dag->first_output.data[job]; i < dag->first_output.data[job + 1]; i++)
    refiner->file[i] = hash_add(hash_add(refiner->file[i], refiner->job[job]), dag->outputs.data[i].role);
}

static void take_readers(Refiner *refiner, uint32_t file) {
  const Readers *readers = &refiner->readers;
  for (uint32_t i = readers->first[file]; i < readers->first[file + 1]; i++)
    vec_push(&refiner->set, hash_add(refiner->job[readers->job[i]], readers->role[i]));
  refiner->file[file] = with_set(refiner, refiner->file[file]);
}

/* Who reads what a job writes, and comes after it. */
static void go_up(Refiner *refiner, uint32_t job) {
  const Dag *dag = refiner->dag;
  for (uint32_t i = dag->first_output.data[job]; i < dag->first_output.data[job + 1]; i++)
    take_readers(refiner, i);
  for (uint32_t i = dag->first_output.data[job]; i < dag->first_output.data[job + 1]; i++)
    vec_push(&refiner->set, refiner->file[i]);
  uint64_t colour = with_set(refiner, refiner->job[job]);
  for (uint32_t i = refiner->later.first[job]; i < refiner->later.first[job + 1]; i++)
    vec_push(&refiner->set, refiner->job[refiner->later.job[i]]);
  refiner->job[job] = with_set(refiner, colour);
}

static uint32_t count_colours(const uint64_t *colours, uint32_t count) {
  Map seen = {0};
  for (uint32_t i = 0; i < count; i++)
    if (!map_get(&seen, colours[i])) map_put(&seen, colours[i], 1);
  uint32_t found = seen.len;
  map_free(&seen);
  return found;
}

static void refine(Refiner *refiner) {
  const Dag *dag = refiner->dag;
  uint32_t before = 0, count = 1;
  for (int sweep = 0; sweep < MOST_SWEEPS && count != before; sweep++) {
    before = count;
    for (uint32_t i = 0; i < dag->jobs.len; i++) go_down(refiner, dag->order.data[i]);
    for (uint32_t i = dag->jobs.len; i-- > 0;) go_up(refiner, dag->order.data[i]);
    for (uint32_t f = dag->outputs.len; f < refiner->files; f++) take_readers(refiner, f);
    count = count_colours(refiner->job, dag->jobs.len) + count_colours(refiner->file, refiner->files);
  }
}

/* ---- classes ---- */

static uint32_t number_of(Map *known, uint64_t colour, uint32_t *count, bool *first) {
  uint32_t at = map_get(known, colour);
  *first = !at;
  if (!at) map_put(known, colour, at = ++*count);
  return at - 1;
}

static void number_classes(const Refiner *refiner, DagClasses *classes) {
  const Dag *dag = refiner->dag;
  Map jobs = {0}, files = {0};
  bool first;
  for (uint32_t i = 0; i < dag->jobs.len; i++) {
    uint32_t job = dag->order.data[i];
    classes->job[job] = number_of(&jobs, refiner->job[job], &classes->jobs, &first);
    if (first) vec_push(&classes->job_of, job);
    for (uint32_t k = dag->first_input.data[job]; k < dag->first_input.data[job + 1]; k++) {
      const DagInput *input = &dag->inputs.data[k];
      if (input->output != NODE_NONE) continue;
      uint32_t vertex = dag_vertex(dag, input);
      classes->outside[input->file] = number_of(&files, refiner->file[vertex], &classes->files, &first);
      if (first) vec_push(&classes->file_of, vertex);
    }
    for (uint32_t k = dag->first_output.data[job]; k < dag->first_output.data[job + 1]; k++) {
      classes->output[k] = number_of(&files, refiner->file[k], &classes->files, &first);
      if (first) vec_push(&classes->file_of, k);
    }
  }
  map_free(&jobs);
  map_free(&files);
}

DagClasses dag_classes(const Dag *dag) {
  const Interner *names = dag->session->names;
  Refiner refiner = {.dag = dag, .files = dag->outputs.len + dag->files.len};
  refiner.job = mem_alloc((dag->jobs.len + 1) * sizeof(uint64_t));
  refiner.file = mem_alloc((refiner.files + 1) * sizeof(uint64_t));
  refiner.readers = find_readers(dag, refiner.files);
  refiner.later = find_later(dag);
  for (uint32_t j = 0; j < dag->jobs.len; j++)
    refiner.job[j] = hash_bytes(sym_text(names, dag->kind.data[j]), sym_len(names, dag->kind.data[j]));
  for (uint32_t f = 0; f < refiner.files; f++) refiner.file[f] = f < dag->outputs.len;
  refine(&refiner);
  DagClasses classes = {.job = mem_alloc((dag->jobs.len + 1) * sizeof(uint32_t)),
                        .output = mem_alloc((dag->outputs.len + 1) * sizeof(uint32_t)),
                        .outside = memset(mem_alloc((dag->files.len + 1) * sizeof(uint32_t)), 0xff,
                                          (dag->files.len + 1) * sizeof(uint32_t))};
  number_classes(&refiner, &classes);
  readers_free(&refiner.readers);
  readers_free(&refiner.later);
  vec_free(&refiner.set);
  free(refiner.job);
  free(refiner.file);
  return classes;
}

void dag_classes_free(DagClasses *classes) {
  free(classes->job);
  free(classes->output);
  free(classes->outside);
  vec_free(&classes->job_of);
  vec_free(&classes->file_of);
}

/* ---- the template ---- */

static Sym numbered(Dag *dag, const char *what, uint32_t number) {
  const char *text = arena_format(dag->session->arena, "%s%u", what, number);
  return intern(dag->session->names, text, strlen(text));
}

/* A file's name without the folder says nothing of it, since the order of a job's files depends on that. */
static uint32_t class_file(Dag *into, uint32_t number, Span span) {
  const char *text = arena_format(into->session->arena, "%u/file", number + 1);
  return dag_file(into, intern(into->session->names, text, strlen(text)), span);
}

/* The first job of a class, with the files' classes in the place of the files. */
static void draft_class(const Dag *dag, const DagClasses *classes, Dag *into, uint32_t number) {
  uint32_t first = classes->job_of.data[number];
  DagJob job = dag_draft();
  job.id = numbered(into, "class", number + 1);
  job.name = dag->jobs.data[first].name;
  job.program = dag->kind.data[first];
  job.span = dag->jobs.data[first].span;
  for (uint32_t i = dag->first_input.data[first]; i < dag->first_input.data[first + 1]; i++) {
    const DagInput *input = &dag->inputs.data[i];
    uint32_t class = input->output == NODE_NONE ? classes->outside[input->file]
                                                : classes->output[input->output];
    dag_use(into, &job, class_file(into, class, job.span), (UseRole)input->role, job.span);
  }
  for (uint32_t i = dag->first_output.data[first]; i < dag->first_output.data[first + 1]; i++) {
    uint32_t file = class_file(into, classes->output[i], job.span);
    dag_use(into, &job, file, (UseRole)dag->outputs.data[i].role, job.span);
  }
  for (uint32_t i = dag->first_after.data[first]; i < dag->first_after.data[first + 1]; i++)
    dag_link(into, job.id, numbered(into, "class", classes->job[dag->after.data[i]] + 1), job.span);
  for (uint32_t i = dag->first_input.data[first]; i < dag->first_input.data[first + 1]; i++) {
    uint32_t output = dag->inputs.data[i].output;
    if (output != NODE_NONE)
      dag_link(into, job.id, numbered(into, "class", classes->job[dag->outputs.data[output].job] + 1),
               job.span);
  }
  dag_commit(into, &job, true);
}

Dag *dag_template(const Dag *dag) {
  Dag *into = dag_new(dag->session);
  DagClasses classes = dag_classes(dag);
  into->span = dag->span;
  into->blind = true;
  for (uint32_t c = 0; c < classes.jobs; c++) draft_class(dag, &classes, into, c);
  dag_classes_free(&classes);
  if (dag_finish(into)) return into;
  dag_free(into);
  return NULL;
}
