/* graph.c: the steps of each region as SVG, in columns by how many tasks come before: only what runs something is
 * drawn, and edges lead over what is evaluated in between. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "report.h"
#include "text.h"

enum { MOST_BOXES = 300, BOX_WIDTH = 150, BOX_HEIGHT = 34, GAP_X = 50, GAP_Y = 12 };

typedef struct Box {
  uint32_t step;
  int column, row;
} Box;

typedef struct Drawing {
  const Run *run;
  const Plan *plan;
  uint32_t *box_of; /* step to box + 1; 0: not drawn */
  uint32_t *seen;   /* by step: the box that has been there last, + 1 */
  uint32_t *stack;
  Box *boxes;
  uint32_t count;
  uint32_t *edges; /* from, to */
  size_t edge_count, edge_cap;
  int columns, rows;
} Drawing;

static int is_drawn(const RtStep *step) {
  return step->kind == RT_CALL || (step->kind >= RT_ASK && step->kind <= RT_TREE);
}

static void *take(size_t count, size_t size) {
  void *memory = calloc(count + 1, size);
  if (!memory) arena_exhausted(count * size);
  return memory;
}

static void add_edge(Drawing *d, uint32_t from, uint32_t to) {
  if (d->edge_count == d->edge_cap) {
    d->edge_cap = d->edge_cap ? d->edge_cap * 2 : 64;
    d->edges = realloc(d->edges, d->edge_cap * 2 * sizeof *d->edges);
    if (!d->edges) arena_exhausted(d->edge_cap * 8);
  }
  d->edges[2 * d->edge_count] = from;
  d->edges[2 * d->edge_count++ + 1] = to;
}

static void push_next(Drawing *d, uint32_t box, uint32_t step, size_t *len) {
  if (d->seen[step] == box + 1) return;
  d->seen[step] = box + 1;
  if (d->box_of[step])
    add_edge(d, box, d->box_of[step] - 1);
  else
    d->stack[(*len)++] = step;
}

/* All boxes that are reached over steps that are not drawn. */
static void find_edges(Drawing *d, uint32_t box) {
  size_t len = 0;
  uint32_t step = d->boxes[box].step;
  const Plan *plan = d->plan;
  d->seen[step] = box + 1;
  for (d->stack[len++] = step; len > 0;) {
    step = d->stack[--len];
    const RtStep *code = &plan->code->steps[step];
    for (uint32_t i = 0; i < code->nnext; i++) push_next(d, box, code->next[i], &len);
    for (uint32_t i = plan->result_from[step]; i < plan->result_from[step + 1]; i++)
      push_next(d, box, plan->results[i], &len);
  }
}

/* Longest paths: the graph has no cycle, so as many rounds as boxes are enough. */
static void find_columns(Drawing *d) {
  for (int changed = 1; changed;) {
    changed = 0;
    for (size_t i = 0; i < d->edge_count; i++) {
      const Box *from = &d->boxes[d->edges[2 * i]];
      Box *to = &d->boxes[d->edges[2 * i + 1]];
      if (to->column > from->column || from->column + 1 >= MOST_BOXES) continue;
      to->column = from->column + 1;
      changed = 1;
    }
  }
  int *rows = take(MOST_BOXES, sizeof *rows);
  for (uint32_t i = 0; i < d->count; i++) {
    Box *box = &d->boxes[i];
    box->row = rows[box->column]++;
    if (box->column + 1 > d->columns) d->columns = box->column + 1;
    if (box->row + 1 > d->rows) d->rows = box->row + 1;
  }
  free(rows);
}

static int x_of(const Box *box) { return 4 + box->column * (BOX_WIDTH + GAP_X); }
static int y_of(const Box *box) { return 4 + box->row * (BOX_HEIGHT + GAP_Y); }

