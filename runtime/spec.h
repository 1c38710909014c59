/* spec.h: files of prepared tasks, which --element reads.
 *
 *   weft-tasks 1 IDENTITY OFFSET STATE   the program's; of the index; the state directory's path, quoted
 *   CHECK key task label inputs          a line a task; fields are separated by tabs; task: its number in the program
 *   ...
 *   offset                               the index: 16 hex digits and a newline each, for each of those lines
 *
 * CHECK is 8 hex digits over the rest of the line. */
#ifndef WEFT_RT_SPEC_H
#define WEFT_RT_SPEC_H

#include "value.h"

/* One of the tasks.  Texts live in the arena. */
typedef struct Spec {
  const char *state, *label;
  const char *input, *input_end; /* encoded */
  RtDigest key;
  uint32_t task;
} Spec;

/* Read task `number` of the file: 1, or 0 with an explanation. */
int spec_read(Spec *spec, const char *path, int64_t number, const RtProgram *program, RtArena *arena,
              RtError *error);

#endif
