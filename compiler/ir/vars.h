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
/* Whether a collect, fold, loop, reduce or choose has to be run by the scheduler, because a task or question of
 * its own is inside: one that depends on its variable, or stands under a condition there; of a choose, one in an
 * arm. */
bool vars_heavy(const Vars *vars, Node binder);

#endif
