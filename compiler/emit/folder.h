/* folder.h: workflows as folders of shell scripts, one a task, for engines that run commands and follow
 * files.
 *
 *   tasks/DIR        the script of a task: run with sh in the exported folder it makes store/DIR/, its outputs
 *   tasks/life.sh    what all of them share: the life of a task as in a native run
 *   tasks/results.sh makes results/ and results.json
 *   in/N/NAME        links to the user's files; in/file-N also, where an engine could not write the name
 *   joints/N         stands for many tasks that others come after
 *
 * Paths that engines are told are made of letters, digits and "_-./" alone. */
#ifndef WEFT_EMIT_FOLDER_H
#define WEFT_EMIT_FOLDER_H

#include "emit/listing.h"

/* Who needs what a task makes. */
typedef enum Wanted { WANTED_NOT, WANTED_BY_TASKS, WANTED_AS_RESULT } Wanted;

typedef struct Folder {
  const EmitOptions *options;
  bool packs; /* what a task makes under names that are not plain is handed on as store/DIR.tar */
  Text path;  /* of the file that is written; the folder's own takes `root` bytes */
  size_t root;
  Text dirs;            /* of tasks, each with its NUL */
  VEC(uint32_t) dir_at; /* by task: where its own is in `dirs` */
  VEC(uint8_t) wanted;  /* by task: WANTED */
  Map numbers;          /* hash of a directory to number + 1 */
  Map groups;           /* hash of a directory of scripts that was made */
  Text script, puts;    /* what is being written; the lines of tasks/results */
  Map targets;          /* hash of a published path */
  bool made;            /* the folder was empty: what is in it is ours */
  bool failed;          /* told already */
} Folder;

/* Make the folder, which must not hold anything yet. */
void folder_begin(Folder *folder, const EmitOptions *options);
/* A line of the listing becomes files. */
void folder_given(Folder *folder, const Item *line);
void folder_task(Folder *folder, const Item *line);
void folder_outputs(Folder *folder, const Item *line);
/* Write a file of the folder. */
void folder_write(Folder *folder, const char *name, const Text *text);
/* After a failure nothing of the folder is left. */
void folder_end(Folder *folder);

/* What a task hands on: "store/DIR", or "store/DIR.tar". */
const char *folder_dir(const Folder *folder, uint32_t number);
/* Call with each path that a task must find: its script, the user's files, directories of other tasks,
 * joints. */
typedef void FolderPath(void *self, const char *path);
void folder_task_needs(Folder *folder, const Item *line, FolderPath *use, void *self);
/* The same for tasks/results.sh. */
void folder_results_need(Folder *folder, FolderPath *use, void *self);
/* Append what the folder was made of and by, as comments. */
void folder_head(const Folder *folder, Text *into);

/* ---- folder_script.c ---- */

/* Append as a word of a shell; what is below the root of listings begins with "$WEFT_DIR". */
void shell_put(Text *into, const char *text);
/* Append the directory of tasks that a path below store/ lies in, "align/3". */
void folder_put_dir(Text *into, const char *path);
/* Append in a comment. */
void comment_put(Text *into, const char *text);
/* Append the script of a task. */
void task_script_put(Text *into, const Item *task);
/* tasks/life.sh */
extern const char life_script[];

/* Whether engines can write a path, and hand it on; if not, they are told of in/file-N in the place of
 * in/N/NAME. */
bool path_is_plain(const char *path);
bool path_is_made(const char *path);

#endif
