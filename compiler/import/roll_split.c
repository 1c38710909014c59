/* roll_split.c: a class at the end of a workflow whose jobs read unequally many files in no regular way is taken apart by how
 * many they read: the picture of each colour and that of all colours are made by one program, and are two things. */
#include "import/roll.h"

#include <string.h>

typedef struct Splitter {
  const Dag *dag;
  RollOrder *order;
  VEC(uint32_t) first, numbers;
} Splitter;

static uint32_t class_of_file(const Splitter *splitter, const DagInput *input) {
  const DagClasses *classes = &splitter->order->classes;
  return input->output == NODE_NONE ? classes->outside[input->file] : classes->output[input->output];
}

static uint32_t member(const Splitter *splitter, uint32_t class, uint32_t place) {
  return splitter->order->jobs[splitter->order->job_class[class].first + place];
}

static int by_number(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* Whether only a table says which files of a class the jobs read. */
static bool needs_table(Splitter *splitter, uint32_t class, uint32_t file_class) {
  const Dag *dag = splitter->dag;
  uint32_t count = splitter->order->job_class[class].count;
  splitter->first.len = splitter->numbers.len = 0;
  vec_push(&splitter->first, 0);
  for (uint32_t p = 0; p < count; p++) {
    uint32_t job = member(splitter, class, p), from = splitter->numbers.len;
    for (uint32_t i = dag->first_input.data[job]; i < dag->first_input.data[job + 1]; i++)
      if (class_of_file(splitter, &dag->inputs.data[i]) == file_class)
        vec_push(&splitter->numbers, splitter->order->file_at[dag_vertex(dag, &dag->inputs.data[i])]);
    uint32_t len = splitter->numbers.len - from;
    if (len > 1) qsort(splitter->numbers.data + from, len, sizeof(uint32_t), by_number);
    vec_push(&splitter->first, splitter->numbers.len);
  }
  Fit fit = roll_fit(count, splitter->first.data, splitter->numbers.data,
                     splitter->order->file_class[file_class].count);
  vec_free(&fit.sizes);
  return fit.kind == FIT_TABLE;
}

static uint32_t reads_of(const Dag *dag, uint32_t job) {
  return dag->first_input.data[job + 1] - dag->first_input.data[job];
}

/* Whether nothing depends on a class, its jobs read unequally many files, and only a table says which. */
static bool is_mixed(Splitter *splitter, uint32_t class, const uint8_t *is_waited_for) {
  const Dag *dag = splitter->dag;
  uint32_t count = splitter->order->job_class[class].count, first = member(splitter, class, 0);
  bool even = true, table = false;
  if (is_waited_for[first]) return false;
  for (uint32_t p = 0; p < count; p++)
    even &= reads_of(dag, member(splitter, class, p)) == reads_of(dag, first);
  for (uint32_t i = dag->first_output.data[first]; i < dag->first_output.data[first + 1]; i++)
    if (dag->outputs.data[i].used) return false;
  for (uint32_t i = dag->first_input.data[first]; !even && !table && i < dag->first_input.data[first + 1];
       i++)
    table = needs_table(splitter, class, class_of_file(splitter, &dag->inputs.data[i]));
  return table;
}

/* The number of what is told by these two; `count` is the next that is free. */
static uint32_t number_of(Map *known, uint32_t class, uint32_t by, uint32_t *count, bool *made) {
  uint64_t key = (uint64_t) class << 32 | by;
  uint32_t at = map_get(known, key);
  *made = !at;
  if (!at) map_put(known, key, at = ++*count);
  return at - 1;
}

static void take_apart(Splitter *splitter, uint32_t class) {
  const Dag *dag = splitter->dag;
  DagClasses *classes = &splitter->order->classes;
  Map jobs = {0}, files = {0};
  bool made;
  uint32_t kept = reads_of(dag, member(splitter, class, 0));
  for (uint32_t p = 0; p < splitter->order->job_class[class].count; p++) {
    uint32_t job = member(splitter, class, p), reads = reads_of(dag, job);
    if (reads == kept) continue;
    classes->job[job] = number_of(&jobs, class, reads, &classes->jobs, &made);
    if (made) vec_push(&classes->job_of, job);
    for (uint32_t i = dag->first_output.data[job]; i < dag->first_output.data[job + 1]; i++) {
      classes->output[i] = number_of(&files, classes->output[i], reads, &classes->files, &made);
      if (made) vec_push(&classes->file_of, i);
    }
  }
  map_free(&jobs);
  map_free(&files);
}

bool roll_split(const Dag *dag, RollOrder *order) {
  Splitter splitter = {.dag = dag, .order = order};
  uint32_t before = order->classes.jobs;
  uint8_t *is_waited_for = mem_zero(dag->jobs.len + 1);
  for (uint32_t i = 0; i < dag->after.len; i++) is_waited_for[dag->after.data[i]] = 1;
  for (uint32_t c = 0; c < before; c++)
    if (is_mixed(&splitter, c, is_waited_for)) take_apart(&splitter, c);
  free(is_waited_for);
  vec_free(&splitter.first);
  vec_free(&splitter.numbers);
  return order->classes.jobs > before;
}
