/* snakemake.c: a Snakefile: one rule for the tasks of one name, with a wildcard for their places, and a
 * table a rule of what differs between them. */
#include "emit/folder.h"

#include "base/hash.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* Tasks of one name: tasks/NAME.tsv has a row for each. */
typedef struct Group {
  const char *name; /* in the arena, its NUL where the slash was */
  Text table;
  uint32_t columns; /* bits of those in which some row has a number */
} Group;

typedef struct Snakemake {
  Folder folder;
  Arena *arena;
  VEC(Group) groups;
  Map group_of;  /* hash of a name to number + 1 */
  Text joints;   /* the table of joints */
  Text needs;    /* of the results */
  Text *into;    /* where paths are put */
  bool any_path; /* in it */
} Snakemake;

/* ---- what a task asks for ---- */

typedef struct Column {
  const char *name, *member;
  double unit;
} Column;

static const Column columns[] = {{"threads", "cpus", 1},
                                 {"mem_mb", "memory", 1e6},
                                 {"disk_mb", "disk", 1e6},
                                 {"runtime", "time", 60},
                                 {"gpus", "gpus", 1}};
enum { COLUMNS = sizeof columns / sizeof *columns };

static double amount(const Item *task, const Column *column) {
  double number = item_number(task, column->member);
  if (!strcmp(column->member, "time")) number += 3 * item_number(task, "time_sd");
  if (!strcmp(column->member, "cpus") && !(number > 0)) number = 1;
  return ceil(number / column->unit);
}

static void put_path(void *self, const char *path) {
  Snakemake *snakemake = self;
  if (snakemake->any_path) text_putc(snakemake->into, ' ');
  text_puts(snakemake->into, path);
  snakemake->any_path = true;
}

static void put_into(Snakemake *snakemake, Text *into) {
  snakemake->into = into;
  snakemake->any_path = false;
}

static void put_header(Text *table) {
  text_puts(table, "n");
  for (uint32_t i = 0; i < COLUMNS; i++) text_addf(table, "\t%s", columns[i].name);
  text_puts(table, "\tinput\n");
}

static Group *group_of(Snakemake *snakemake, const char *dir) {
  size_t len = strcspn(dir, "/");
  uint64_t hash = hash_bytes(dir, len) | 1;
  uint32_t number = map_get(&snakemake->group_of, hash);
  if (!number) {
    vec_push(&snakemake->groups, (Group){.name = arena_text(snakemake->arena, dir, len)});
    put_header(&vec_last(&snakemake->groups).table);
    number = snakemake->groups.len;
    map_put(&snakemake->group_of, hash, number);
  }
  return &snakemake->groups.data[number - 1];
}

/* ---- lines ---- */

static void given(void *self, const Item *line) { folder_given(self, line); }

static void joint(void *self, const Item *line) {
  Snakemake *snakemake = self;
  if (!snakemake->joints.len) text_puts(&snakemake->joints, "n\tinput\n");
  text_addf(&snakemake->joints, "%.0f\t", item_number(line, "joint"));
  put_into(snakemake, &snakemake->joints);
  for (const Item *task = item_first(line, "tasks"); task; task = task->next) {
    snakemake->folder.wanted.data[(uint32_t)task->number] = WANTED_BY_TASKS;
    put_path(snakemake, folder_dir(&snakemake->folder, (uint32_t)task->number));
  }
  text_putc(&snakemake->joints, '\n');
}

static void task(void *self, const Item *line) {
  Snakemake *snakemake = self;
  const char *dir = item_text(line, "dir");
  folder_task(&snakemake->folder, line);
  Group *group = group_of(snakemake, dir);
  text_addf(&group->table, "%s", strchr(dir, '/') + 1);
  for (uint32_t i = 0; i < COLUMNS; i++) {
    double number = amount(line, &columns[i]);
    text_addf(&group->table, "\t%.0f", number);
    if (number > (i == 0)) group->columns |= 1u << i;
  }
  text_putc(&group->table, '\t');
  put_into(snakemake, &group->table);
  folder_task_needs(&snakemake->folder, line, put_path, snakemake);
  text_putc(&group->table, '\n');
}

static void outputs(void *self, const Item *line) {
  Snakemake *snakemake = self;
  folder_outputs(&snakemake->folder, line);
  put_into(snakemake, &snakemake->needs);
  folder_results_need(&snakemake->folder, put_path, snakemake);
}

/* ---- the file ---- */

