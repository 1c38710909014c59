/* roll_order.c: the jobs of a class in an order that makes what they read regular.  Whatever the order, the rolled workflow
 * is right; a good one needs no tables.  First those that are read by the same jobs come together, from the outputs up;
 * then those that read the same, from the inputs down. */
#include "import/roll.h"

#include <string.h>

typedef struct Sorter {
  const Dag *dag;
  RollOrder *order;
  uint32_t outputs;                /* how many files are outputs */
  uint32_t *first_reader, *reader; /* of each file, jobs */
  uint32_t *first_later, *later;   /* of each job, those that come after it */
  VEC(uint64_t) keys;              /* of one member: several, compared one after another */
  uint32_t *first_key;
} Sorter;

static uint32_t class_of_file(const Sorter *sorter, uint32_t file) {
  const DagClasses *classes = &sorter->order->classes;
  return file < sorter->outputs ? classes->output[file] : classes->outside[file - sorter->outputs];
}

/* ---- lists ---- */

static void find_readers(Sorter *sorter) {
  const Dag *dag = sorter->dag;
  uint32_t files = dag->outputs.len + dag->files.len, jobs = dag->jobs.len;
  sorter->first_reader = mem_zero((files + 2) * sizeof(uint32_t));
  sorter->reader = mem_alloc((dag->inputs.len + 1) * sizeof(uint32_t));
  sorter->first_later = mem_zero((jobs + 2) * sizeof(uint32_t));
  sorter->later = mem_alloc((dag->after.len + 1) * sizeof(uint32_t));
  for (uint32_t i = 0; i < dag->inputs.len; i++)
    sorter->first_reader[dag_vertex(dag, &dag->inputs.data[i]) + 2]++;
  for (uint32_t i = 0; i < dag->after.len; i++) sorter->first_later[dag->after.data[i] + 2]++;
  for (uint32_t v = 2; v < files + 2; v++) sorter->first_reader[v] += sorter->first_reader[v - 1];
  for (uint32_t j = 2; j < jobs + 2; j++) sorter->first_later[j] += sorter->first_later[j - 1];
  for (uint32_t j = 0; j < jobs; j++) {
    for (uint32_t i = dag->first_input.data[j]; i < dag->first_input.data[j + 1]; i++)
      sorter->reader[sorter->first_reader[dag_vertex(dag, &dag->inputs.data[i]) + 1]++] = j;
    for (uint32_t i = dag->first_after.data[j]; i < dag->first_after.data[j + 1]; i++)
      sorter->later[sorter->first_later[dag->after.data[i] + 1]++] = j;
  }
}

/* Members class by class, as they come. */
static void gather(uint32_t count, uint32_t classes, const uint32_t *class_of, RollClass *rows,
                   uint32_t *members) {
  memset(rows, 0, (classes + 1) * sizeof *rows);
  for (uint32_t v = 0; v < count; v++)
    if (class_of[v] != NODE_NONE) rows[class_of[v]].count++;
  for (uint32_t c = 1; c < classes; c++) rows[c].first = rows[c - 1].first + rows[c - 1].count;
  uint32_t *next = mem_alloc((classes + 1) * sizeof *next);
  for (uint32_t c = 0; c < classes; c++) next[c] = rows[c].first;
  for (uint32_t v = 0; v < count; v++)
    if (class_of[v] != NODE_NONE) members[next[class_of[v]]++] = v;
  free(next);
}

static void place_all(const RollClass *class, const uint32_t *members, uint32_t *at) {
  for (uint32_t k = 0; k < class->count; k++) at[members[class->first + k]] = k;
}

/* ---- keys ---- */

