/* slurm.c: a workflow as a folder that submits itself: submit.sh, a script for each task, and the executable, which
 * prepares, runs single tasks, goes on, and publishes (runtime/slurm.h). */
#include "emit/slurm.h"

#include "base/version.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SHORT_SECONDS = 60 };

static int cannot(const char *what, const char *path) {
  fprintf(stderr, "weft: cannot %s %s: %s\n", what, path, strerror(errno));
  return 1;
}

static int make_folder(const char *path) {
  struct stat st;
  if (!mkdir(path, 0777)) return 0;
  int reason = errno;
  if (reason == EEXIST && !stat(path, &st) && S_ISDIR(st.st_mode)) return 0;
  errno = reason;
  return cannot("make the folder", path);
}

/* Takes the text. */
static int write_file(const char *path, Text *text, mode_t mode) {
  FILE *file = fopen(path, "w");
  int bad = !file || fwrite(text->data, 1, text->len, file) != text->len;
  if (file && fclose(file)) bad = 1;
  if (!bad && chmod(path, mode)) bad = 1;
  text_free(text);
  return bad ? cannot("write", path) : 0;
}

/* ---- submit.sh ---- */

static void put_comment(Text *into, const char *text) {
  for (; *text; text++) text_putc(into, (unsigned char)*text < 0x20 ? '?' : *text);
}

static void put_limits(const Slurm *slurm, Text *into) {
  static const char *const limits[][2] = {{"max_array", "--max-array"}, {"max_jobs", "--max-jobs"}};
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
    double limit = slurm_site_number(slurm, limits[i][0]);
    if (limit >= 1 && limit < 1e9) text_addf(into, " %s %lld", limits[i][1], (long long)limit);
  }
}

/* Why the tasks are not worth a job each; NULL: they are, or nothing is said of them. */
static const char *why_pilot(const Slurm *slurm) {
  double longest = 0, mean, sd, nodes;
  const Graph *graph = slurm->graph;
  for (uint32_t i = 0; i < graph->tasks.len; i++) {
    const Task *task = &graph->tasks.data[i];
    if (!slurm->called[i]) continue;
    if (!slurm_static(graph, task, ATTR_TIME, &mean, &sd)) return NULL;
    if (task->attrs[ATTR_NODES] != NODE_NONE &&
        (!slurm_static(graph, task, ATTR_NODES, &nodes, NULL) || nodes > 1))
      return NULL;
    if (mean + 2 * sd > longest) longest = mean + 2 * sd;
  }
  if (!(longest > 0) || longest >= SHORT_SECONDS) return NULL;
  return arena_format(slurm->arena, "no task is said to take longer than %g s", longest);
}

/* Which strategy submit.sh takes unless it is told. */
static const char *put_strategy(const Slurm *slurm, Text *into) {
  const char *why = why_pilot(slurm);
  text_addf(into, "# Strategy: %s.\n# The other one: --strategy %s.\n",
            why ? arena_format(slurm->arena, "pilot, one job for all, since %s", why)
                : "arrays, a job for each task",
            why ? "arrays" : "pilot");
  if (why) fprintf(stderr, "strategy: pilot, since %s\n", why);
  return why ? "pilot" : "arrays";
}

static int write_submit(const Slurm *slurm) {
  const EmitOptions *options = slurm->options;
  Text text = {0};
  text_addf(&text, "#!/bin/sh\n# Submits the workflow `%s` to Slurm, or what is missing of it.\n",
            name_of(slurm->graph->session, slurm->graph->name));
  text_puts(&text,
            "#   ./submit.sh --help                    its inputs and options\n"
            "#   ./submit.sh --INPUT VALUE --out DIR   submit, and return\n"
            "#   the same and --wait                   until it is done: results, messages and status are "
            "the workflow's\n"
            "#   the same and --status, or --cancel    look at it, or end it\n#\n# Made from ");
  put_comment(&text, options->source);
  text_addf(&text, ", exported by weft %s.\n# Its exact identity is %s.\n", WEFT_VERSION,
            options->exact ? options->exact : "?");
  const char *strategy = put_strategy(slurm, &text);
  text_puts(&text,
            "set -eu\nhere=$(CDPATH='' cd -- \"$(dirname -- \"$0\")\" && pwd)\n"
            "exec \"$here/workflow\" --slurm submit --jobs \"$here/jobs\"");
  text_addf(&text, " --strategy %s", strategy);
  put_limits(slurm, &text);
  text_puts(&text, " -- \"$@\"\n");
  return write_file(arena_format(slurm->arena, "%s/submit.sh", options->output), &text, 0755);
}

/* ---- jobs ---- */

/* Tasks that a step calls. */
static bool *called_tasks(const Slurm *slurm) {
  bool *called = ARENA_ARRAY(slurm->arena, bool, slurm->graph->tasks.len + 1);
  for (uint32_t r = 0; r < slurm->plan->regions.len; r++) {
    const Region *region = &slurm->plan->regions.data[r];
    for (uint32_t s = 0; s < region->steps.len; s++)
      if (region->steps.data[s].kind == STEP_TASK)
        called[slurm->graph->data.data[region->steps.data[s].node]] = true;
  }
  return called;
}

/* As the runtime finds it again (slurm_class): the name, with a number where tasks share one. */
static const char *class_name(const Slurm *slurm, Map *seen, uint32_t task) {
  Sym name = slurm->graph->tasks.data[task].name;
  uint32_t before = map_get(seen, name);
  map_put(seen, name, before + 1);
  const char *text = name_of(slurm->graph->session, name);
  return before ? arena_format(slurm->arena, "%s-%u", text, before + 1) : text;
}

static int write_jobs(const Slurm *slurm) {
  const char *folder = arena_format(slurm->arena, "%s/jobs", slurm->options->output);
  Map seen = {0};
  int status = make_folder(folder);
  for (uint32_t i = 0; i < slurm->graph->tasks.len && !status; i++) {
    const char *class = class_name(slurm, &seen, i);
    if (!slurm->called[i]) continue;
    Text text = {0};
    slurm_job(slurm, &slurm->graph->tasks.data[i], class, &text);
    status = write_file(arena_format(slurm->arena, "%s/%s.sbatch", folder, class), &text, 0644);
  }
  map_free(&seen);
  if (status) return status;
  Text text = {0};
  slurm_next(slurm, &text);
  status = write_file(arena_format(slurm->arena, "%s/go-on.sbatch", folder), &text, 0644);
  if (status) return status;
  text = (Text){0};
  slurm_pilot(slurm, &text);
  return write_file(arena_format(slurm->arena, "%s/whole-run.sbatch", folder), &text, 0644);
}

static int write_executable(const Slurm *slurm) {
  EmitOptions options = *slurm->options;
  options.output = arena_format(slurm->arena, "%s/workflow", slurm->options->output);
  return emit_native(slurm->plan, &options);
}

int emit_slurm(const Plan *plan, const EmitOptions *options) {
  Slurm slurm = {plan, plan->graph, options, arena_new(), NULL};
  slurm.called = called_tasks(&slurm);
  int status = 1;
  if (!strcmp(options->output, "-"))
    fprintf(stderr, "weft: a folder cannot be written to standard output: name one with -o\n");
  else
    status = make_folder(options->output) || write_jobs(&slurm) || write_submit(&slurm) ||
             write_executable(&slurm);
  arena_free(slurm.arena);
  return status;
}
