/* cwl_results.c: the summary of a run as an output object of CWL. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "import/cwl_files.h"
#include "import/cwl_job.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Results {
  Cwl *cwl;
  const char *folder;
  Text *json;
  Map taken; /* names in the folder */
  const char *wrong;
} Results;

static void fail(Results *results, const char *path) {
  if (!results->wrong) results->wrong = CWL_FORMAT(results->cwl, "%s: %s", path, strerror(errno));
}

/* ---- files ---- */

static bool sha1(const char *path, char hex[41]) {
  unsigned char hash[SHA_DIGEST_LENGTH], block[1 << 16];
  SHA_CTX state;
  FILE *file = fopen(path, "re");
  if (!file) return false;
  SHA1_Init(&state);
  for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;) SHA1_Update(&state, block, got);
  fclose(file);
  SHA1_Final(hash, &state);
  for (size_t i = 0; i < sizeof hash; i++) snprintf(hex + 2 * i, 3, "%02x", hash[i]);
  return true;
}

static bool copy(const char *from, const char *into) {
  unlink(into);
  if (link(from, into) == 0) return true;
  FILE *in = fopen(from, "re"), *out = fopen(into, "we");
  char block[1 << 16];
  bool fine = in && out;
  for (size_t got; fine && (got = fread(block, 1, sizeof block, in)) > 0;)
    fine = fwrite(block, 1, got, out) == got;
  if (in) fclose(in);
  if (out && fclose(out)) fine = false;
  return fine;
}

static bool copy_tree(Results *results, const char *from, const char *into) {
  struct stat st;
  if (stat(from, &st)) return false;
  if (!S_ISDIR(st.st_mode)) return copy(from, into);
  if (mkdir(into, 0777) && errno != EEXIST) return false;
  struct dirent **entries;
  int count = scandir(from, &entries, NULL, alphasort);
  bool fine = count >= 0;
  for (int i = 0; i < count; i++) {
    const char *name = entries[i]->d_name;
    if (strcmp(name, ".") && strcmp(name, ".."))
      fine &= copy_tree(results, CWL_FORMAT(results->cwl, "%s/%s", from, name),
                        CWL_FORMAT(results->cwl, "%s/%s", into, name));
    free(entries[i]);
  }
  if (count >= 0) free(entries);
  return fine;
}

static const char *place(Results *results, const char *path) {
  Cwl *cwl = results->cwl;
  const char *base = cwl_base(path), *name = base;
  for (uint32_t i = 2; map_get(&results->taken, cwl_key(cwl, name)); i++)
    name = CWL_FORMAT(cwl, "%s_%u", base, i);
  map_put(&results->taken, cwl_key(cwl, name), 1);
  const char *into = CWL_FORMAT(cwl, "%s/%s", results->folder, name);
  if (!copy_tree(results, path, into)) fail(results, into);
  return into;
}

static void put_text(Results *results, const char *key, const char *text) {
  text_addf(results->json, "\"%s\": ", key);
  text_json(results->json, text, strlen(text));
}

static void put_object(Results *results, const char *path);

static void put_listing(Results *results, const char *path) {
  struct dirent **entries;
  int count = scandir(path, &entries, NULL, alphasort);
  bool first = true;
  text_puts(results->json, ", \"listing\": [");
  for (int i = 0; i < count; i++) {
    const char *name = entries[i]->d_name;
    if (strcmp(name, ".") && strcmp(name, "..")) {
      text_puts(results->json, first ? "" : ", ");
      put_object(results, CWL_FORMAT(results->cwl, "%s/%s", path, name));
      text_putc(results->json, '}');
      first = false;
    }
    free(entries[i]);
  }
  if (count >= 0) free(entries);
  text_putc(results->json, ']');
}

/* All but the closing brace. */
static void put_object(Results *results, const char *path) {
  struct stat st;
  char hex[41];
  if (stat(path, &st)) {
    fail(results, path);
    text_putc(results->json, '{');
    return;
  }
  text_puts(results->json, S_ISDIR(st.st_mode) ? "{\"class\": \"Directory\", " : "{\"class\": \"File\", ");
  put_text(results, "location", CWL_FORMAT(results->cwl, "file://%s", path));
  text_puts(results->json, ", ");
  put_text(results, "path", path);
  text_puts(results->json, ", ");
  put_text(results, "basename", cwl_base(path));
  if (S_ISDIR(st.st_mode)) {
    put_listing(results, path);
  } else if (sha1(path, hex)) {
    text_addf(results->json, ", \"checksum\": \"sha1$%s\", \"size\": %lld", hex, (long long)st.st_size);
  }
}

