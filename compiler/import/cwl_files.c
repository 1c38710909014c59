/* cwl_files.c: File and Directory objects of a document as files that are there. */
#include "import/cwl_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *cwl_base(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash && slash[1] ? slash + 1 : path;
}

const char *cwl_fresh_folder(Cwl *cwl, const char *folder) {
  static unsigned number;
  const char *path = CWL_FORMAT(cwl, "%s/%u", folder, number++);
  mkdir(path, 0777);
  return path;
}

static const char *write_text(const Tree *text, const char *path) {
  FILE *file = fopen(path, "we");
  if (!file) return NULL;
  bool fine = fwrite(text->text, 1, text->len, file) == text->len;
  return fclose(file) == 0 && fine ? path : NULL;
}

static const char *absolute(Cwl *cwl, const char *path) {
  char here[4096];
  return path && *path != '/' && getcwd(here, sizeof here) ? CWL_FORMAT(cwl, "%s/%s", here, path) : path;
}

static const char *own_path(Cwl *cwl, const Tree *object) {
  const Tree *path = tree_has(object, "path") ? tree_get(object, "path") : tree_get(object, "location");
  if (!tree_text(path)) return NULL;
  return absolute(cwl, cwl_path(cwl, path->span, path->text));
}

static bool fill(Cwl *cwl, const Tree *listing, const char *into, const char *folder);

static const char *make_directory(Cwl *cwl, const Tree *object, const char *folder) {
  const char *name = tree_get_text(object, "basename");
  const char *path = CWL_FORMAT(cwl, "%s/%s", cwl_fresh_folder(cwl, folder),
                                name ? cwl_base(name) : "directory");
  if (mkdir(path, 0777) && errno != EEXIST) return NULL;
  return fill(cwl, tree_get(object, "listing"), path, folder) ? path : NULL;
}

static bool fill(Cwl *cwl, const Tree *listing, const char *into, const char *folder) {
  for (const Tree *item = listing ? listing->first : NULL; item; item = item->next) {
    const char *path = cwl_file_of(cwl, item, folder), *name = tree_get_text(item, "basename");
    if (!path || symlink(path, CWL_FORMAT(cwl, "%s/%s", into, cwl_base(name ? name : path)))) return false;
  }
  return true;
}

const char *cwl_file_of(Cwl *cwl, const Tree *object, const char *folder) {
  if (tree_text(object)) return absolute(cwl, cwl_path(cwl, object->span, object->text));
  const char *path = own_path(cwl, object), *name = tree_get_text(object, "basename");
  const Tree *contents = tree_get(object, "contents");
  if (!path && contents)
    return write_text(
        contents, CWL_FORMAT(cwl, "%s/%s", cwl_fresh_folder(cwl, folder), name ? cwl_base(name) : "file"));
  if (!path) return make_directory(cwl, object, folder);
  if (!name || !strcmp(name, cwl_base(path))) return path;
  char real[4096];
  const char *renamed = CWL_FORMAT(cwl, "%s/%s", cwl_fresh_folder(cwl, folder), cwl_base(name));
  return realpath(path, real) && !symlink(real, renamed) ? renamed : path;
}

const char *cwl_beside(Cwl *cwl, const char *path, const char *pattern) {
  size_t len = strlen(path);
  for (; *pattern == '^'; pattern++) {
    const char *dot = memrchr(path, '.', len), *slash = memrchr(path, '/', len);
    if (dot && (!slash || dot > slash)) len = (size_t)(dot - path);
  }
  size_t more = strlen(pattern);
  if (more && pattern[more - 1] == '?') more--;
  return CWL_FORMAT(cwl, "%.*s%.*s", (int)len, path, (int)more, pattern);
}
