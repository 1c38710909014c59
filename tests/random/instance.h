/* instance.h: whatever `weft match` finds in a random workflow is an instance of the pattern. */
#ifndef WEFT_TESTS_INSTANCE_H
#define WEFT_TESTS_INSTANCE_H

#include "program.h"

/* For some patterns, which the seed chooses: NULL, or what is wrong, in the session's arena. */
const char *instances_wrong(Compiled *compiled, uint64_t seed);

#endif
