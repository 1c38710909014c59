/* slurm_sbatch.c: the words of sbatch. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arena.h"
#include "slurm.h"
#include "text.h"

/* What sbatch says when there is no room, or nobody to ask. */
static int may_pass(const char *said) {
  static const char *const passing[] = {
      "retrying", "queue full",        "MaxSubmitJob",     "MaxJobCount",      "QOSMaxSubmit",
      "temporar", "Unable to contact", "Socket timed out", "job submit limit", "Connection refused"};
  for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
    if (strstr(said, passing[i])) return 1;
  return 0;
}

int slurm_sbatch(char *const argv[], char job[24], RtText *why) {
  RtText out = {0};
  why->len = 0;
  int status = slurm_call(argv, 0, &out, why);
  size_t len = strspn(out.data, "0123456789");
  int taken = status == 0 && len > 0 && len < 24;
  if (taken) snprintf(job, 24, "%.*s", (int)len, out.data);
  text_free(&out);
  while (why->len && why->data[why->len - 1] == '\n') why->data[--why->len] = 0;
  return taken ? 1 : status < 0 || may_pass(why->data) ? 0 : -1;
}

void slurm_class(RtText *into, const RtProgram *program, uint32_t task) {
  const char *name = program->tasks[task].name;
  uint32_t before = 0;
  for (uint32_t i = 0; i < task; i++) before += strcmp(program->tasks[i].name, name) == 0;
  text_puts(into, name);
  if (before) text_addf(into, "-%u", before + 1);
}
