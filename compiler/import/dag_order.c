#include "import/dag_order.h"

#include <string.h>

enum { MOST_TOLD = 8 };

/* ---- lists ---- */

static int by_parent(const void *a, const void *b, void *edges) {
  const DagEdge *x = (const DagEdge *)edges + *(const uint32_t *)a,
                *y = (const DagEdge *)edges + *(const uint32_t *)b;
  if (x->parent != y->parent) return x->parent < y->parent ? -1 : 1;
  return (x->span.lo > y->span.lo) - (x->span.lo < y->span.lo);
}

/* Places of edges by their children; counting sort. */
static uint32_t *by_child(uint32_t count, const DagEdges *edges, uint32_t *first) {
  uint32_t *sorted = mem_alloc((edges->len + 1) * sizeof *sorted);
  memset(first, 0, (count + 2) * sizeof *first);
  for (uint32_t i = 0; i < edges->len; i++) first[edges->data[i].child + 2]++;
  for (uint32_t j = 2; j < count + 2; j++) first[j] += first[j - 1];
  for (uint32_t i = 0; i < edges->len; i++) sorted[first[edges->data[i].child + 1]++] = i;
  return sorted;
}

Parents parents_of(uint32_t count, const DagEdges *edges) {
  Parents parents = {.count = count,
                     .first = mem_alloc((count + 2) * sizeof *parents.first),
                     .to = mem_alloc((edges->len + 1) * sizeof *parents.to),
                     .span = mem_alloc((edges->len + 1) * sizeof *parents.span),
                     .level = mem_alloc((count + 1) * sizeof *parents.level),
                     .seen = mem_alloc((count + 1) * sizeof *parents.seen)};
  uint32_t *sorted = by_child(count, edges, parents.first), len = 0, from = 0;
  memset(parents.seen, 0, (count + 1) * sizeof *parents.seen);
  for (uint32_t job = 0; job < count; job++) {
    uint32_t to = parents.first[job + 1], begin = len;
    parents.first[job] = begin;
    if (to - from > 1) qsort_r(sorted + from, to - from, sizeof *sorted, by_parent, edges->data);
    for (uint32_t i = from; i < to; i++) {
      const DagEdge *edge = &edges->data[sorted[i]];
      if (len > begin && parents.to[len - 1] == edge->parent) continue;
      parents.to[len] = edge->parent;
      parents.span[len++] = edge->span;
    }
    from = to;
  }
  parents.first[count] = len;
  free(sorted);
  return parents;
}

void parents_free(Parents *parents) {
  free(parents->first);
  free(parents->to);
  free(parents->span);
  free(parents->level);
  free(parents->seen);
  vec_free(&parents->stack);
}

/* ---- order ---- */

typedef struct Children {
  uint32_t *first, *to, *waits;
} Children;

static Children children_of(const Parents *parents) {
  uint32_t count = parents->count, edges = parents->first[count];
  Children children = {mem_alloc((count + 2) * sizeof(uint32_t)), mem_alloc((edges + 1) * sizeof(uint32_t)),
                       mem_alloc((count + 1) * sizeof(uint32_t))};
  memset(children.first, 0, (count + 2) * sizeof(uint32_t));
  for (uint32_t i = 0; i < edges; i++) children.first[parents->to[i] + 2]++;
  for (uint32_t j = 2; j < count + 2; j++) children.first[j] += children.first[j - 1];
  for (uint32_t job = 0; job < count; job++) {
    children.waits[job] = parents->first[job + 1] - parents->first[job];
    for (uint32_t i = parents->first[job]; i < parents->first[job + 1]; i++)
      children.to[children.first[parents->to[i] + 1]++] = job;
  }
  return children;
}

/* From a job that waits for ever one comes to a cycle by going to what it waits for. */
static void tell_cycle(const Dag *dag, const Parents *parents, const uint32_t *waits) {
  uint8_t *met = mem_zero(parents->count + 1);
  uint32_t job = 0, edge = 0;
  while (!waits[job]) job++;
  for (; !met[job]; job = parents->to[edge]) {
    met[job] = 1;
    edge = parents->first[job];
    while (!waits[parents->to[edge]]) edge++;
  }
  Text text = {0};
  uint32_t start = job, told = 0;
  do {
    if (told++ < MOST_TOLD) text_addf(&text, "%s after ", name_of(dag->session, dag->jobs.data[job].id));
    edge = parents->first[job];
    while (!waits[parents->to[edge]]) edge++;
    job = parents->to[edge];
  } while (job != start);
  if (told > MOST_TOLD) text_addf(&text, "%u more after ", told - MOST_TOLD);
  Diag *error = diag(dag->session->diags, DIAG_JOB_CYCLE, parents->span[edge],
                     "these jobs wait for each other: %s%s", text.data,
                     name_of(dag->session, dag->jobs.data[start].id));
  diag_help(dag->session->diags, error,
            "a job comes after those that write what it reads, and after its parents");
  text_free(&text);
  free(met);
}

bool parents_order(const Dag *dag, Parents *parents, uint32_t *order) {
  uint32_t done = 0, end = 0;
  Children children = children_of(parents);
  for (uint32_t job = 0; job < parents->count; job++) {
    parents->level[job] = 0;
    if (!children.waits[job]) order[end++] = job;
  }
  for (; done < end; done++) {
    uint32_t job = order[done];
    for (uint32_t i = children.first[job]; i < children.first[job + 1]; i++) {
      uint32_t child = children.to[i];
      if (parents->level[child] <= parents->level[job]) parents->level[child] = parents->level[job] + 1;
      if (!--children.waits[child]) order[end++] = child;
    }
  }
  if (end < parents->count) tell_cycle(dag, parents, children.waits);
  free(children.first);
  free(children.to);
  free(children.waits);
  return end == parents->count;
}

bool parents_reach(Parents *parents, uint32_t from, uint32_t to, bool indirect) {
  uint32_t search = ++parents->search, level = parents->level[from];
  parents->stack.len = 0;
  vec_push(&parents->stack, to);
  while (parents->stack.len) {
    uint32_t job = vec_pop(&parents->stack);
    for (uint32_t i = parents->first[job]; i < parents->first[job + 1]; i++) {
      uint32_t parent = parents->to[i];
      parents->work++;
      if (parent == from && !(indirect && job == to)) return true;
      if (parents->level[parent] <= level || parents->seen[parent] == search) continue;
      parents->seen[parent] = search;
      vec_push(&parents->stack, parent);
    }
  }
  return false;
}