/* ---- values ---- */

static void put_value(Results *results, const Tree *value, const CType *type, const Tree *port);

/* With the namespace of the document written out. */
static const char *expanded(Results *results, const char *format) {
  const char *colon = strchr(format, ':');
  if (!colon || !strncmp(colon, "://", 3)) return format;
  const char *prefix = arena_text(results->cwl->session->arena, format, (size_t)(colon - format));
  for (uint32_t i = 0; i < results->cwl->documents.len; i++) {
    const char *space = tree_get_text(tree_get(results->cwl->documents.data[i].root, "$namespaces"), prefix);
    if (space) return CWL_FORMAT(results->cwl, "%s%s", space, colon + 1);
  }
  return format;
}

/* Of an output: as it is said, or that of an input. */
static const char *format_of(Results *results, const char *format) {
  if (!strncmp(format, "$(inputs.", 9)) {
    const char *name = arena_text(results->cwl->session->arena, format + 9, strcspn(format + 9, ".)"));
    format = tree_get_text(tree_get(results->cwl->job, name), "format");
  }
  return format && !strstr(format, "$(") ? expanded(results, format) : NULL;
}

static void put_file(Results *results, const Tree *value, const Tree *port) {
  const Tree *primary = tree_get(value, "primary"), *secondary = tree_get(value, "secondary");
  const char *path = tree_get_text(primary ? primary : value, "path"),
             *format = tree_get_text(port, "format");
  put_object(results, place(results, path ? path : ""));
  if (format && (format = format_of(results, format))) {
    text_puts(results->json, ", ");
    put_text(results, "format", format);
  }
  if (secondary && secondary->count) text_puts(results->json, ", \"secondaryFiles\": [");
  for (const Tree *item = secondary ? secondary->first : NULL; item; item = item->next) {
    const char *own = tree_get_text(item, "path");
    text_puts(results->json, item == secondary->first ? "" : ", ");
    put_object(results, place(results, own ? own : ""));
    text_putc(results->json, '}');
  }
  text_puts(results->json, secondary && secondary->count ? "]}" : "}");
}

static void put_record(Results *results, const Tree *value, const CType *type) {
  text_putc(results->json, '{');
  for (uint32_t i = 0; i < type->count; i++) {
    const CField *field = &type->fields[i];
    text_puts(results->json, i ? ", " : "");
    text_json(results->json, field->name, strlen(field->name));
    text_puts(results->json, ": ");
    put_value(results, tree_get(value, field->wf), field->type, field->node);
  }
  text_putc(results->json, '}');
}

static void put_value(Results *results, const Tree *value, const CType *type, const Tree *port) {
  if (!value || value->kind == TREE_NULL) {
    text_puts(results->json, "null");
    return;
  }
  if (type->kind == C_OPTION) type = type->elem;
  if (type->kind == C_ANY && tree_text(value)) { /* is text of JSON */
    text_add(results->json, value->text, value->len);
    return;
  }
  if (type->kind == C_FILE || type->kind == C_DIR) {
    put_file(results, value, port);
  } else if (type->kind == C_RECORD) {
    put_record(results, value, type);
  } else if (type->kind == C_ARRAY && value->kind == TREE_LIST) {
    text_putc(results->json, '[');
    for (const Tree *item = value->first; item; item = item->next) {
      text_puts(results->json, item == value->first ? "" : ", ");
      put_value(results, item, type->elem, port);
    }
    text_putc(results->json, ']');
  } else {
    tree_json(value, results->json);
  }
}

const char *cwl_job_outputs(Cwl *cwl, const Tree *summary, const char *folder, Text *json) {
  Results results = {.cwl = cwl, .folder = folder, .json = json};
  text_puts(json, "{");
  for (uint32_t i = 0; i < cwl->main->out_count; i++) {
    const CPort *port = &cwl->main->outs[i];
    text_puts(json, i ? ",\n    " : "\n    ");
    text_json(json, port->name, strlen(port->name));
    text_puts(json, ": ");
    put_value(&results, tree_get(summary, port->wf), port->type, port->node);
  }
  text_puts(json, "\n}\n");
  map_free(&results.taken);
  return results.wrong;
}
