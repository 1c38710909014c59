/* wfformat.c: the tasks and files of a workflow in WfFormat 1.5, the JSON of the WfCommons project: the
 * specification alone, since nothing has run. */
#include "emit/listing.h"

#include "base/hash.h"
#include "base/version.h"

#include <ctype.h>
#include <string.h>

/* Where something is in a list of all. */
typedef struct Part {
  uint32_t first, count;
} Part;

typedef struct WfTask {
  size_t text, len; /* its members but for parents and children, in `texts` */
  size_t id;        /* in `ids` */
  Part parents;     /* in `parents` */
} WfTask;

typedef struct WfFormat {
  Text texts, ids, files;
  VEC(WfTask) tasks;
  VEC(uint32_t) parents;
  VEC(Part) joints; /* in `members` */
  VEC(uint32_t) members;
  VEC(uint32_t) seen; /* by task: the one that counts it among its parents, + 1 */
  Map paths;          /* hash of an id to that of the path it was made of */
} WfFormat;

/* ---- ids have letters, digits and "-_." alone ---- */

/* "store/align/3/x y.bam" is "align.3.x_y.bam". */
static void put_id(WfFormat *format, Text *into, const char *path) {
  Text id = {0};
  for (const char *at = strncmp(path, "store/", 6) ? path : path + 6; *at; at++)
    text_putc(&id, *at == '/' ? '.' : isalnum((unsigned char)*at) || strchr("-_.", *at) ? *at : '_');
  uint32_t of = (uint32_t)hash_bytes(path, strlen(path)) | 1, taken;
  while ((taken = map_get(&format->paths, hash_bytes(id.data, id.len) | 1)) && taken != of)
    text_putc(&id, '_');
  if (!taken) map_put(&format->paths, hash_bytes(id.data, id.len) | 1, of);
  text_addf(into, "\"%s\"", id.data);
  text_free(&id);
}

/* ---- lines ---- */

static void given(void *self, const Item *line) {
  WfFormat *format = self;
  const Item *size = item_find(line, "size");
  if (!size) return;
  text_puts(&format->files, format->files.len ? ",\n        {\"id\": " : "\n        {\"id\": ");
  put_id(format, &format->files, listed_path(line));
  text_puts(&format->files, ", \"sizeInBytes\": ");
  text_add(&format->files, size->text, size->len);
  text_putc(&format->files, '}');
}

static void joint(void *self, const Item *line) {
  WfFormat *format = self;
  Part part = {format->members.len, 0};
  for (const Item *task = item_first(line, "tasks"); task; task = task->next)
    vec_push(&format->members, (uint32_t)task->number);
  part.count = format->members.len - part.first;
  vec_push(&format->joints, part);
}

/* `maker`: only files that this task makes. */
static void put_files(WfFormat *format, const char *name, const Item *file, const Item *maker) {
  bool any = false;
  text_addf(&format->texts, ",\n          \"%s\": [", name);
  for (; file; file = file->next) {
    if (maker && !listed_own_path(maker, file)) continue;
    if (any) text_puts(&format->texts, ", ");
    put_id(format, &format->texts, listed_path(file));
    any = true;
  }
  text_putc(&format->texts, ']');
}

static void add_parent(WfFormat *format, uint32_t number) {
  if (format->seen.data[number] == format->tasks.len + 1) return;
  format->seen.data[number] = format->tasks.len + 1;
  vec_push(&format->parents, number);
}

static Part parents_of(WfFormat *format, const Item *line) {
  Part part = {format->parents.len, 0};
  vec_push(&format->seen, 0);
  for (const Item *need = item_first(line, "needs"); need; need = need->next)
    add_parent(format, (uint32_t)need->number);
  for (const Item *joint = item_first(line, "joints"); joint; joint = joint->next) {
    Part members = format->joints.data[(uint32_t)joint->number];
    for (uint32_t i = 0; i < members.count; i++) add_parent(format, format->members.data[members.first + i]);
  }
  part.count = format->parents.len - part.first;
  return part;
}

static void task(void *self, const Item *line) {
  WfFormat *format = self;
  WfTask task = {.text = format->texts.len, .id = format->ids.len, .parents = parents_of(format, line)};
  put_id(format, &format->ids, item_text(line, "dir"));
  text_putc(&format->ids, 0);
  const char *name = item_text(line, "name");
  text_puts(&format->texts, "          \"name\": ");
  text_json(&format->texts, name, strlen(name));
  text_addf(&format->texts, ",\n          \"id\": %s", format->ids.data + task.id);
  put_files(format, "inputFiles", item_first(line, "inputs"), NULL);
  put_files(format, "outputFiles", item_first(line, "outputs"), line);
  task.len = format->texts.len - task.text;
  vec_push(&format->tasks, task);
}

