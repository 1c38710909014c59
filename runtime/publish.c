/* publish.c: results are hard links to the store where that can be, copies elsewhere; each appears whole, by a
 * rename.  OUT/NAME for an output that is one file, OUT/OUTPUT/NAME for files inside arrays and records, and
 * OUT/OUTPUT/NUMBER/NAME for the second and later ones of a name. */
#include "publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "disk.h"
#include "message.h"
#include "text.h"

typedef struct Publishing {
  Run *run;
  char *out; /* absolute path of the results folder */
  int out_fd;
  HashMap used; /* targets taken, by hash */
  const RtOutput *output;
  int64_t number; /* of the file among those of the output */
  int error;
  RtText target, above, temporary;
} Publishing;

/* Names of directories that are there are remembered: one call a directory, not a file. */
static int make_above(Publishing *p) {
  const char *slash = strrchr(p->target.data, '/');
  size_t len = (size_t)(slash - p->target.data);
  if (p->above.len == len && memcmp(p->above.data, p->target.data, len) == 0) return 0;
  p->above.len = 0;
  text_add(&p->above, p->target.data, len);
  int error = disk_make_dirs(p->above.data);
  if (error) p->above.len = 0;
  return error;
}

/* Whether what is published already is this very file, or a copy of it: links and copies share size and time. */
static int is_published(const Publishing *p, const RtFile *file) {
  struct stat there;
  if (fstatat(p->out_fd, p->target.data + strlen(p->out) + 1, &there, AT_SYMLINK_NOFOLLOW)) return 0;
  return S_ISREG(there.st_mode) && there.st_size == file->size && disk_mtime(&there) == file->mtime_ns;
}

static int copy_whole(const char *from, const char *into, const struct stat *st) {
  int from_fd = open(from, O_RDONLY | O_CLOEXEC);
  if (from_fd < 0) return errno;
  int into_fd = open(into, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, st->st_mode & 0777);
  int error = into_fd < 0 ? errno : disk_copy(from_fd, into_fd);
  struct timespec times[2] = {st->st_mtim, st->st_mtim};
  if (!error && futimens(into_fd, times)) error = errno;
  if (into_fd >= 0 && close(into_fd) && !error) error = errno;
  close(from_fd);
  return error;
}

/* A file of the user's own is copied, so that who edits the result does not edit the input. */
static int place_file(Publishing *p, const char *from, const struct stat *st) {
  const char *temporary = p->temporary.data;
  int error = store_below(&p->run->store, from) ? disk_clone_file(from, temporary) : EXDEV;
  if (error == EEXIST) {
    disk_remove(AT_FDCWD, temporary);
    error = disk_clone_file(from, temporary);
  }
  if (error && error != ENOSPC && error != EROFS) error = copy_whole(from, temporary, st);
  return error;
}

/* In the place of what is there, be it a directory. */
static int swap_in(Publishing *p) {
  const char *temporary = p->temporary.data, *target = p->target.data;
  if (rename(temporary, target) == 0) return 0;
  if (errno != EISDIR && errno != ENOTDIR && errno != ENOTEMPTY && errno != EEXIST) return errno;
  if (renameat2(AT_FDCWD, temporary, AT_FDCWD, target, RENAME_EXCHANGE) == 0)
    return disk_remove(AT_FDCWD, temporary);
  int error = disk_remove(AT_FDCWD, target);
  return error ? error : rename(temporary, target) ? errno : 0;
}

/* An entry of the store that is not what it was is made anew; the rest is looked at all the same. */
static int damaged(Publishing *p, const RtFile *file, int changed) {
  if (!changed || !store_key_of(&p->run->store, file->path->bytes)) return 0;
  run_damaged(p->run, file->path->bytes);
  return 1;
}

static int put_file(Publishing *p, const RtFile *file) {
  if (is_published(p, file)) return 0;
  struct stat st;
  int missing = stat(file->path->bytes, &st);
  int changed = !missing && (st.st_size != file->size || disk_mtime(&st) != file->mtime_ns);
  if (damaged(p, file, missing || changed)) return 0;
  if (missing) return errno;
  int error = make_above(p);
  const char *from = file->path->bytes;
  if (!error && store_below(&p->run->store, from) && linkat(AT_FDCWD, from, AT_FDCWD, p->target.data, 0) == 0)
    return 0; /* a link is whole from the start */
  if (!error) error = place_file(p, file->path->bytes, &st);
  if (!error) error = swap_in(p);
  if (error) disk_remove(AT_FDCWD, p->temporary.data);
  return error;
}

static int put_dir(Publishing *p, const RtFile *file) {
  struct stat st;
  int missing = stat(file->path->bytes, &st);
  if (damaged(p, file, missing || disk_mtime(&st) != file->mtime_ns)) return 0;
  if (disk_same_tree(AT_FDCWD, file->path->bytes, AT_FDCWD, p->target.data)) return 0;
  int error = make_above(p);
  disk_remove(AT_FDCWD, p->temporary.data);
  if (!error) error = disk_clone_tree(file->path->bytes, p->temporary.data);
  if (!error) error = swap_in(p);
  if (error) disk_remove(AT_FDCWD, p->temporary.data);
  return error;
}

