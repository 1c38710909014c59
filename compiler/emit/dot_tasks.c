/* dot_tasks.c: the tasks of a workflow for given inputs, the files between them, and the results, as dot
 * text. */
#include "emit/dot_text.h"
#include "emit/listing.h"

#include "base/hash.h"
#include "base/version.h"

#include <string.h>

typedef struct Picture {
  Text text;
  const char *output; /* the result whose files are being drawn */
  Map makers;         /* hash of a task's directory to its number + 1 */
  VEC(uint32_t) seen; /* by task: the one that has a file of it, + 1 */
} Picture;

static const char *last_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static void put_file(Picture *picture, const Item *file, const char *look) {
  text_puts(&picture->text, "  ");
  dot_quote(&picture->text, listed_path(file));
  text_addf(&picture->text, " [%s, label=", look);
  dot_quote(&picture->text, last_name(listed_path(file)));
  text_puts(&picture->text, "];\n");
}

static void given(void *self, const Item *line) { put_file(self, line, "shape=box, fillcolor=\"#d7efd7\""); }

static void joint(void *self, const Item *line) {
  Picture *picture = self;
  double number = item_number(line, "joint");
  text_addf(&picture->text, "  joint%.0f [shape=point, label=\"\"];\n", number);
  for (const Item *member = item_first(line, "tasks"); member; member = member->next)
    text_addf(&picture->text, "  task%.0f -> joint%.0f [style=dashed];\n", member->number, number);
}

/* The task whose directory a path lies in, + 1; 0: none. */
static uint32_t maker_of(const Picture *picture, const char *path) {
  if (strncmp(path, "store/", 6) != 0) return 0;
  size_t leaf = strcspn(path + 6, "/") + 1, len = leaf + strcspn(path + 6 + leaf, "/");
  return map_get(&picture->makers, hash_bytes(path + 6, len) | 1);
}

static void put_inputs(Picture *picture, const Item *line, uint32_t number) {
  Text *text = &picture->text;
  for (const Item *file = item_first(line, "inputs"); file; file = file->next) {
    uint32_t maker = maker_of(picture, listed_path(file));
    if (maker) picture->seen.data[maker - 1] = number + 1;
    text_puts(text, "  ");
    dot_quote(text, listed_path(file));
    text_addf(text, " -> task%u;\n", number);
  }
  for (const Item *need = item_first(line, "needs"); need; need = need->next)
    if (picture->seen.data[(uint32_t)need->number] != number + 1)
      text_addf(text, "  task%.0f -> task%u [style=dashed];\n", need->number, number);
  for (const Item *one = item_first(line, "joints"); one; one = one->next)
    text_addf(text, "  joint%.0f -> task%u [style=dashed];\n", one->number, number);
}

static void put_outputs(Picture *picture, const Item *line, uint32_t number) {
  Text *text = &picture->text;
  for (const Item *file = item_first(line, "outputs"); file; file = file->next) {
    if (!listed_own_path(line, file)) continue;
    put_file(picture, file,
             listed_is_dir(file) ? "shape=folder, fillcolor=white" : "shape=note, fillcolor=white");
    text_addf(text, "  task%u -> ", number);
    dot_quote(text, listed_path(file));
    text_puts(text, ";\n");
  }
}

static void task(void *self, const Item *line) {
  Picture *picture = self;
  const char *dir = item_text(line, "dir");
  uint32_t number = picture->seen.len;
  vec_push(&picture->seen, 0);
  map_put(&picture->makers, hash_bytes(dir, strlen(dir)) | 1, number + 1);
  text_addf(&picture->text, "  task%u [shape=box, fillcolor=\"%s\", label=", number, dot_style(OP_TASK).fill);
  dot_quote(&picture->text, item_text(line, "label"));
  text_puts(&picture->text, "];\n");
  put_inputs(picture, line, number);
  put_outputs(picture, line, number);
}

static void put_result(void *self, const Item *file) {
  Picture *picture = self;
  text_puts(&picture->text, "  ");
  dot_quote(&picture->text, listed_path(file));
  text_addf(&picture->text, " -> \"result %s\";\n", picture->output);
}

static void outputs(void *self, const Item *line) {
  Picture *picture = self;
  for (const Item *output = item_first(line, "outputs"); output; output = output->next) {
    picture->output = item_text(output, "name");
    text_addf(&picture->text, "  \"result %s\" [shape=box, fillcolor=\"%s\", label=\"%s\"];\n",
              picture->output, dot_style(OP_INPUT).fill, picture->output);
    listed_each_file(item_find(output, "value"), put_result, picture);
  }
}

int emit_dot(const Plan *plan, const EmitOptions *options) {
  static const ListingUse use = {given, joint, task, outputs};
  Picture picture = {0};
  text_puts(&picture.text, "// ");
  for (const char *at = options->source; *at; at++)
    text_putc(&picture.text, (unsigned char)*at < ' ' ? ' ' : *at);
  text_addf(&picture.text, ", exported by weft %s; identity %s\n", WEFT_VERSION,
            options->exact ? options->exact : "");
  dot_begin(&picture.text, name_of(plan->graph->session, plan->graph->name), 0);
  int failed = listing_each(plan, options, &use, &picture);
  text_puts(&picture.text, "}\n");
  failed = failed || listing_write(options->output, &picture.text);
  text_free(&picture.text);
  map_free(&picture.makers);
  vec_free(&picture.seen);
  return failed;
}
