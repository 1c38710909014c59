#include "ir/vars.h"

#include "ir/binder.h"
#include "ir/varset.h"

struct Vars {
  const Graph *graph;
  uint32_t known, room; /* nodes seen; places in the arrays */
  uint32_t *work;       /* of each node: the free variables of the scheduled nodes at and below it */
  uint8_t *heavy;       /* of each node: whether it is scheduled */
};

/* What is scheduled, with a place of its own: a task, a question, a choice with one of them in an arm. */
static bool is_scheduled(const Graph *graph, Node node) {
  switch (graph_op(graph, node)) {
    case OP_TASK:
    case OP_ASK:
      return true;
    case OP_CHOOSE:
      return (graph->below.data[graph_arg(graph, node, 1)] | graph->below.data[graph_arg(graph, node, 2)]) &
             FLAG_E;
    default:
      return false;
  }
}

/* A binder is scheduled when something below is that cannot be moved out of it. */
static void visit(Vars *vars, Node node) {
  const Graph *graph = vars->graph;
  uint32_t set = 0, inside = 0, count = graph_arity(graph, node);
  Binder binder = binder_of(graph_op(graph, node));
  bool heavy = is_scheduled(graph, node);
  for (uint32_t k = 0; k < count; k++) {
    uint32_t work = vars->work[graph_arg(graph, node, k)];
    set = varset_union(graph->sets, set, work);
    if (binder.count && binder.scoped >> k & 1) inside = varset_union(graph->sets, inside, work);
  }
  for (uint32_t k = 0; k < binder.count; k++) {
    Node variable = graph_arg(graph, node, binder.variable[k]);
    heavy |= varset_has(graph->sets, inside, variable);
    set = varset_remove(graph->sets, set, variable);
  }
  vars->heavy[node] = heavy;
  vars->work[node] = heavy ? varset_union(graph->sets, set, graph->vars.data[node]) : set;
}

void vars_update(Vars *vars) {
  uint32_t count = graph_count(vars->graph);
  if (count > vars->room) {
    vars->room = count + count / 2;
    vars->work = mem_resize(vars->work, vars->room * sizeof *vars->work);
    vars->heavy = mem_resize(vars->heavy, vars->room);
  }
  for (; vars->known < count; vars->known++) visit(vars, vars->known);
}

Vars *vars_new(const Graph *graph) {
  Vars *vars = mem_alloc(sizeof *vars);
  *vars = (Vars){.graph = graph};
  vars_update(vars);
  return vars;
}

void vars_free(Vars *vars) {
  if (!vars) return;
  free(vars->work);
  free(vars->heavy);
  free(vars);
}

bool vars_has(const Vars *vars, Node node, Node variable) {
  return graph_mentions(vars->graph, node, variable);
}

const Node *vars_of(const Vars *vars, Node node, uint32_t *count) {
  return varset_members(vars->graph->sets, vars->graph->vars.data[node], count);
}

bool vars_work_has(const Vars *vars, Node node, Node variable) {
  return varset_has(vars->graph->sets, vars->work[node], variable);
}

bool vars_has_task(const Vars *vars, Node node) { return vars->graph->below.data[node] & FLAG_E; }

bool vars_heavy(const Vars *vars, Node binder) { return vars->heavy[binder]; }