/* The first target that is free; a name that is a directory of another output's is not. */
static void choose_target(Publishing *p, const char *name) {
  const RtType *type = p->output->type;
  if (type->kind == RT_OPTION) type = type->elem;
  int alone = type->kind == RT_FILE || type->kind == RT_DIR;
  for (int tries = alone ? 0 : 1; tries < 3; tries++) {
    p->target.len = 0;
    text_puts(&p->target, p->out);
    text_char(&p->target, '/');
    if (tries > 0) text_puts(&p->target, p->output->name), text_char(&p->target, '/');
    if (tries > 1) text_int(&p->target, p->number), text_char(&p->target, '/');
    text_puts(&p->target, name);
    if (!hash_get(&p->used, hash_bytes(p->target.data, p->target.len))) break;
  }
  hash_put(&p->used, hash_bytes(p->target.data, p->target.len), 1);
}

static void put(RtFile *file, void *with) {
  Publishing *p = with;
  if (p->error) return;
  const char *slash = strrchr(file->path->bytes, '/');
  choose_target(p, slash && slash[1] ? slash + 1 : "out");
  p->number++;
  if (strcmp(p->target.data, file->path->bytes) != 0) {
    p->error = file->is_dir ? put_dir(p, file) : put_file(p, file);
    if (p->error) return;
  }
  if (p->run->again) return;
  file->path = arena_string(p->run->arena, p->target.data, p->target.len);
}

static void *output_slot(const Run *run, const RtOutput *output) {
  return run->root->slots + output->ref.offset;
}

/* Outputs' names are directories of OUT: a file of the same name must not take their place. */
static void reserve_names(Publishing *p) {
  for (uint32_t i = 0; i < p->run->program->out_count; i++) {
    RtText name = {0};
    text_addf(&name, "%s/%s", p->out, p->run->program->outs[i].name);
    RtKind kind = (RtKind)p->run->program->outs[i].type->kind;
    if (kind == RT_ARRAY || kind == RT_RECORD) hash_put(&p->used, hash_bytes(name.data, name.len), 1);
    text_free(&name);
  }
  RtText state = {0};
  text_addf(&state, "%s/.weft", p->out);
  hash_put(&p->used, hash_bytes(state.data, state.len), 1);
  text_free(&state);
}

static int cannot(Publishing *p, const char *path) {
  RtText text = {0};
  text_addf(&text, "cannot write the result %s: %s", path, strerror(p->error));
  message_error(p->run, "R0112", NULL, text.data,
                "what is finished is kept: run again once it can be written");
  text_free(&text);
  return 0;
}

static int has_files(const RtProgram *program) {
  for (uint32_t i = 0; i < program->out_count; i++)
    if (program->outs[i].type->has_pointers) return 1;
  return 0;
}

int publish_check(Run *run) {
  Publishing p = {.run = run};
  if (!has_files(run->program)) return 1;
  p.error = disk_make_dirs(run->options.out);
  if (!p.error && faccessat(AT_FDCWD, run->options.out, W_OK | X_OK, AT_EACCESS)) p.error = errno;
  return p.error ? cannot(&p, run->options.out) : 1;
}

int publish_all(Run *run) {
  Publishing p = {.run = run};
  if (!has_files(run->program)) return 1;
  p.error = disk_make_dirs(run->options.out);
  p.out = p.error ? NULL : realpath(run->options.out, NULL);
  if (!p.out && !p.error) p.error = errno;
  if (!p.out) return cannot(&p, run->options.out);
  p.out_fd = open(p.out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  /* One name for all runs with this state directory, of which there is one at a time: what a killed one left goes. */
  const char *state = run->store.state;
  text_addf(&p.temporary, "%s/.weft-new-%08x", p.out, (unsigned)hash_bytes(state, strlen(state)));
  disk_remove(AT_FDCWD, p.temporary.data);
  reserve_names(&p);
  for (uint32_t i = 0; i < run->program->out_count && !p.error; i++) {
    p.output = &run->program->outs[i];
    p.number = 0;
    value_each_file(p.output->type, output_slot(run, p.output), put, &p);
  }
  if (p.error) cannot(&p, p.target.data);
  text_free(&p.target);
  text_free(&p.above);
  text_free(&p.temporary);
  hash_free(&p.used);
  if (p.out_fd >= 0) close(p.out_fd);
  free(p.out);
  return p.error == 0;
}

int publish_summary(Run *run) {
  RtText text = {0};
  text_char(&text, '{');
  for (uint32_t i = 0; i < run->program->out_count; i++) {
    const RtOutput *output = &run->program->outs[i];
    text_puts(&text, i ? ",\n \"" : "\"");
    text_addf(&text, "%s\": ", output->name);
    value_json(&text, output->type, output_slot(run, output));
  }
  text_puts(&text, "}\n");
  int error = disk_write(STDOUT_FILENO, text.data, text.len);
  text_free(&text);
  if (!error) return 1;
  message_error(run, "R0112", NULL, "cannot write the summary to standard output", strerror(error));
  return 0;
}
