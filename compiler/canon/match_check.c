/* match_check.c: what was found is an instance of the pattern. */
#include "canon/form.h"
#include "canon/match.h"
#include "canon/normal.h"

#include <string.h>

/* Nodes that are made in all to compare identities. */
enum { MOST_NODES_MADE = 1 << 24 };

/* The identity of a workflow with this one result. Bound variables that it has from outside stay what they are. */
static void identity_of(Graph *graph, Node node, char hex[65]) {
  Output only = {intern(graph->session->names, "result", 6), node, {0}}, *outputs = graph->outputs.data;
  uint32_t count = graph->outputs.len, effects = graph->effects.len, inputs = graph->inputs.len;
  graph->outputs.data = &only;
  graph->outputs.len = 1;
  graph->effects.len = graph->inputs.len = 0;
  Graph *normal = normal_form(graph);
  Form *form = form_new(normal, VIEW_EXACT);
  memcpy(hex, form->hex, sizeof form->hex);
  form_free(form);
  graph_free(normal);
  graph->outputs.data = outputs;
  graph->outputs.len = count;
  graph->effects.len = effects;
  graph->inputs.len = inputs;
}

bool match_is_instance(Graph *target, const Occurrence *found) {
  char root[65], instance[65];
  if (found->root == found->instance) return true;
  if (found->instance == NODE_NONE || target->full) return false;
  identity_of(target, found->root, root);
  identity_of(target, found->instance, instance);
  return !strcmp(root, instance);
}

void match_keep_instances(Graph *target, Matches *matches) {
  uint32_t kept = 0, count = graph_count(target);
  for (uint32_t i = 0; i < matches->all.len; i++) {
    Occurrence found = matches->all.data[i];
    bool cheap = found.root == found.instance || graph_count(target) - count < MOST_NODES_MADE;
    matches->exhausted |= !cheap;
    if (cheap && match_is_instance(target, &found)) matches->all.data[kept++] = found;
  }
  matches->all.len = kept;
}
