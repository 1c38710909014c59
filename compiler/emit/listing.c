/* listing.c: the executable that lists the tasks is built, run and removed; its lines are read. */
#include "emit/listing.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int complain(const char *what, const char *reason) {
  fprintf(stderr, "weft: %s: %s\n", what, reason);
  return 1;
}

/* ---- lines ---- */

typedef void LineUse(void *self, const Item *line);

static LineUse *use_of(const ListingUse *use, const Item *line) {
  const char *kind = line->first && line->first->name ? line->first->name : "";
  if (!strcmp(kind, "given")) return use->given;
  if (!strcmp(kind, "joint")) return use->joint;
  if (!strcmp(kind, "task")) return use->task;
  if (!strcmp(kind, "outputs")) return use->outputs;
  return NULL;
}

static int read_lines(FILE *from, const ListingUse *use, void *self) {
  ItemPool pool = {0};
  char *line = NULL;
  size_t cap = 0;
  int failed = 0;
  while (!failed && getline(&line, &cap, from) > 0) {
    const Item *item = item_read(&pool, line);
    LineUse *called = item ? use_of(use, item) : NULL;
    if (called) called(self, item);
    if (!item) failed = complain("list of tasks", "a line that cannot be read");
  }
  free(line);
  item_pool_free(&pool);
  return failed;
}

/* ---- the executable ---- */

/* Its own name is how its messages call it. */
static char **arguments(const EmitOptions *options, char *name) {
  static char list[] = "--list-tasks";
  char **argv = mem_zero(((size_t)options->arg_count + 3) * sizeof *argv);
  int count = 0;
  argv[count++] = name;
  argv[count++] = list;
  for (int i = 0; i < options->arg_count; i++) argv[count++] = options->args[i];
  return argv;
}

static int wait_for(pid_t child) {
  int status;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return complain("list of tasks", strerror(errno));
  if (WIFSIGNALED(status)) return complain("list of tasks", strsignal(WTERMSIG(status)));
  return WEXITSTATUS(status) != 0; /* it has said why */
}

static int start(char *executable, char **argv, int into, pid_t *child) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, into, STDOUT_FILENO);
  int error = posix_spawn(child, executable, &actions, NULL, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

static int run(const EmitOptions *options, char *executable, const ListingUse *use, void *self) {
  int ends[2];
  pid_t child;
  if (pipe2(ends, O_CLOEXEC)) return complain("pipe", strerror(errno));
  Text name = {0};
  text_addf(&name, "weft run %s --", options->source);
  char **argv = arguments(options, name.data);
  int error = start(executable, argv, ends[1], &child);
  free(argv);
  text_free(&name);
  close(ends[1]);
  FILE *from = error ? NULL : fdopen(ends[0], "r");
  if (!from) {
    close(ends[0]);
    return complain(executable, strerror(error ? error : errno));
  }
  int failed = read_lines(from, use, self);
  fclose(from);
  return wait_for(child) || failed;
}

int listing_each(const Plan *plan, const EmitOptions *options, const ListingUse *use, void *self) {
  const char *folder = getenv("TMPDIR");
  char *executable = NULL;
  if (asprintf(&executable, "%s/weft-XXXXXX", folder && *folder ? folder : "/tmp") < 0) BUG("no memory");
  int file = mkostemp(executable, O_CLOEXEC);
  if (file < 0) {
    int failed = complain(executable, strerror(errno));
    free(executable);
    return failed;
  }
  close(file);
  EmitOptions native = {
      .output = executable, .source = options->source, .form = EMIT_EXE, .timings = options->timings};
  int failed = emit_native(plan, &native) || run(options, executable, use, self);
  unlink(executable);
  free(executable);
  return failed;
}

int listing_write(const char *path, const Text *text) {
  bool standard = !strcmp(path, "-");
  FILE *into = standard ? stdout : fopen(path, "we");
  if (!into) return complain(path, strerror(errno));
  bool good = fwrite(text->data, 1, text->len, into) == text->len;
  int error = errno;
  if ((standard ? fflush(into) : fclose(into)) && good) good = false, error = errno;
  return good ? 0 : complain(standard ? "standard output" : path, strerror(error));
}

/* ---- files ---- */

const char *listed_path(const Item *file) { return item_text(file, "/"); }

const char *listed_own_path(const Item *task, const Item *file) {
  const char *path = listed_path(file), *dir = item_text(task, "dir");
  size_t len = strlen(dir);
  if (strncmp(path, "store/", 6) != 0 || strncmp(path + 6, dir, len) != 0) return NULL;
  return !path[6 + len] ? "." : path[6 + len] == '/' ? path + 6 + len + 1 : NULL;
}

bool listed_is_dir(const Item *file) { return item_find(file, "dir") != NULL; }

void listed_each_file(const Item *value, void (*visit)(void *self, const Item *file), void *self) {
  const Item *at = value;
  while (at) {
    bool file = at->kind == ITEM_RECORD && listed_path(at);
    if (file) visit(self, at);
    if (at->first && !file) {
      at = at->first;
      continue;
    }
    while (at != value && !at->next) at = at->parent;
    at = at == value ? NULL : at->next;
  }
}
