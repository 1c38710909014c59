/* label.c: times canonical labelling against bliss and nauty's Traces, in one process each, without start and
 * reading. usage: label GRAPH RUNS LIMIT For each engine one line: its name, and the median of its seconds of CPU,
 * or `-` when it took longer than LIMIT seconds.
 *
 * The other engines label undirected graphs. All graphs here are acyclic, so the length of the longest path
 * to a vertex, made part of its colour, says how each edge is directed; they get it for nothing. */
#include "../unit/label_graphs.h"

#include <bliss/bliss_C.h>
#include <nauty/traces.h>

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Seconds of CPU: all run in one thread, and what else the machine does is left out. */
static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* ---- graphs ---- */

static Drawing copies(Drawing drawing, uint32_t count) {
  Drawing all = drawing_copies(&drawing, count);
  drawing_free(&drawing);
  return all;
}

static Drawing draw(const char *name) {
  uint64_t random = 1;
  if (!strcmp(name, "layered-4")) return draw_layered(100, 100, 3, &random);
  if (!strcmp(name, "layered-5")) return draw_layered(100, 1000, 3, &random);
  if (!strcmp(name, "montage-4")) return draw_montage(45, 45);
  if (!strcmp(name, "montage-5")) return draw_montage(142, 142);
  if (!strcmp(name, "branches")) return draw_branches(10000, 1);
  if (!strcmp(name, "chains")) return draw_branches(10000, 10);
  if (!strcmp(name, "all-but-one")) return draw_all_but_one(300, 1);
  if (!strcmp(name, "copies")) return copies(draw_montage(9, 8), 300);
  if (!strcmp(name, "fans")) return copies(draw_branches(30, 11), 300);
  fprintf(stderr, "no graph %s\n", name);
  exit(2);
}

/* ---- encoding ---- */

typedef struct Pair {
  uint64_t level, colour;
  uint32_t vertex;
} Pair;

static int compare_pairs(const void *a, const void *b) {
  const Pair *x = a, *y = b;
  if (x->level != y->level) return x->level < y->level ? -1 : 1;
  return (x->colour > y->colour) - (x->colour < y->colour);
}

/* Longest paths, by as many rounds as there are levels. */
static uint32_t *levels(const Drawing *drawing) {
  uint32_t *level = calloc(drawing->count, sizeof *level);
  for (bool changed = true; changed;) {
    changed = false;
    for (uint32_t i = 0; i < drawing->arcs.len; i++) {
      Arc arc = drawing->arcs.data[i];
      if (level[arc.to] > level[arc.from]) continue;
      level[arc.to] = level[arc.from] + 1;
      changed = true;
    }
  }
  return level;
}

/* The vertices by their ranks, and the rank of each: small numbers for colour and level. */
static Pair *ranks(const Drawing *drawing, uint32_t *rank) {
  uint32_t *level = levels(drawing);
  Pair *pairs = malloc((drawing->count + 1) * sizeof *pairs);
  for (uint32_t v = 0; v < drawing->count; v++) pairs[v] = (Pair){level[v], drawing->colours[v], v};
  qsort(pairs, drawing->count, sizeof *pairs, compare_pairs);
  for (uint32_t i = 0, last = 0; i < drawing->count; i++) {
    if (i && compare_pairs(&pairs[i - 1], &pairs[i])) last++;
    rank[pairs[i].vertex] = last;
  }
  free(level);
  return pairs;
}

/* ---- engines: the seconds that each takes ---- */

static double run_ours(const Drawing *drawing) {
  LabelGraph graph = drawing_adjacency(drawing);
  Labelling labelling;
  double start = now();
  if (!label_graph(&graph, UINT64_MAX, &labelling)) exit(2);
  double seconds = now() - start;
  labelling_free(&labelling);
  adjacency_free(&graph);
  return seconds;
}

static double run_bliss(const Drawing *drawing) {
  uint32_t *rank = malloc((drawing->count + 1) * sizeof *rank);
  free(ranks(drawing, rank));
  BlissGraph *graph = bliss_new(0);
  for (uint32_t v = 0; v < drawing->count; v++) bliss_add_vertex(graph, rank[v]);
  for (uint32_t i = 0; i < drawing->arcs.len; i++)
    bliss_add_edge(graph, drawing->arcs.data[i].from, drawing->arcs.data[i].to);
  double start = now();
  bliss_find_canonical_labeling(graph, NULL, NULL, NULL);
  double seconds = now() - start;
  bliss_release(graph);
  free(rank);
  return seconds;
}

