/* ports.h: names of ports that do not depend on what somebody called them. */
#ifndef WEFT_CANON_PORTS_H
#define WEFT_CANON_PORTS_H

#include "ir/graph.h"

/* Call the ports of each task i1, i2, … and o1, o2, …: they are known by their places.  Outputs of a task keep their
 * names where all of them together are used as a record, whose type has these names. */
void ports_rename(Graph *normal);

#endif
