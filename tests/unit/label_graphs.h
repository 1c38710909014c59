/* label_graphs.h: graphs for tests and benchmarks of canonical labelling. */
#ifndef WEFT_TEST_LABEL_GRAPHS_H
#define WEFT_TEST_LABEL_GRAPHS_H

#include "base/vec.h"
#include "canon/label.h"

typedef struct Arc {
  uint32_t from, to, label;
} Arc;

/* Edges in any order; an undirected edge is two. */
typedef struct Drawing {
  uint32_t count;
  uint64_t *colours;
  VEC(Arc) arcs;
} Drawing;

/* A generator of random numbers: its state; equal states give equal numbers everywhere. */
uint64_t random_next(uint64_t *state);
uint32_t random_below(uint64_t *state, uint32_t limit);
void random_shuffle(uint64_t *state, uint32_t *items, uint32_t count);

Drawing drawing_new(uint32_t count);
void drawing_free(Drawing *drawing);
void drawing_arc(Drawing *drawing, uint32_t from, uint32_t to, uint32_t label);
void drawing_edge(Drawing *drawing, uint32_t a, uint32_t b);
/* The same graph with vertex v as new[v], edges in random order. */
Drawing drawing_renumber(const Drawing *drawing, const uint32_t *new, uint64_t *random);
Drawing drawing_shuffle(const Drawing *drawing, uint64_t *random);
/* A few edges change places, such that all degrees stay as they are; false if that was not possible. */
bool drawing_switch(Drawing *drawing, bool directed, uint64_t *random);
/* `copies` of it, side by side. */
Drawing drawing_copies(const Drawing *drawing, uint32_t copies);
/* In adjacency arrays of its own; adjacency_free ends it. */
LabelGraph drawing_adjacency(const Drawing *drawing);
void adjacency_free(LabelGraph *graph);
/* The graph by canonical places, as words that are equal for isomorphic graphs; NULL when the budget runs
 * out. */
uint32_t *drawing_form(const Drawing *drawing, uint64_t budget, size_t *words);

/* ---- kinds of graphs ---- */

Drawing draw_random(uint32_t count, uint32_t edges, uint32_t colours, bool directed, uint64_t *random);
/* `per` edges into each vertex from the layer before; three colours. */
Drawing draw_layered(uint32_t layers, uint32_t width, uint32_t per, uint64_t *random);
/* As the Montage workflow for a mosaic of `width` times `height` images. */
Drawing draw_montage(uint32_t width, uint32_t height);
/* A source, `branches` chains of `length`, a sink. */
Drawing draw_branches(uint32_t branches, uint32_t length);
/* Each of `count` inputs goes to all of as many steps but one, with one label or two. */
Drawing draw_all_but_one(uint32_t count, uint32_t labels);
Drawing draw_bipartite(uint32_t left, uint32_t right);
Drawing draw_grid(uint32_t width, uint32_t height, bool around);
Drawing draw_hypercube(uint32_t dimensions);
/* Random, of an even number of vertices or an even degree. */
Drawing draw_regular(uint32_t count, uint32_t degree, uint64_t *random);
/* A prime of the form 4k + 1. */
Drawing draw_paley(uint32_t prime);
Drawing draw_rook(uint32_t side);
Drawing draw_shrikhande(void);
/* Cells of a Latin square, joined in the same row, column or symbol: of the cyclic group, or of pairs of
 * bits. */
Drawing draw_latin(uint32_t side, bool bits);
/* J.-Y. Cai, M. Fuerer, N. Immerman, An optimal lower bound on the number of variables for graph
 * identification, 1992: gadgets in place of the vertices of an undirected graph, one edge twisted or none. */
Drawing draw_cfi(const Drawing *base, bool twisted);
/* A cubic graph: two circles of `steps` vertices with rungs between them, twisted once or not at all. */
Drawing draw_ladder(uint32_t steps, bool twisted);

#endif
