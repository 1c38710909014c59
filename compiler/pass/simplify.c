/* simplify.c: every node made anew by the local rules, which see more the second time: what a replaced variable,
 * a known condition or a fused loop has made plain. */
#include "ir/rewrite.h"
#include "pass/pass.h"

static Node image_of(void *self, Node node) { return rewrite_term(self, node); }

Graph *pass_simplify(const Graph *graph) {
  Graph *made = pass_new_graph(graph);
  Rewrite rewrite = {.from = graph, .to = made, .all = true};
  pass_copy_roots(graph, made, image_of, &rewrite);
  rewrite_end(&rewrite);
  Graph *compact = pass_compact(made);
  compact->full |= made->full;
  graph_free(made);
  return compact;
}