/* ---- children: parents the other way round, in the order of tasks ---- */

typedef struct Children {
  uint32_t *first, *list; /* of task i: list[first[i]] up to list[first[i + 1]] */
} Children;

static Children children_of(const WfFormat *format) {
  uint32_t count = format->tasks.len;
  Children children = {mem_zero((count + 2) * sizeof *children.first),
                       mem_zero(format->parents.len * sizeof *children.list + 1)};
  for (uint32_t i = 0; i < format->parents.len; i++) children.first[format->parents.data[i] + 2]++;
  for (uint32_t i = 1; i < count; i++) children.first[i + 1] += children.first[i];
  for (uint32_t i = 0; i < count; i++) {
    Part parents = format->tasks.data[i].parents;
    for (uint32_t k = 0; k < parents.count; k++)
      children.list[children.first[format->parents.data[parents.first + k] + 1]++] = i;
  }
  return children;
}

static void put_tasks(const WfFormat *format, Text *into, const char *name, const uint32_t *list,
                      uint32_t count) {
  text_addf(into, ",\n          \"%s\": [", name);
  for (uint32_t i = 0; i < count; i++) {
    if (i) text_puts(into, ", ");
    text_puts(into, format->ids.data + format->tasks.data[list[i]].id);
  }
  text_putc(into, ']');
}

static void put_all_tasks(const WfFormat *format, Text *into) {
  Children children = children_of(format);
  for (uint32_t i = 0; i < format->tasks.len; i++) {
    const WfTask *one = &format->tasks.data[i];
    text_puts(into, i ? ",\n        {\n" : "\n        {\n");
    text_add(into, format->texts.data + one->text, one->len);
    if (one->parents.count)
      put_tasks(format, into, "parents", format->parents.data + one->parents.first, one->parents.count);
    else
      put_tasks(format, into, "parents", NULL, 0);
    put_tasks(format, into, "children", children.list + children.first[i],
              children.first[i + 1] - children.first[i]);
    text_puts(into, "\n        }");
  }
  free(children.first);
  free(children.list);
}

static void put_document(const WfFormat *format, const Plan *plan, const EmitOptions *options, Text *into) {
  const char *name = name_of(plan->graph->session, plan->graph->name);
  Text description = {0};
  text_addf(&description, "%s, exported by weft %s", options->source, WEFT_VERSION);
  text_puts(into, "{\n  \"name\": ");
  text_json(into, name, strlen(name));
  text_puts(into, ",\n  \"description\": ");
  text_json(into, description.data, description.len);
  text_addf(into, ",\n  \"identity\": \"%s\",\n  \"schemaVersion\": \"1.5\",\n",
            options->exact ? options->exact : "");
  text_puts(into, "  \"workflow\": {\n    \"specification\": {\n      \"tasks\": [");
  put_all_tasks(format, into);
  text_puts(into, "\n      ],\n      \"files\": [");
  if (format->files.len) text_add(into, format->files.data, format->files.len);
  text_puts(into, format->files.len ? "\n      ]\n    }\n  }\n}\n" : "]\n    }\n  }\n}\n");
  text_free(&description);
}

/* The schema has no workflow without tasks. */
static int write_document(const WfFormat *format, const Plan *plan, const EmitOptions *options) {
  if (!format->tasks.len) {
    fprintf(stderr, "weft: %s: WfFormat needs a task, and for these inputs there is none\n", options->source);
    return 1;
  }
  Text text = {0};
  put_document(format, plan, options, &text);
  int failed = listing_write(options->output, &text);
  text_free(&text);
  return failed;
}

int emit_wfformat(const Plan *plan, const EmitOptions *options) {
  static const ListingUse use = {given, joint, task, NULL};
  WfFormat format = {0};
  int failed = listing_each(plan, options, &use, &format) || write_document(&format, plan, options);
  text_free(&format.texts);
  text_free(&format.ids);
  text_free(&format.files);
  vec_free(&format.tasks);
  vec_free(&format.parents);
  vec_free(&format.joints);
  vec_free(&format.members);
  vec_free(&format.seen);
  map_free(&format.paths);
  return failed;
}
