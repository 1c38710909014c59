/* vars.h: what the graph knows of variables and tasks below a node: for passes and the plan. */
#ifndef WEFT_IR_VARS_H
#define WEFT_IR_VARS_H

#include "ir/graph.h"

typedef struct Vars Vars;

/* Of a graph as it is now. */
Vars *vars_new(const Graph *graph);
/* Learn of the nodes that the graph has got since. */
void vars_update(Vars *vars);
void vars_free(Vars *vars);
/* Whether `variable` occurs free in `node`, exactly. */
bool vars_has(const Vars *vars, Node node, Node variable);
/* The free variables, ascending; valid until the graph grows. */
const Node *vars_of(const Vars *vars, Node node, uint32_t *count);
/* Whether a node that the scheduler runs, at or below `node`, mentions `variable`. */
bool vars_work_has(const Vars *vars, Node node, Node variable);
/* Whether a task or question is anywhere below. */
bool vars_has_task(const Vars *vars, Node node);
/* Whether a node has to be run by the scheduler: a task or question; a choose with one in an arm; a collect, fold,
 * loop or reduce in whose scope a scheduled node depends on its variable.  What is scheduled inside of a binder
 * that is not can be computed outside of it. */
bool vars_heavy(const Vars *vars, Node binder);

#endif