static void add_box(RtText *into, const Drawing *d, const Box *box) {
  const RtStep *step = &d->plan->code->steps[box->step];
  const Plan *plan = d->plan;
  uint32_t done = plan->done[box->step], cached = plan->cached[box->step], failed = plan->failed[box->step];
  const char *fill = failed                  ? "#f4d3ce"
                     : step->kind != RT_CALL ? "#eeeeee"
                     : done + cached         ? "#dbe8f4"
                                             : "#ffffff";
  text_addf(into,
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\" fill=\"%s\" stroke=\"#666\"/>\n",
            x_of(box), y_of(box), BOX_WIDTH, BOX_HEIGHT, fill);
  const char *name = step->kind == RT_CALL       ? d->run->program->tasks[step->target].name
                     : step->name && *step->name ? step->name
                                                 : "";
  text_addf(into, "<text x=\"%d\" y=\"%d\">", x_of(box) + 6, y_of(box) + 14);
  html_text(into, name);
  text_addf(into, "</text><text x=\"%d\" y=\"%d\" fill=\"#666\">", x_of(box) + 6, y_of(box) + 28);
  if (step->kind == RT_CALL) {
    text_addf(into, "%u run", done);
    if (cached) text_addf(into, ", %u found", cached);
    if (failed) text_addf(into, ", %u failed", failed);
  } else if (step->kind == RT_ASK) {
    text_puts(into, "question");
  } else if (step->target != RT_NONE) {
    html_text(into, d->run->program->regions[step->target].name);
  }
  text_puts(into, "</text>\n");
}

static void add_line(RtText *into, const Box *from, const Box *to) {
  int x1 = x_of(from) + BOX_WIDTH, y1 = y_of(from) + BOX_HEIGHT / 2, x2 = x_of(to),
      y2 = y_of(to) + BOX_HEIGHT / 2;
  text_addf(into, "<path d=\"M%d %dC%d %d %d %d %d %d\" fill=\"none\" stroke=\"#999\"/>\n", x1, y1,
            x1 + GAP_X / 2, y1, x2 - GAP_X / 2, y2, x2, y2);
}

static void draw(RtText *into, Drawing *d) {
  for (uint32_t i = 0; i < d->count; i++) find_edges(d, i);
  find_columns(d);
  text_addf(into, "<svg width=\"%d\" height=\"%d\" xmlns=\"http://www.w3.org/2000/svg\">\n",
            d->columns * (BOX_WIDTH + GAP_X), d->rows * (BOX_HEIGHT + GAP_Y) + 4);
  for (size_t i = 0; i < d->edge_count; i++)
    add_line(into, &d->boxes[d->edges[2 * i]], &d->boxes[d->edges[2 * i + 1]]);
  for (uint32_t i = 0; i < d->count; i++) add_box(into, d, &d->boxes[i]);
  text_puts(into, "</svg>\n");
}

static void region_svg(RtText *into, const Run *run, const Plan *plan) {
  const RtRegion *code = plan->code;
  uint32_t count = 0;
  for (uint32_t i = 0; i < code->nsteps; i++) count += (uint32_t)is_drawn(&code->steps[i]);
  if (!count) return;
  text_puts(into, "<h3>");
  html_text(into, code->name);
  text_puts(into, "</h3>\n");
  if (count > MOST_BOXES) {
    text_addf(into, "<p>%u steps, too many to draw</p>\n", count);
    return;
  }
  Drawing d = {.run = run, .plan = plan};
  d.box_of = take(code->nsteps, sizeof *d.box_of);
  d.seen = take(code->nsteps, sizeof *d.seen);
  d.stack = take(code->nsteps, sizeof *d.stack);
  d.boxes = take(count, sizeof *d.boxes);
  for (uint32_t i = 0; i < code->nsteps; i++) {
    if (!is_drawn(&code->steps[i])) continue;
    d.boxes[d.count].step = i;
    d.box_of[i] = ++d.count;
  }
  draw(into, &d);
  free(d.box_of);
  free(d.seen);
  free(d.stack);
  free(d.boxes);
  free(d.edges);
}

void graph_svg(RtText *into, const Run *run) {
  for (uint32_t i = 0; i < run->program->region_count; i++) region_svg(into, run, &run->plans[i]);
}