static double run_traces(const Drawing *drawing) {
  DEFAULTOPTIONS_TRACES(options);
  TracesStats stats;
  SG_DECL(graph);
  SG_DECL(canonical);
  uint32_t count = drawing->count, arcs = drawing->arcs.len;
  uint32_t *rank = malloc((count + 1) * sizeof *rank);
  Pair *pairs = ranks(drawing, rank);
  int *lab = malloc((count + 1) * sizeof *lab), *ptn = malloc((count + 1) * sizeof *ptn);
  int *orbits = malloc((count + 1) * sizeof *orbits);
  for (uint32_t i = 0; i < count; i++) {
    lab[i] = (int)pairs[i].vertex;
    ptn[i] = i + 1 < count && rank[pairs[i].vertex] == rank[pairs[i + 1].vertex];
  }
  SG_ALLOC(graph, count, 2 * (size_t)arcs, "label");
  graph.nv = (int)count;
  graph.nde = 2 * (size_t)arcs;
  memset(graph.d, 0, count * sizeof *graph.d);
  for (uint32_t i = 0; i < arcs; i++)
    graph.d[drawing->arcs.data[i].from]++, graph.d[drawing->arcs.data[i].to]++;
  for (size_t v = 0, at = 0; v < count; at += (size_t)graph.d[v++]) graph.v[v] = at;
  memset(graph.d, 0, count * sizeof *graph.d);
  for (uint32_t i = 0; i < arcs; i++) {
    Arc arc = drawing->arcs.data[i];
    graph.e[graph.v[arc.from] + (size_t)graph.d[arc.from]++] = (int)arc.to;
    graph.e[graph.v[arc.to] + (size_t)graph.d[arc.to]++] = (int)arc.from;
  }
  options.getcanon = TRUE;
  options.defaultptn = FALSE;
  double start = now();
  Traces(&graph, lab, ptn, orbits, &options, &stats, &canonical);
  double seconds = now() - start;
  SG_FREE(graph);
  SG_FREE(canonical);
  free(rank);
  free(pairs);
  free(lab);
  free(ptn);
  free(orbits);
  return seconds;
}

typedef struct Engine {
  const char *name;
  double (*run)(const Drawing *drawing);
  bool late; /* it took longer than the limit */
  double *seconds;
} Engine;

/* In a child, so that it can be ended; the third time, so that memory is there. */
static void measure(Engine *engine, const Drawing *drawing, int round, unsigned limit) {
  int ends[2], status;
  if (engine->late) return;
  if (pipe(ends)) exit(2);
  pid_t child = fork();
  if (child == 0) {
    double seconds;
    for (int warm = 0; warm < 2; warm++) {
      alarm(limit);
      engine->run(drawing);
    }
    alarm(limit);
    seconds = engine->run(drawing);
    _exit(write(ends[1], &seconds, sizeof seconds) != sizeof seconds);
  }
  close(ends[1]);
  engine->late = read(ends[0], &engine->seconds[round], sizeof(double)) != sizeof(double);
  close(ends[0]);
  waitpid(child, &status, 0);
  if (engine->late && !(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)) {
    fprintf(stderr, "%s failed with status %d\n", engine->name, status);
    exit(2);
  }
}

static int compare_seconds(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  uint64_t random = 2;
  Drawing ordered = draw(argv[1]), drawing = drawing_shuffle(&ordered, &random);
  int runs = atoi(argv[2]);
  Engine engines[] = {{.name = "weft", .run = run_ours},
                      {.name = "bliss", .run = run_bliss},
                      {.name = "Traces", .run = run_traces}};
  for (int i = 0; i < 3; i++) engines[i].seconds = malloc((size_t)(runs + 1) * sizeof(double));
  for (int round = 0; round < runs; round++)
    for (int i = 0; i < 3; i++) measure(&engines[i], &drawing, round, (unsigned)atoi(argv[3]));
  printf("vertices %u\nedges %u\n", drawing.count, drawing.arcs.len);
  for (int i = 0; i < 3; i++) {
    if (engines[i].late) {
      printf("%s -\n", engines[i].name);
      continue;
    }
    qsort(engines[i].seconds, (size_t)runs, sizeof(double), compare_seconds);
    printf("%s %.6f\n", engines[i].name, engines[i].seconds[runs / 2]);
  }
  return 0;
}
