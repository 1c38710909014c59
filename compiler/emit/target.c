/* target.c: the table of targets. */
#include "emit/target.h"

#include <string.h>

const Target targets[] = {
#define TARGET(column, name, extension, summary, emit) {column, name, extension, summary, emit},
#include "emit/targets.def"
#undef TARGET
};
const uint32_t target_count = sizeof targets / sizeof *targets;

const Target *target_find(const char *name) {
  for (uint32_t i = 0; i < target_count; i++)
    if (!strcmp(targets[i].name, name)) return &targets[i];
  return NULL;
}
