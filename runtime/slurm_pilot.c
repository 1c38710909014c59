/* slurm_pilot.c: a pilot over several nodes: one srun starts an agent on each; tasks go to nodes with room for them. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "disk.h"
#include "mark.h"
#include "slurm.h"
#include "text.h"

/* What a node has left. */
typedef struct Node {
  double cpus, memory;
} Node;

/* Tasks, and after them joints, are the points of a graph. */
typedef struct Pilot {
  SlurmWave *wave;
  Batch *batch;
  Node *nodes;
  uint32_t node_count, points;
  double cpus, memory;       /* of each node */
  uint32_t *waits;           /* by point: how many it waits for */
  uint8_t *lost;             /* by point: it has failed, or something before it */
  uint32_t *first, *edges;   /* who waits for a point */
  uint32_t *ready, *on_node; /* a queue; by task */
  uint32_t ready_at, ready_len, running;
  pid_t srun;
  int in, out;
  RtText replies;
} Pilot;

static void *zeroed(size_t count, size_t size) {
  void *memory = calloc(count + 1, size);
  if (!memory) arena_exhausted(count * size);
  return memory;
}

/* ---- who waits for whom ---- */

/* Each edge, twice: once to count, once to note. */
static void each_edge(Pilot *pilot, void (*visit)(Pilot *pilot, uint32_t from, uint32_t into)) {
  const Batch *batch = pilot->batch;
  for (uint32_t i = 0; i < batch->count; i++) {
    const BatchTask *task = &batch->tasks[i];
    for (uint32_t j = 0; j < task->needs.count; j++) visit(pilot, batch->numbers[task->needs.first + j], i);
    for (uint32_t j = 0; j < task->joints.count; j++)
      visit(pilot, batch->count + batch->numbers[task->joints.first + j], i);
  }
  for (uint32_t i = 0; i < batch->joint_count; i++)
    for (uint32_t j = 0; j < batch->joints[i].tasks.count; j++)
      visit(pilot, batch->numbers[batch->joints[i].tasks.first + j], batch->count + i);
}

static int is_open(const Pilot *pilot, uint32_t point) {
  return point >= pilot->batch->count || pilot->wave->fates[point] == FATE_NEW;
}

static void count_edge(Pilot *pilot, uint32_t from, uint32_t into) {
  if (!is_open(pilot, from)) return;
  pilot->first[from + 1]++;
  pilot->waits[into]++;
}

static void note_edge(Pilot *pilot, uint32_t from, uint32_t into) {
  if (is_open(pilot, from)) pilot->edges[--pilot->first[from + 1]] = into;
}

static void make_edges(Pilot *pilot) {
  pilot->first = zeroed(pilot->points + 1, sizeof *pilot->first);
  pilot->waits = zeroed(pilot->points, sizeof *pilot->waits);
  pilot->lost = zeroed(pilot->points, 1);
  each_edge(pilot, count_edge);
  for (uint32_t i = 0; i < pilot->points; i++) pilot->first[i + 1] += pilot->first[i];
  uint32_t count = pilot->first[pilot->points];
  pilot->edges = zeroed(count, sizeof *pilot->edges);
  each_edge(pilot, note_edge); /* first[i + 1] is now where the edges of i begin */
  for (uint32_t i = 0; i < pilot->points; i++) pilot->first[i] = pilot->first[i + 1];
  pilot->first[pilot->points] = count;
}

/* What waits for one point less: it is over as well if it is a joint or lost, else it may be ready. */
static int settle_next(Pilot *pilot, uint32_t next, int lost) {
  uint8_t *fates = pilot->wave->fates;
  if (lost) pilot->lost[next] = 1;
  if (lost && next < pilot->batch->count) fates[next] = FATE_FAILED;
  if (--pilot->waits[next]) return 0;
  if (next >= pilot->batch->count || fates[next] == FATE_FAILED) return 1;
  if (fates[next] == FATE_NEW) pilot->ready[pilot->ready_len++] = next;
  return 0;
}

/* A point is over, well or not: what waited for nothing else is ready, or lost with it. */
static void settle(Pilot *pilot, uint32_t point, int lost) {
  uint32_t *stack = zeroed(pilot->points, sizeof *stack), depth = 0;
  if (lost) pilot->lost[point] = 1;
  for (stack[depth++] = point; depth;) {
    uint32_t at = stack[--depth];
    for (uint32_t i = pilot->first[at]; i < pilot->first[at + 1]; i++)
      if (settle_next(pilot, pilot->edges[i], pilot->lost[at])) stack[depth++] = pilot->edges[i];
  }
  free(stack);
}

