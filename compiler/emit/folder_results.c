/* folder_results.c: the script that puts results where a native run would: results/NAME for an output that
 * is one file, results/OUTPUT/NAME for files in arrays and records, results/OUTPUT/NUMBER/NAME for the
 * later ones of a name (runtime/publish.c). */
#include "emit/folder.h"

#include "base/hash.h"

#include <string.h>

typedef struct Results {
  Folder *folder;
  Text json;
  const Item *output;
  uint32_t number; /* of the file among those of the output */
} Results;

static bool take(Folder *folder, const char *target) {
  uint64_t hash = hash_bytes(target, strlen(target)) | 1;
  if (map_get(&folder->targets, hash)) return false;
  map_put(&folder->targets, hash, 1);
  return true;
}

static bool is_alone(const char *type) { return !strncmp(type, "File", 4) || !strncmp(type, "Dir", 3); }

static void choose_target(Results *results, const char *name, Text *target) {
  const char *output = item_text(results->output, "name");
  for (int tries = is_alone(item_text(results->output, "type")) ? 0 : 1; tries < 3; tries++) {
    target->len = 0;
    if (tries > 0) text_addf(target, "%s/", output);
    if (tries > 1) text_addf(target, "%u/", results->number);
    text_puts(target, name);
    if (take(results->folder, target->data)) return;
  }
}

/* Whose directory it lies in is needed whatever else needs it. */
static void need(Folder *folder, const char *path) {
  Text dir = {0};
  folder_put_dir(&dir, path);
  uint32_t number = map_get(&folder->numbers, hash_bytes(dir.data, dir.len) | 1);
  if (number) folder->wanted.data[number - 1] = WANTED_AS_RESULT;
  if (folder->packs && !path_is_plain(path)) text_addf(&folder->puts, "unpack %s\n", dir.data);
  text_free(&dir);
}

static void publish(Results *results, const Item *file) {
  Folder *folder = results->folder;
  const char *path = listed_path(file), *slash = strrchr(path, '/');
  Text target = {0}, shown = {0};
  choose_target(results, slash[1] ? slash + 1 : "out", &target);
  results->number++;
  if (path_is_made(path)) need(folder, path);
  text_puts(&folder->puts, path_is_made(path) ? "put " : "copy ");
  shell_put(&folder->puts, path);
  text_putc(&folder->puts, ' ');
  shell_put(&folder->puts, target.data);
  text_putc(&folder->puts, '\n');
  text_addf(&shown, "results/%s", target.data);
  text_puts(&results->json, "{\"path\": ");
  text_json(&results->json, shown.data, shown.len);
  text_putc(&results->json, '}');
  text_free(&shown);
  text_free(&target);
}

/* ---- the value of an output as JSON, files by where they will be ---- */

static void put_scalar(Text *into, const Item *item) {
  if (item->kind == ITEM_TEXT)
    text_json(into, item->text, item->len);
  else
    text_add(into, item->text, item->len);
}

/* What stands before an item, and it itself or its opening bracket; true: its parts follow. */
static bool open_item(Results *results, const Item *item, const Item *root) {
  Text *json = &results->json;
  if (item != root && item->parent->first != item) text_puts(json, ", ");
  if (item != root && item->parent->kind == ITEM_RECORD) {
    text_json(json, item->name, strlen(item->name));
    text_puts(json, ": ");
  }
  if (item->kind == ITEM_RECORD && listed_path(item)) return publish(results, item), false;
  if (item->kind != ITEM_RECORD && item->kind != ITEM_LIST) return put_scalar(json, item), false;
  text_putc(json, item->kind == ITEM_RECORD ? '{' : '[');
  return true;
}

static void put_value(Results *results, const Item *root) {
  const Item *at = root;
  while (at) {
    bool opened = open_item(results, at, root);
    if (opened && at->first) {
      at = at->first;
      continue;
    }
    if (opened) text_putc(&results->json, at->kind == ITEM_RECORD ? '}' : ']');
    while (at != root && !at->next) {
      at = at->parent;
      text_putc(&results->json, at->kind == ITEM_RECORD ? '}' : ']');
    }
    at = at == root ? NULL : at->next;
  }
}

/* ---- the script ---- */

/* Names of outputs that are folders: a file of such a name must not take their place. */
static void reserve_names(Folder *folder, const Item *outputs) {
  for (const Item *output = outputs; output; output = output->next) {
    const char *type = item_text(output, "type");
    if ((*type == '[' || *type == '(') && type[strlen(type) - 1] != '?')
      take(folder, item_text(output, "name"));
  }
}

static const char script_head[] =
    "#!/bin/sh\n"
    "# Puts what the workflow brings into results/, and tells of it in results.json.\n"
    ". tasks/life.sh\n"
    "unpack() { [ ! -e \"store/$1.tar\" ] || { rm -rf \"store/$1\" && tar -xf \"store/$1.tar\"; } || exit 1; "
    "}\n"
    "place() { # COMMAND... FROM TO\n"
    "  for weft_to; do :; done\n"
    "  case $weft_to in */*) [ -d \"${weft_to%/*}\" ] || mkdir -p \"${weft_to%/*}\" || exit 1 ;; esac\n"
    "  \"$@\" 2> results.error\n"
    "}\n"
    "copy() { place cp -RHp \"$1\" \"results.new/$2\" || { cat results.error >&2; exit 1; }; }\n"
    "put() { place ln \"$1\" \"results.new/$2\" || copy \"$1\" \"$2\"; }\n"
    "rm -rf results.new && mkdir results.new || exit 1\n";

static const char script_tail[] = "rm -rf results && mv results.new results && rm -f results.error\n";

void folder_outputs(Folder *folder, const Item *line) {
  const Item *outputs = item_first(line, "outputs");
  Results results = {.folder = folder};
  reserve_names(folder, outputs);
  text_puts(&results.json, "{");
  for (results.output = outputs; results.output; results.output = results.output->next) {
    text_addf(&results.json, "%s\"%s\": ", results.output == outputs ? "" : ",\n ",
              item_text(results.output, "name"));
    results.number = 0;
    put_value(&results, item_find(results.output, "value"));
  }
  text_puts(&results.json, "}");
  Text script = {0};
  text_puts(&script, script_head);
  if (folder->puts.len) text_add(&script, folder->puts.data, folder->puts.len);
  text_puts(&script, "printf '%s\\n' ");
  shell_put(&script, results.json.data);
  text_puts(&script, " > results.json || exit 1\n");
  text_puts(&script, script_tail);
  folder_write(folder, "tasks/results.sh", &script);
  text_free(&script);
  text_free(&results.json);
}
