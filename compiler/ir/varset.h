/* varset.h: sets of variables, interned: equal sets have equal numbers, 0 is the empty one. */
#ifndef WEFT_IR_VARSET_H
#define WEFT_IR_VARSET_H

#include "base/vec.h"

#include <stdbool.h>

typedef struct VarSets VarSets;

VarSets *varsets_new(void);
void varsets_free(VarSets *sets);
/* The set with one member more. */
uint32_t varset_add(VarSets *sets, uint32_t set, uint32_t variable);
/* The set without a member. */
uint32_t varset_remove(VarSets *sets, uint32_t set, uint32_t variable);
uint32_t varset_union(VarSets *sets, uint32_t a, uint32_t b);
bool varset_has(const VarSets *sets, uint32_t set, uint32_t variable);
/* The members, ascending, valid until the next set is made. */
const uint32_t *varset_members(const VarSets *sets, uint32_t set, uint32_t *count);

#endif