/* ---- agents ---- */

static _Noreturn void become_srun(const Pilot *pilot, const char *file, const int in[2], const int out[2]) {
  char nodes[40], tasks[40], cpus[40];
  snprintf(nodes, sizeof nodes, "--nodes=%u", pilot->node_count);
  snprintf(tasks, sizeof tasks, "--ntasks=%u", pilot->node_count);
  snprintf(cpus, sizeof cpus, "--cpus-per-task=%.0f", pilot->cpus);
  char *argv[] = {"srun",
                  nodes,
                  tasks,
                  "--ntasks-per-node=1",
                  cpus,
                  "--unbuffered",
                  (char *)pilot->wave->self,
                  "--slurm",
                  "agent",
                  (char *)file,
                  NULL};
  dup2(in[0], 0);
  dup2(out[1], 1);
  execvp(argv[0], argv);
  fprintf(stderr, "srun cannot be run: %s\n", strerror(errno));
  _exit(127);
}

static int start_agents(Pilot *pilot, const char *file) {
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC)) return 0;
  if (pipe2(out, O_CLOEXEC)) return close(in[0]), close(in[1]), 0;
  signal(SIGPIPE, SIG_IGN);
  pilot->srun = fork();
  if (pilot->srun == 0) become_srun(pilot, file, in, out);
  close(in[0]);
  close(out[1]);
  pilot->in = in[1];
  pilot->out = out[0];
  return pilot->srun > 0;
}

/* ---- placing ---- */

static double least(double a, double b) { return a < b ? a : b; }

/* What asks for more than a node has runs alone on one. */
static Node wants(const Pilot *pilot, uint32_t number) {
  const BatchAttrs *attrs = &pilot->batch->attrs[pilot->batch->tasks[number].attrs];
  return (Node){least(attrs->cpus > 0 ? attrs->cpus : 1, pilot->cpus), least(attrs->memory, pilot->memory)};
}

/* The one with the most CPUs free; the number of nodes: none has room. */
static uint32_t find_node(const Pilot *pilot, Node wanted) {
  uint32_t best = pilot->node_count;
  for (uint32_t i = 0; i < pilot->node_count; i++) {
    const Node *node = &pilot->nodes[i];
    if (node->cpus + 1e-9 < wanted.cpus || node->memory < wanted.memory) continue;
    if (best == pilot->node_count || node->cpus > pilot->nodes[best].cpus) best = i;
  }
  return best;
}

static int start_ready(Pilot *pilot) {
  RtText lines = {0};
  while (pilot->ready_at < pilot->ready_len) {
    uint32_t number = pilot->ready[pilot->ready_at];
    Node wanted = wants(pilot, number);
    uint32_t node = find_node(pilot, wanted);
    if (node == pilot->node_count) break;
    pilot->nodes[node].cpus -= wanted.cpus;
    pilot->nodes[node].memory -= wanted.memory;
    pilot->on_node[number] = node;
    pilot->ready_at++;
    pilot->running++;
    text_addf(&lines, "%u %u\n", node, number);
  }
  int error = lines.len ? disk_write(pilot->in, lines.data, lines.len) : 0;
  text_free(&lines);
  return error == 0;
}

/* A mark says what came of it; without one the process was killed. */
static void ended(Pilot *pilot, uint32_t number, int status) {
  Node wanted = wants(pilot, number);
  char key[33];
  batch_key(pilot->batch, number, key);
  const Store *store = &pilot->batch->run->store;
  MarkState mark = mark_state(store, key);
  pilot->nodes[pilot->on_node[number]].cpus += wanted.cpus;
  pilot->nodes[pilot->on_node[number]].memory += wanted.memory;
  pilot->running--;
  pilot->wave->fates[number] = mark == MARK_DONE ? FATE_DONE : FATE_FAILED;
  if (mark == MARK_NONE) {
    const BatchTask *task = &pilot->batch->tasks[number];
    const char *label = batch_text(pilot->batch, task->label);
    RtText text = {0};
    text_addf(&text, "R0126 %s\nerror[R0126]: %s has ended without a result, with status %d\n", label, label,
              status);
    mark_put(store, &task->key, "failed", text.data, text.len);
    text_free(&text);
  }
  settle(pilot, number, mark != MARK_DONE);
}

