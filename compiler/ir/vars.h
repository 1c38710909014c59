/* vars.h: what the graph knows of variables and tasks below a node: for passes and the plan. */
#ifndef WEFT_IR_VARS_H
#define WEFT_IR_VARS_H

#include "ir/graph.h"

typedef struct Vars Vars;

/* Of a graph that does not grow while it is used. */
Vars *vars_new(const Graph *graph);
void vars_free(Vars *vars);
/* Whether `variable` occurs free in `node`, exactly. */
bool vars_has(const Vars *vars, Node node, Node variable);
/* The free variables, ascending; valid until the graph grows. */
const Node *vars_of(const Vars *vars, Node node, uint32_t *count);
/* Whether a task or question is anywhere below. */
bool vars_has_task(const Vars *vars, Node node);
/* Whether a node has to be run by the scheduler: a task or question; a choose with one in an arm; a collect, fold,
 * loop or reduce in whose scope a scheduled node depends on its variable.  What is scheduled inside of a binder
 * that is not can be computed outside of it. */
bool vars_heavy(const Vars *vars, Node binder);

#endif
