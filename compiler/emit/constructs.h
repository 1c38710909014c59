/* constructs.h: what a plan says, and whether a target can say it. */
#ifndef WEFT_EMIT_CONSTRUCTS_H
#define WEFT_EMIT_CONSTRUCTS_H

#include "emit/target.h"

typedef enum Construct {
#define CONSTRUCT(construct, ...) construct,
#include "emit/constructs.def"
#undef CONSTRUCT
  CONSTRUCT_COUNT
} Construct;

/* Report what the target cannot express as errors, and what its engine will not do as warnings, at their places.
 * `loops`: loops whose number of rounds is not in the file can be expressed all the same. */
void constructs_check(const Plan *plan, const Target *target, bool loops);
/* Append a table in Markdown: a row a construct, a column a target. */
void constructs_table(Text *into);

#endif