static int by_key(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

static int by_keys(const void *a, const void *b, void *self) {
  const Sorter *sorter = self;
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  uint32_t left = sorter->first_key[x], right = sorter->first_key[y];
  while (left < sorter->first_key[x + 1] && right < sorter->first_key[y + 1]) {
    uint64_t p = sorter->keys.data[left++], q = sorter->keys.data[right++];
    if (p != q) return p < q ? -1 : 1;
  }
  return (x > y) - (x < y);
}

/* Sort the members, whose places in the class are numbered, by keys that `put` adds; equal ones stay as they are. */
static void sort_class(Sorter *sorter, const RollClass *class, uint32_t *members, uint32_t *at,
                       void (*put)(Sorter *sorter, uint32_t member)) {
  uint32_t count = class->count, *old = mem_alloc((count + 1) * sizeof *old),
           *sorted = mem_alloc((count + 1) * sizeof *sorted);
  sorter->first_key = mem_alloc((count + 2) * sizeof(uint32_t));
  sorter->keys.len = 0;
  for (uint32_t k = 0; k < count; k++) {
    old[k] = members[class->first + k], sorted[k] = k;
    sorter->first_key[k] = sorter->keys.len;
    put(sorter, old[k]);
    uint32_t from = sorter->first_key[k], len = sorter->keys.len - from;
    if (len > 1) qsort(sorter->keys.data + from, len, sizeof(uint64_t), by_key);
  }
  sorter->first_key[count] = sorter->keys.len;
  if (count > 1) qsort_r(sorted, count, sizeof *sorted, by_keys, sorter);
  for (uint32_t k = 0; k < count; k++) members[class->first + k] = old[sorted[k]];
  place_all(class, members, at);
  free(sorter->first_key);
  free(sorted);
  free(old);
}

static void put_key(Sorter *sorter, uint32_t class, uint32_t place) {
  vec_push(&sorter->keys, (uint64_t) class << 32 | place);
}

static void put_readers(Sorter *sorter, uint32_t file) {
  for (uint32_t i = sorter->first_reader[file]; i < sorter->first_reader[file + 1]; i++)
    put_key(sorter, sorter->order->classes.job[sorter->reader[i]], sorter->order->job_at[sorter->reader[i]]);
}

/* Of a file: the job that makes it, then who reads it. */
static void put_file(Sorter *sorter, uint32_t file) {
  if (file < sorter->outputs) put_key(sorter, 0, sorter->order->job_at[sorter->dag->outputs.data[file].job]);
  put_readers(sorter, file);
}

static void put_down(Sorter *sorter, uint32_t job) {
  const Dag *dag = sorter->dag;
  for (uint32_t i = dag->first_input.data[job]; i < dag->first_input.data[job + 1]; i++) {
    uint32_t vertex = dag_vertex(dag, &dag->inputs.data[i]);
    put_key(sorter, class_of_file(sorter, vertex), sorter->order->file_at[vertex]);
  }
  for (uint32_t i = dag->first_after.data[job]; i < dag->first_after.data[job + 1]; i++)
    put_key(sorter, UINT32_MAX, sorter->order->job_at[dag->after.data[i]]);
}

static void put_up(Sorter *sorter, uint32_t job) {
  const Dag *dag = sorter->dag;
  for (uint32_t i = dag->first_output.data[job]; i < dag->first_output.data[job + 1]; i++)
    put_readers(sorter, i);
  for (uint32_t i = sorter->first_later[job]; i < sorter->first_later[job + 1]; i++)
    put_key(sorter, sorter->order->classes.job[sorter->later[i]], sorter->order->job_at[sorter->later[i]]);
}

/* ---- sweeps ---- */

static void sort_files(Sorter *sorter, bool outside) {
  RollOrder *order = sorter->order;
  for (uint32_t f = 0; f < order->classes.files; f++) {
    const RollClass *class = &order->file_class[f];
    bool is_outside = class->count && order->files[class->first] >= sorter->outputs;
    if (is_outside == outside) sort_class(sorter, class, order->files, order->file_at, put_file);
  }
}

static void sort_outputs_of(Sorter *sorter, uint32_t class) {
  RollOrder *order = sorter->order;
  const Dag *dag = sorter->dag;
  uint32_t job = order->classes.job_of.data[class], last = NODE_NONE;
  for (uint32_t i = dag->first_output.data[job]; i < dag->first_output.data[job + 1]; i++) {
    uint32_t file_class = order->classes.output[i];
    if (file_class != last)
      sort_class(sorter, &order->file_class[file_class], order->files, order->file_at, put_file);
    last = file_class;
  }
}

static void sweep(Sorter *sorter) {
  RollOrder *order = sorter->order;
  for (uint32_t c = order->classes.jobs; c-- > 0;)
    sort_class(sorter, &order->job_class[c], order->jobs, order->job_at, put_up);
  sort_files(sorter, true);
  for (uint32_t c = 0; c < order->classes.jobs; c++) {
    sort_class(sorter, &order->job_class[c], order->jobs, order->job_at, put_down);
    sort_outputs_of(sorter, c);
  }
}

RollOrder roll_order(const Dag *dag, DagClasses classes) {
  RollOrder order = {.classes = classes};
  uint32_t files = dag->outputs.len + dag->files.len, jobs = dag->jobs.len;
  uint32_t *file_class_of = mem_alloc((files + 1) * sizeof(uint32_t));
  memcpy(file_class_of, order.classes.output, dag->outputs.len * sizeof(uint32_t));
  memcpy(file_class_of + dag->outputs.len, order.classes.outside, dag->files.len * sizeof(uint32_t));
  order.job_class = mem_alloc((order.classes.jobs + 1) * sizeof(RollClass));
  order.file_class = mem_alloc((order.classes.files + 1) * sizeof(RollClass));
  order.jobs = mem_alloc((jobs + 1) * sizeof(uint32_t));
  order.files = mem_alloc((files + 1) * sizeof(uint32_t));
  order.job_at = mem_alloc((jobs + 1) * sizeof(uint32_t));
  order.file_at = mem_alloc((files + 1) * sizeof(uint32_t));
  gather(jobs, order.classes.jobs, order.classes.job, order.job_class, order.jobs);
  gather(files, order.classes.files, file_class_of, order.file_class, order.files);
  for (uint32_t c = 0; c < order.classes.jobs; c++) place_all(&order.job_class[c], order.jobs, order.job_at);
  for (uint32_t f = 0; f < order.classes.files; f++)
    place_all(&order.file_class[f], order.files, order.file_at);
  Sorter sorter = {.dag = dag, .order = &order, .outputs = dag->outputs.len};
  find_readers(&sorter);
  sweep(&sorter);
  free(file_class_of);
  free(sorter.first_reader);
  free(sorter.reader);
  free(sorter.first_later);
  free(sorter.later);
  vec_free(&sorter.keys);
  return order;
}

void roll_order_free(RollOrder *order) {
  dag_classes_free(&order->classes);
  free(order->job_class);
  free(order->file_class);
  free(order->jobs);
  free(order->files);
  free(order->job_at);
  free(order->file_at);
}
