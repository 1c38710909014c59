/* shrink.h: the smallest workflow that one finds by leaving things out while something stays true. */
#ifndef WEFT_TESTS_SHRINK_H
#define WEFT_TESTS_SHRINK_H

#include "tree.h"

typedef bool Still(void *self, const Workflow *flow);

/* Asks at most `most` times.  `interface`: inputs and outputs stay. */
Workflow *shrink(const Workflow *flow, bool interface, Still *still, void *self, uint32_t most);
uint32_t workflow_size(const Workflow *flow);

#endif
