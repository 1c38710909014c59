/* listing.h: all tasks of a workflow for given inputs, for targets that must know them beforehand.
 *
 * The workflow is built natively into a temporary file, and that executable lists its tasks
 * (runtime/list.c): nothing is evaluated twice in two ways.  A listing is read line by line; what is kept
 * is for its users to say. */
#ifndef WEFT_EMIT_LISTING_H
#define WEFT_EMIT_LISTING_H

#include "emit/item.h"
#include "emit/target.h"

/* Called with each line, an object with these members:
 *   given    {given: the user's path, "/": where it is below the root, size or dir: true}
 *   joint    {joint: number, tasks: numbers}: what many tasks come after
 *   task     {task: number from 0, name, label, file, line, dir: "align/3", needs: numbers, joints: numbers,
 *             argv or (interpreter, script), stdin_file, stdin_text, stdout: true, env: texts by name,
 *             stage: [{name, file}], accept, cpus, gpus, memory, disk, time, timeout, retries, inputs, outputs}
 *   outputs  {outputs: [{name, type, value}]}: at the end, once
 * A file is {"/": path below the root, dir: true for a directory}; what a task makes is in store/DIR/. */
typedef struct ListingUse {
  void (*given)(void *self, const Item *line);
  void (*joint)(void *self, const Item *line);
  void (*task)(void *self, const Item *line);
  void (*outputs)(void *self, const Item *line);
} ListingUse;

/* List the tasks; 0, or 1 after what is wrong was told on standard error. */
int listing_each(const Plan *plan, const EmitOptions *options, const ListingUse *use, void *self);

/* Write a text, "-": to standard output; 0, or 1 after one line on standard error. */
int listing_write(const char *path, const Text *text);

/* The path of a file; whether it is a directory. */
const char *listed_path(const Item *file);
bool listed_is_dir(const Item *file);
/* The path of an output below the task's directory; NULL: an input that is handed on. */
const char *listed_own_path(const Item *task, const Item *file);
/* Go through the files of a value, however deep. */
void listed_each_file(const Item *value, void (*visit)(void *self, const Item *file), void *self);

#endif
