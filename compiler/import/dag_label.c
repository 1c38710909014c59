/* dag_label.c: an order for what a document gives in none: a canonical labelling of jobs and files, blind to the names of
 * jobs and of files that are made on the way. */
#include "import/dag.h"
#include "import/dag_names.h"

#include "canon/label.h"

#include <string.h>

enum { LABEL_BUDGET = 1 << 28 };
typedef enum EdgeKind { EDGE_AFTER, EDGE_INPUT, EDGE_OUTPUT } EdgeKind;

typedef struct Drawing {
  Dag *dag;
  VEC(uint64_t) colours;
  VEC(uint32_t) first, to, label;
  uint32_t *mention; /* of each file: its place among those that the job's arguments name, from 1 on */
  uint32_t *marked;  /* the job that it is so for, + 1 */
  uint32_t *outside; /* of each file: its vertex if it comes from outside */
} Drawing;

static uint64_t hash_sym(const Drawing *drawing, Sym sym) {
  const Interner *names = drawing->dag->session->names;
  return hash_bytes(sym_text(names, sym), sym_len(names, sym));
}

static uint64_t hash_base(const Drawing *drawing, uint32_t file) {
  size_t len;
  const char *base = dag_base_name(drawing->dag, file, &len);
  return hash_bytes(base, len);
}

/* What a job does; its files are counted in the order in which the arguments name them. */
static uint64_t job_colour(Drawing *drawing, uint32_t number) {
  const Dag *dag = drawing->dag;
  const DagJob *job = &dag->jobs.data[number];
  uint64_t hash = dag->blind
                      ? 0
                      : hash_add(hash_sym(drawing, dag->kind.data[number]), hash_sym(drawing, job->image));
  uint32_t met = 0;
  for (uint32_t i = dag->first_piece.data[number]; i < dag->first_piece.data[number + 1]; i++) {
    const DagPiece *piece = &dag->pieces.data[i];
    uint32_t file = piece->file;
    if (file != NODE_NONE && drawing->marked[file] != number + 1) {
      drawing->marked[file] = number + 1;
      drawing->mention[file] = ++met;
    }
    hash = hash_add(hash, file == NODE_NONE ? hash_sym(drawing, piece->text) : drawing->mention[file]);
    hash = hash_add(hash, (uint64_t)(file == NODE_NONE) << 1 | piece->ends);
  }
  for (uint32_t i = 0; i < job->env.count; i++) {
    const Named *pair = &dag->env.data[job->env.first + i];
    hash = hash_add(hash_add(hash, hash_sym(drawing, pair->name)), hash_sym(drawing, pair->node));
  }
  return hash;
}

static void edge(Drawing *drawing, uint32_t to, uint32_t mention, uint32_t role, EdgeKind kind) {
  vec_push(&drawing->to, to);
  vec_push(&drawing->label, (mention * 8 + role) * 4 + kind);
}

static uint32_t mention_of(const Drawing *drawing, uint32_t job, uint32_t file) {
  return drawing->marked[file] == job + 1 ? drawing->mention[file] : 0;
}

static void draw_job(Drawing *drawing, uint32_t job) {
  const Dag *dag = drawing->dag;
  vec_push(&drawing->colours, job_colour(drawing, job));
  for (uint32_t i = dag->first_input.data[job]; i < dag->first_input.data[job + 1]; i++) {
    const DagInput *input = &dag->inputs.data[i];
    uint32_t vertex = input->output == NODE_NONE ? drawing->outside[input->file]
                                                 : dag->jobs.len + input->output;
    edge(drawing, vertex, mention_of(drawing, job, input->file), input->role, EDGE_INPUT);
  }
  for (uint32_t i = dag->first_output.data[job]; i < dag->first_output.data[job + 1]; i++)
    edge(drawing, dag->jobs.len + i, mention_of(drawing, job, dag->outputs.data[i].file),
         dag->outputs.data[i].role, EDGE_OUTPUT);
  for (uint32_t i = dag->first_after.data[job]; i < dag->first_after.data[job + 1]; i++)
    edge(drawing, dag->after.data[i], 0, 0, EDGE_AFTER);
  vec_push(&drawing->first, drawing->to.len);
}

static void draw_vertex(Drawing *drawing, uint64_t colour) {
  vec_push(&drawing->colours, colour);
  vec_push(&drawing->first, drawing->to.len);
}

/* Vertices of files from outside: behind jobs and outputs. */
static uint32_t number_outside(Drawing *drawing) {
  const Dag *dag = drawing->dag;
  uint32_t count = dag->jobs.len + dag->outputs.len;
  memset(drawing->outside, 0xff, (dag->files.len + 1) * sizeof(uint32_t));
  for (uint32_t i = 0; i < dag->inputs.len; i++) {
    const DagInput *input = &dag->inputs.data[i];
    if (input->output == NODE_NONE && drawing->outside[input->file] == NODE_NONE)
      drawing->outside[input->file] = count++;
  }
  return count;
}

static void draw(Drawing *drawing) {
  const Dag *dag = drawing->dag;
  number_outside(drawing);
  vec_push(&drawing->first, 0);
  for (uint32_t j = 0; j < dag->jobs.len; j++) draw_job(drawing, j);
  for (uint32_t i = 0; i < dag->outputs.len; i++)
    draw_vertex(drawing,
                dag->outputs.data[i].used ? 1 : hash_add(2, hash_base(drawing, dag->outputs.data[i].file)));
  uint32_t next = dag->jobs.len + dag->outputs.len;
  for (uint32_t i = 0; i < dag->inputs.len; i++) {
    if (dag->inputs.data[i].output != NODE_NONE || drawing->outside[dag->inputs.data[i].file] != next)
      continue;
    draw_vertex(drawing, hash_add(3, hash_base(drawing, dag->inputs.data[i].file)));
    next++;
  }
}

static uint32_t *copy(const uint32_t *from, uint32_t count) {
  uint32_t *made = mem_alloc((count + 1) * sizeof *made);
  memcpy(made, from, count * sizeof *made);
  return made;
}

void dag_label(Dag *dag) {
  size_t size = (dag->files.len + 1) * sizeof(uint32_t);
  Drawing drawing = {
      .dag = dag, .mention = mem_alloc(size), .marked = mem_zero(size), .outside = mem_alloc(size)};
  Labelling labelling;
  draw(&drawing);
  LabelGraph graph = {drawing.colours.len, drawing.colours.data, drawing.first.data, drawing.to.data,
                      drawing.label.data};
  dag->exhausted |= !label_graph(&graph, LABEL_BUDGET, &labelling);
  dag->job_place = copy(labelling.place, dag->jobs.len);
  dag->output_place = copy(labelling.place + dag->jobs.len, dag->outputs.len);
  dag->file_place = mem_alloc(size);
  for (uint32_t f = 0; f < dag->files.len; f++)
    dag->file_place[f] = drawing.outside[f] == NODE_NONE ? NODE_NONE : labelling.place[drawing.outside[f]];
  labelling_free(&labelling);
  vec_free(&drawing.colours);
  vec_free(&drawing.first);
  vec_free(&drawing.to);
  vec_free(&drawing.label);
  free(drawing.mention);
  free(drawing.marked);
  free(drawing.outside);
}