/* 0: the agents are gone. */
static int take_replies(Pilot *pilot) {
  char chunk[4096];
  ssize_t got = read(pilot->out, chunk, sizeof chunk);
  if (got < 0) return errno == EINTR;
  text_add(&pilot->replies, chunk, (size_t)got);
  char *at = pilot->replies.data;
  for (char *end; (end = memchr(at, '\n', pilot->replies.len - (size_t)(at - pilot->replies.data)));
       at = end + 1) {
    unsigned number;
    int status;
    *end = 0;
    if (sscanf(at, "%u %d", &number, &status) == 2 && number < pilot->batch->count)
      ended(pilot, number, status);
  }
  pilot->replies.len -= (size_t)(at - pilot->replies.data);
  memmove(pilot->replies.data, at, pilot->replies.len);
  return got > 0;
}

/* ---- the whole ---- */

static double variable(const char *name, double otherwise) {
  const char *text = getenv(name);
  double value = text ? strtod(text, NULL) : 0;
  return value > 0 ? value : otherwise;
}

static void find_nodes(Pilot *pilot) {
  pilot->node_count = (uint32_t)variable("SLURM_JOB_NUM_NODES", 1);
  pilot->cpus = variable("SLURM_CPUS_PER_TASK", variable("SLURM_CPUS_ON_NODE", 1));
  pilot->memory = variable("SLURM_MEM_PER_NODE", INFINITY) * 1048576;
  pilot->nodes = zeroed(pilot->node_count, sizeof *pilot->nodes);
  for (uint32_t i = 0; i < pilot->node_count; i++) pilot->nodes[i] = (Node){pilot->cpus, pilot->memory};
}

static int write_tasks(Pilot *pilot, const char *file) {
  uint32_t *numbers = zeroed(pilot->batch->count, sizeof *numbers);
  for (uint32_t i = 0; i < pilot->batch->count; i++) numbers[i] = i;
  int error = batch_write(pilot->batch, file, numbers, pilot->batch->count);
  free(numbers);
  return error == 0;
}

static void first_ready(Pilot *pilot) {
  uint8_t *none_waits = zeroed(pilot->batch->joint_count, 1);
  pilot->ready = zeroed(pilot->batch->count, sizeof *pilot->ready);
  pilot->on_node = zeroed(pilot->batch->count, sizeof *pilot->on_node);
  for (uint32_t i = 0; i < pilot->batch->count; i++)
    if (pilot->wave->fates[i] == FATE_NEW && !pilot->waits[i]) pilot->ready[pilot->ready_len++] = i;
  for (uint32_t i = 0; i < pilot->batch->joint_count; i++)
    none_waits[i] = !pilot->waits[pilot->batch->count + i];
  for (uint32_t i = 0; i < pilot->batch->joint_count; i++)
    if (none_waits[i]) settle(pilot, pilot->batch->count + i, 0);
  free(none_waits);
}

static int work(Pilot *pilot, const char *file) {
  if (pilot->ready_len == 0) return 1;
  if (!write_tasks(pilot, file) || !start_agents(pilot, file)) return 0;
  int going = 1;
  while (going && (pilot->running || pilot->ready_at < pilot->ready_len))
    going = start_ready(pilot) && take_replies(pilot);
  close(pilot->in);
  close(pilot->out);
  int status;
  while (waitpid(pilot->srun, &status, 0) < 0 && errno == EINTR) continue;
  return going;
}

int slurm_pilot_wave(SlurmWave *wave) {
  Pilot pilot = {.wave = wave, .batch = wave->batch};
  RtText file = {0};
  pilot.points = wave->batch->count + wave->batch->joint_count;
  find_nodes(&pilot);
  make_edges(&pilot);
  first_ready(&pilot);
  int some = pilot.ready_len > 0;
  text_addf(&file, "%s/pilot.tasks", wave->queue.dir);
  int done = work(&pilot, file.data);
  text_free(&file);
  text_free(&pilot.replies);
  free(pilot.nodes);
  free(pilot.waits);
  free(pilot.lost);
  free(pilot.first);
  free(pilot.edges);
  free(pilot.ready);
  free(pilot.on_node);
  return !done ? 1 : some && wave->batch->blocked ? WAVE_AGAIN : WAVE_ENDS;
}
