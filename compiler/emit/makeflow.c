/* makeflow.c: a Makeflow, one rule a task.  It reads quotes and backslashes by rules of its own, so
 * commands stand in scripts, and the file has plain words alone. */
#include "emit/folder.h"

#include "base/hash.h"

#include <math.h>
#include <string.h>

typedef struct Makeflow {
  Folder folder;
  Text text;
  Map categories; /* hash of a category's head to its number + 1 */
  uint64_t last;  /* the category that rules are in */
} Makeflow;

static void put_path(void *self, const char *path) {
  Makeflow *makeflow = self;
  text_putc(&makeflow->text, ' ');
  text_puts(&makeflow->text, path);
}

static void given(void *self, const Item *line) { folder_given(self, line); }

/* ---- what a task asks for ---- */

static void put_resource(Text *into, const char *name, double amount) {
  if (amount > 0) text_addf(into, "%s=%.0f\n", name, ceil(amount));
}

static void put_resources(Text *into, const Item *task) {
  double cpus = item_number(task, "cpus");
  put_resource(into, "CORES", cpus > 0 ? cpus : 1);
  put_resource(into, "MEMORY", item_number(task, "memory") / 1048576);
  put_resource(into, "DISK", item_number(task, "disk") / 1048576);
  put_resource(into, "GPUS", item_number(task, "gpus"));
}

/* Rules of one name that ask for the same are a category; Makeflow measures and reports by category. */
static void put_category(Makeflow *makeflow, const Item *task) {
  Text resources = {0};
  const char *dir = item_text(task, "dir");
  int len = (int)strcspn(dir, "/");
  put_resources(&resources, task);
  uint64_t hash = hash_add(hash_bytes(dir, (size_t)len), hash_bytes(resources.data, resources.len)) | 1;
  if (hash != makeflow->last) {
    uint32_t number = map_get(&makeflow->categories, hash);
    bool is_new = !number;
    if (is_new) map_put(&makeflow->categories, hash, number = makeflow->categories.len + 1);
    text_addf(&makeflow->text, "\nCATEGORY=%.*s.%u\n", len, dir, number);
    if (is_new) text_add(&makeflow->text, resources.data, resources.len);
  }
  makeflow->last = hash;
  text_free(&resources);
}

/* ---- rules ---- */

static void joint(void *self, const Item *line) {
  Makeflow *makeflow = self;
  double number = item_number(line, "joint");
  text_addf(&makeflow->text, "\njoints/%.0f:", number);
  for (const Item *task = item_first(line, "tasks"); task; task = task->next) {
    makeflow->folder.wanted.data[(uint32_t)task->number] = WANTED_BY_TASKS;
    put_path(makeflow, folder_dir(&makeflow->folder, (uint32_t)task->number));
  }
  text_addf(&makeflow->text, "\n\tLOCAL mkdir -p joints && : > joints/%.0f\n", number);
}

static void task(void *self, const Item *line) {
  Makeflow *makeflow = self;
  const char *dir = item_text(line, "dir");
  folder_task(&makeflow->folder, line);
  put_category(makeflow, line);
  text_puts(&makeflow->text, "\n# ");
  comment_put(&makeflow->text, item_text(line, "label"));
  const char *made = folder_dir(&makeflow->folder, makeflow->folder.dir_at.len - 1);
  text_addf(&makeflow->text, "\n%s: tasks/life.sh tasks/%s", made, dir);
  folder_task_needs(&makeflow->folder, line, put_path, makeflow);
  text_addf(&makeflow->text, "\n\tsh tasks/%s", dir);
  if (strlen(made) > strlen(dir) + strlen("store/"))
    text_addf(&makeflow->text, " && tar -cf %s store/%s", made, dir);
  text_putc(&makeflow->text, '\n');
}

static void outputs(void *self, const Item *line) {
  Makeflow *makeflow = self;
  folder_outputs(&makeflow->folder, line);
  text_puts(&makeflow->text,
            "\nCATEGORY=results\nCORES=1\n\nresults results.json: tasks/life.sh tasks/results.sh");
  folder_results_need(&makeflow->folder, put_path, makeflow);
  text_puts(&makeflow->text, "\n\tLOCAL sh tasks/results.sh\n");
}

int emit_makeflow(const Plan *plan, const EmitOptions *options) {
  static const ListingUse use = {given, joint, task, outputs};
  Makeflow makeflow = {0};
  folder_begin(&makeflow.folder, options);
  makeflow.folder.packs = true; /* Work Queue cannot hand on folders with such names in them */
  text_puts(&makeflow.text, "# Run it here: makeflow -T local Makeflow\n");
  folder_head(&makeflow.folder, &makeflow.text);
  if (!makeflow.folder.failed && listing_each(plan, options, &use, &makeflow)) makeflow.folder.failed = true;
  if (!makeflow.folder.failed) folder_write(&makeflow.folder, "Makeflow", &makeflow.text);
  int failed = makeflow.folder.failed;
  folder_end(&makeflow.folder);
  text_free(&makeflow.text);
  map_free(&makeflow.categories);
  return failed;
}
