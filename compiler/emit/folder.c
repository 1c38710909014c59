/* folder.c: the files of an exported folder, and what each of its scripts needs. */
#include "emit/folder.h"

#include "base/hash.h"
#include "base/version.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool path_is_plain(const char *path) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./";
  return !path[strspn(path, plain)];
}

bool path_is_made(const char *path) { return !strncmp(path, "store/", 6); }

/* ---- files ---- */

static void cannot(Folder *folder, const char *path, int error) {
  if (!folder->failed) fprintf(stderr, "weft: %s: %s\n", path, strerror(error));
  folder->failed = true;
}

/* The path of something in the folder; good until the next call. */
static const char *path_of(Folder *folder, const char *name) {
  folder->path.len = folder->root;
  text_putc(&folder->path, '/');
  text_puts(&folder->path, name);
  return folder->path.data;
}

static void make_dir(Folder *folder, const char *name) {
  const char *path = path_of(folder, name);
  if (mkdir(path, 0777) && errno != EEXIST) cannot(folder, path, errno);
}

static void make_link(Folder *folder, const char *target, const char *name) {
  const char *path = path_of(folder, name);
  if (symlink(target, path)) cannot(folder, path, errno);
}

void folder_write(Folder *folder, const char *name, const Text *text) {
  const char *path = path_of(folder, name);
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  size_t done = 0;
  ssize_t wrote = 0;
  while (file >= 0 && done < text->len && (wrote = write(file, text->data + done, text->len - done)) > 0)
    done += (size_t)wrote;
  int error = done < text->len ? errno : 0;
  if (file >= 0 && close(file) && !error) error = errno;
  if (file < 0 || error) cannot(folder, path, error ? error : errno);
}

/* 0, or what keeps it from being a folder to write into. */
static int wrong_folder(const char *path) {
  DIR *dir = opendir(path);
  if (!dir) return errno;
  int entries = 0;
  while (entries < 3 && readdir(dir)) entries++;
  closedir(dir);
  return entries > 2 ? ENOTEMPTY : 0;
}

/* What lies there would be taken for results of this workflow. */
void folder_begin(Folder *folder, const EmitOptions *options) {
  *folder = (Folder){.options = options, .root = strlen(options->output)};
  text_puts(&folder->path, options->output);
  if (!strcmp(options->output, "-")) cannot(folder, "standard output", ENOTDIR);
  if (!folder->failed && mkdir(options->output, 0777) && errno != EEXIST)
    cannot(folder, options->output, errno);
  int wrong = folder->failed ? 0 : wrong_folder(options->output);
  if (wrong) cannot(folder, options->output, wrong);
  if (folder->failed) return;
  folder->made = true;
  make_dir(folder, "tasks");
  Text life = {0};
  text_puts(&life, life_script);
  folder_write(folder, "tasks/life.sh", &life);
  text_free(&life);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *where) {
  (void)st, (void)type, (void)where;
  return remove(path);
}

void folder_end(Folder *folder) {
  if (folder->failed && folder->made) nftw(folder->options->output, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
  text_free(&folder->path);
  text_free(&folder->dirs);
  text_free(&folder->script);
  text_free(&folder->puts);
  vec_free(&folder->dir_at);
  vec_free(&folder->wanted);
  map_free(&folder->numbers);
  map_free(&folder->groups);
  map_free(&folder->targets);
}

void folder_head(const Folder *folder, Text *into) {
  const EmitOptions *options = folder->options;
  text_puts(into, "# ");
  comment_put(into, options->source);
  for (int i = 0; i < options->arg_count; i++) {
    text_putc(into, ' ');
    Text word = {0};
    shell_put(&word, options->args[i]);
    comment_put(into, word.data);
    text_free(&word);
  }
  text_addf(into, "\n# exported by weft %s; identity %s\n", WEFT_VERSION,
            options->exact ? options->exact : "");
}

/* ---- lines ---- */

void folder_given(Folder *folder, const Item *line) {
  const char *path = listed_path(line), *user = item_text(line, "given");
  char parent[64], alias[64];
  int number = (int)strcspn(path + 3, "/");
  snprintf(parent, sizeof parent, "in/%.*s", number, path + 3);
  snprintf(alias, sizeof alias, "in/file-%.*s", number, path + 3);
  make_dir(folder, "in");
  make_dir(folder, parent);
  make_link(folder, user, path);
  if (!path_is_plain(path)) make_link(folder, user, alias);
}

const char *folder_dir(const Folder *folder, uint32_t number) {
  return folder->dirs.data + folder->dir_at.data[number];
}

static bool is_packed(const Folder *folder, const Item *task) {
  if (!folder->packs) return false;
  for (const Item *file = item_first(task, "outputs"); file; file = file->next)
    if (!path_is_plain(listed_path(file)) && path_is_made(listed_path(file))) return true;
  return false;
}

static void note_task(Folder *folder, const char *dir, bool packed) {
  vec_push(&folder->dir_at, (uint32_t)folder->dirs.len);
  vec_push(&folder->wanted, WANTED_NOT);
  text_addf(&folder->dirs, "store/%s%s", dir, packed ? ".tar" : "");
  text_putc(&folder->dirs, 0);
  map_put(&folder->numbers, hash_bytes(dir, strlen(dir)) | 1, folder->dir_at.len);
}

/* The folder of scripts of one name is made once. */
static void make_group(Folder *folder, const char *dir) {
  size_t len = strcspn(dir, "/");
  uint64_t hash = hash_bytes(dir, len) | 1;
  if (map_get(&folder->groups, hash)) return;
  map_put(&folder->groups, hash, 1);
  Text name = {0};
  text_addf(&name, "tasks/%.*s", (int)len, dir);
  make_dir(folder, name.data);
  text_free(&name);
}

void folder_task(Folder *folder, const Item *line) {
  const char *dir = item_text(line, "dir");
  note_task(folder, dir, is_packed(folder, line));
  make_group(folder, dir);
  folder->script.len = 0;
  task_script_put(&folder->script, line);
  Text name = {0};
  text_addf(&name, "tasks/%s", dir);
  folder_write(folder, name.data, &folder->script);
  text_free(&name);
}

/* ---- what is needed ---- */

static void use_given(const char *path, FolderPath *use, void *self) {
  char alias[64];
  snprintf(alias, sizeof alias, "in/file-%.*s", (int)strcspn(path + 3, "/"), path + 3);
  use(self, path_is_plain(path) ? path : alias);
}

void folder_task_needs(Folder *folder, const Item *line, FolderPath *use, void *self) {
  char path[64];
  for (const Item *file = item_first(line, "inputs"); file; file = file->next)
    if (!strncmp(listed_path(file), "in/", 3)) use_given(listed_path(file), use, self);
  for (const Item *need = item_first(line, "needs"); need; need = need->next) {
    folder->wanted.data[(uint32_t)need->number] = WANTED_BY_TASKS;
    use(self, folder_dir(folder, (uint32_t)need->number));
  }
  for (const Item *joint = item_first(line, "joints"); joint; joint = joint->next) {
    snprintf(path, sizeof path, "joints/%.0f", joint->number);
    use(self, path);
  }
}

void folder_results_need(Folder *folder, FolderPath *use, void *self) {
  for (uint32_t i = 0; i < folder->dir_at.len; i++)
    if (folder->wanted.data[i] != WANTED_BY_TASKS) use(self, folder_dir(folder, i));
}