static const char head[] =
    "\n"
    "\n"
    "def table(path):\n"
    "    \"\"\"What differs between the tasks of a rule: rows by their first column.\"\"\"\n"
    "    with open(path) as lines:\n"
    "        rows = [line.rstrip(\"\\n\").split(\"\\t\") for line in lines]\n"
    "    return {row[0]: dict(zip(rows[0], row)) for row in rows}\n"
    "\n"
    "\n"
    "wildcard_constraints:\n"
    "    n=r\"[0-9_.-]+\",\n"
    "\n"
    "\n"
    "localrules:\n"
    "    results,\n"
    "\n"
    "\n"
    "rule results:\n"
    "    input:\n"
    "        open(\"tasks/results.needs\").read().split(),\n"
    "    output:\n"
    "        \"results.json\",\n"
    "    shell:\n"
    "        \"sh tasks/results.sh\"\n";

static const char joint_rule[] =
    "\n"
    "\n"
    "joints = table(\"tasks/joints.needs\")\n"
    "\n"
    "\n"
    "rule joint:\n"
    "    input:\n"
    "        lambda task: joints[task.n][\"input\"].split(),\n"
    "    output:\n"
    "        touch(\"joints/{n}\"),\n";

/* A name of Python for a name of directories: letters, digits, "_" and "-". */
static void put_name(Text *into, const char *name) {
  for (; *name; name++) text_putc(into, isalnum((unsigned char)*name) ? *name : '_');
}

static void put_resource(Text *into, const char *rule, const char *column) {
  text_addf(into, "=lambda task: int(table_%s[task.n][\"%s\"]),\n", rule, column);
}

static void put_rule(Text *into, const Group *group, const char *name) {
  text_addf(into, "\n\ntable_%s = table(\"tasks/%s.tsv\")\n", name, group->name);
  text_addf(into, "\n\nrule task_%s:\n    input:\n        \"tasks/life.sh\",\n        \"tasks/%s/{n}\",\n",
            name, group->name);
  text_addf(into, "        lambda task: table_%s[task.n][\"input\"].split(),\n", name);
  text_addf(into, "    output:\n        directory(\"store/%s/{n}\"),\n", group->name);
  if (group->columns & 1)
    text_addf(into, "    threads: lambda task: int(table_%s[task.n][\"threads\"])\n", name);
  if (group->columns & ~1u) text_puts(into, "    resources:\n");
  for (uint32_t i = 1; i < COLUMNS; i++) {
    if (!(group->columns >> i & 1)) continue;
    text_addf(into, "        %s", columns[i].name);
    put_resource(into, name, columns[i].name);
  }
  text_addf(into, "    shell:\n        \"sh tasks/%s/{wildcards.n}\"\n", group->name);
}

/* "align-2" and "align_2" must not become one name. */
static void put_rules(Snakemake *snakemake, Text *into) {
  Map taken = {0};
  for (uint32_t i = 0; i < snakemake->groups.len; i++) {
    Group *group = &snakemake->groups.data[i];
    Text name = {0}, file = {0};
    put_name(&name, group->name);
    while (map_get(&taken, hash_bytes(name.data, name.len) | 1)) text_putc(&name, '_');
    map_put(&taken, hash_bytes(name.data, name.len) | 1, 1);
    put_rule(into, group, name.data);
    text_addf(&file, "tasks/%s.tsv", group->name);
    folder_write(&snakemake->folder, file.data, &group->table);
    text_free(&file);
    text_free(&name);
  }
  map_free(&taken);
}

static void write_files(Snakemake *snakemake) {
  Folder *folder = &snakemake->folder;
  Text text = {0};
  text_puts(&text, "# Run it here: snakemake -j 4\n");
  folder_head(folder, &text);
  text_puts(&text, head);
  if (snakemake->joints.len) text_puts(&text, joint_rule);
  put_rules(snakemake, &text);
  folder_write(folder, "Snakefile", &text);
  folder_write(folder, "tasks/results.needs", &snakemake->needs);
  if (snakemake->joints.len) folder_write(folder, "tasks/joints.needs", &snakemake->joints);
  text_free(&text);
}

int emit_snakemake(const Plan *plan, const EmitOptions *options) {
  static const ListingUse use = {given, joint, task, outputs};
  Snakemake snakemake = {.arena = arena_new()};
  folder_begin(&snakemake.folder, options);
  if (!snakemake.folder.failed && listing_each(plan, options, &use, &snakemake))
    snakemake.folder.failed = true;
  if (!snakemake.folder.failed) write_files(&snakemake);
  int failed = snakemake.folder.failed;
  folder_end(&snakemake.folder);
  for (uint32_t i = 0; i < snakemake.groups.len; i++) text_free(&snakemake.groups.data[i].table);
  vec_free(&snakemake.groups);
  map_free(&snakemake.group_of);
  text_free(&snakemake.joints);
  text_free(&snakemake.needs);
  arena_free(snakemake.arena);
  return failed;
}
