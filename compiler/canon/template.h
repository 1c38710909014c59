/* template.h: what workflows of one class have in common, as a workflow. */
#ifndef WEFT_CANON_TEMPLATE_H
#define WEFT_CANON_TEMPLATE_H

#include "canon/digest.h"

/* Make a normal form the template of its class under a view: numbers and strings become inputs p1, p2, … with their
 * values as defaults, and under VIEW_SHAPE tasks keep nothing but their ports.  The exact view changes nothing. */
void template_make(Graph *normal, View view);

#endif
