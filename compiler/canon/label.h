/* label.h: canonical labelling of directed graphs with coloured vertices and labelled edges. */
#ifndef WEFT_CANON_LABEL_H
#define WEFT_CANON_LABEL_H

#include <stdbool.h>
#include <stdint.h>

/* A directed graph in adjacency arrays: the edges of v go to to[first[v]] up to to[first[v + 1]], without it.
 * Loops and parallel edges are allowed. */
typedef struct LabelGraph {
  uint32_t count;
  const uint64_t *colours; /* of each vertex: any values; NULL: all 0 */
  const uint32_t *first;   /* count + 1 of them */
  const uint32_t *to;
  const uint32_t *label; /* of each edge; NULL: all 0 */
} LabelGraph;

typedef struct Labelling {
  uint32_t *place;     /* vertex → canonical place, 0 to count - 1 */
  uint32_t *orbit;     /* vertex → the least vertex that is known to be equivalent under an automorphism */
  uint32_t generators; /* automorphisms found */
  uint64_t work;       /* units spent: edges and vertices touched */
  bool exhausted;      /* the budget ran out: `place` is a labelling, but not a canonical one */
} Labelling;

/* Label the vertices so that isomorphic graphs (with their colours, labels and directions) become the same
 * graph, edge by edge, whatever their vertices were numbered.  Vertices of one colour need not be next to
 * each other.  True unless exhausted; the budget counts edges and vertices touched after the first linear
 * pass and is looked at between refinements, so that one refinement may exceed it.  labelling_free ends the
 * labelling.
 *
 * Partition refinement, the smaller parts first (J. Hopcroft, An n log n algorithm for minimizing states in a
 * finite automaton, 1971; A. Cardon, M. Crochemore, Partitioning a graph in O(|A| log |V|), 1982), over a
 * first partition by hashes of what lies before and after each vertex.  Edges between two cells that are
 * joined completely, or not at all, connect nothing: what is left falls apart into components, which are
 * labelled on their own, and so on inside them (after T. Junttila, P. Kaski, Conflict propagation and
 * component recursion for canonical labeling, 2011).  A component that does not fall apart is searched by
 * individualisation and refinement, pruned by traces of the refinement and by automorphisms that experimental
 * paths find (B. McKay, A. Piperno, Practical graph isomorphism II, 2014). */
bool label_graph(const LabelGraph *graph, uint64_t budget, Labelling *labelling);
void labelling_free(Labelling *labelling);

#endif
