/* list.c: --list-tasks: every task as one line of JSON, for exports that have no run time of ours.
 *
 * All is told as if it lay below one root, RT_LIST_ROOT: store/DIR/ for what the task of a directory
 * makes, always two names deep, in/NUMBER/NAME for the user's own files.  In scripts the root is the
 * environment variable RT_ROOT_VARIABLE, written as the script's language has it; in other texts it stands
 * as it is. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "batch_work.h"
#include "disk.h"
#include "message.h"
#include "quote.h"
#include "text.h"

enum { FLUSH = 1 << 16, MOST_TOLD = 5 };

static void flush(Batch *batch, size_t above) {
  RtText *out = &batch->work->out;
  if (out->len <= above) return;
  int error = disk_write(STDOUT_FILENO, out->data, out->len);
  out->len = 0;
  if (error && !batch->run->status) run_broken(batch->run, "write", "the list of tasks", error);
}

static void put_text(Batch *batch, const char *bytes) { text_json(&batch->work->out, bytes, strlen(bytes)); }

static void put_string(Batch *batch, const char *name, const RtString *string) {
  if (!string) return;
  text_addf(&batch->work->out, ", \"%s\": ", name);
  put_text(batch, string->bytes);
}

/* ---- files ---- */

/* {"/": "store/align/3/x.bam"}: below the root.  No field of a record has such a name. */
static void put_file(RtText *into, RtFile *file, void *with) {
  (void)with;
  const char *path = file->path->bytes + strlen(RT_LIST_ROOT "/");
  text_puts(into, "{\"/\": ");
  text_json(into, path, strlen(path));
  text_puts(into, file->is_dir ? ", \"dir\": true}" : "}");
}

/* A list of files, each once. */
typedef struct Files {
  Batch *batch;
  HashMap seen;
} Files;

static void list_file(RtFile *file, void *with) {
  Files *files = with;
  uint64_t hash = hash_bytes(file->path->bytes, (size_t)file->path->len);
  if (hash_get(&files->seen, hash)) return;
  if (files->seen.len) text_puts(&files->batch->work->out, ", ");
  hash_put(&files->seen, hash, 1);
  put_file(&files->batch->work->out, file, files->batch);
}

static void put_files(Batch *batch, const char *name, const RtType *type, void *value) {
  Files files = {.batch = batch};
  text_addf(&batch->work->out, ", \"%s\": [", name);
  value_each_file(type, value, list_file, &files);
  text_char(&batch->work->out, ']');
  hash_free(&files.seen);
}

/* ---- commands ---- */

static void put_words(Batch *batch, const char *name, char *const *words) {
  RtText *out = &batch->work->out;
  text_addf(out, ", \"%s\": [", name);
  for (size_t i = 0; words[i]; i++) {
    if (i) text_puts(out, ", ");
    put_text(batch, words[i]);
  }
  text_char(out, ']');
}

/* A path that stands in a script unquoted cannot be told apart from the text around it. */
static void refuse_root(Batch *batch, const Job *job, const RtText *script) {
  if (!script->len || !quote_root(script->data, script->len)) return;
  RtText text = {0};
  text_addf(&text, "the command of %s has the path of a file in it unquoted", job->task->name);
  message_error(batch->run, "R0122", &job->task->place, text.data,
                "where files will be is not known beforehand here: interpolate the path without `raw`");
  text_free(&text);
  batch->run->status = 1;
}

static void put_command(Batch *batch, const Job *job) {
  Command command;
  command_make(&command, job);
  if (job->task->direct) {
    put_words(batch, "argv", command.argv);
  } else {
    put_words(batch, "interpreter", (char *const *)job->task->interpreter);
    text_puts(&batch->work->out, ", \"script\": ");
    put_text(batch, command.script.data ? command.script.data : "");
    refuse_root(batch, job, &command.script);
  }
  command_free(&command);
}

static void put_env(Batch *batch, const RtArray *env) {
  RtText *out = &batch->work->out;
  if (!env || !env->len) return;
  text_puts(out, ", \"env\": {");
  for (int64_t i = 0; i < env->len; i++) {
    const RtEnv *row = &((const RtEnv *)(const void *)env->items)[i];
    if (i) text_puts(out, ", ");
    text_json(out, row->name->bytes, (size_t)row->name->len);
    text_puts(out, ": ");
    put_text(batch, row->value->bytes);
  }
  text_char(out, '}');
}

static void put_stage(Batch *batch, const RtArray *stage) {
  RtText *out = &batch->work->out;
  if (!stage || !stage->len) return;
  text_puts(out, ", \"stage\": [");
  for (int64_t i = 0; i < stage->len; i++) {
    const RtStage *row = &((const RtStage *)(const void *)stage->items)[i];
    text_puts(out, i ? ", {\"name\": " : "{\"name\": ");
    text_json(out, row->name->bytes, (size_t)row->name->len);
    text_puts(out, ", \"file\": ");
    put_file(out, (RtFile *)row->file, batch);
    text_char(out, '}');
  }
  text_char(out, ']');
}

static void put_streams(Batch *batch, const Job *job) {
  RtText *out = &batch->work->out;
  if (job->attrs.stdin_file) {
    text_puts(out, ", \"stdin_file\": ");
    put_file(out, (RtFile *)job->attrs.stdin_file, batch);
  }
  put_string(batch, "stdin_text", job->attrs.stdin_text);
  if (job->task->uses_stdout) text_puts(out, ", \"stdout\": true");
}

/* ---- attributes ---- */

static void put_number(RtText *out, const char *name, double value) {
  if (value == 0) return;
  text_addf(out, ", \"%s\": ", name);
  text_double(out, value, 0);
}

static void put_attrs(Batch *batch, const RtAttrs *attrs) {
  RtText *out = &batch->work->out;
  put_number(out, "cpus", attrs->cpus);
  put_number(out, "gpus", attrs->gpus);
  put_number(out, "memory", attrs->memory);
  put_number(out, "disk", attrs->disk);
  put_number(out, "time", attrs->time.mean);
  put_number(out, "time_sd", attrs->time.sd);
  put_number(out, "timeout", attrs->timeout);
  put_number(out, "retries", (double)attrs->retries);
  put_number(out, "nodes", (double)attrs->nodes);
  put_number(out, "ranks", (double)attrs->ranks);
  put_string(batch, "image", attrs->image);
  if (!attrs->accept) return;
  text_puts(out, ", \"accept\": [");
  for (int64_t i = 0; i < attrs->accept->len; i++)
    text_addf(out, "%s%lld", i ? ", " : "",
              (long long)((const int64_t *)(const void *)attrs->accept->items)[i]);
  text_char(out, ']');
}

/* ---- the user's files ---- */

/* Where they lie in truth, by number: they may have to be compared. */
static const RtString **given_paths;
static size_t given_cap;

const RtString *list_given(const RtString *path) {
  static const char prefix[] = RT_LIST_ROOT "/in/";
  if (!given_paths || strncmp(path->bytes, prefix, sizeof prefix - 1) != 0) return path;
  return given_paths[strtoul(path->bytes + sizeof prefix - 1, NULL, 10)];
}

typedef struct Given {
  Batch *batch;
  HashMap numbers; /* of paths, + 1 */
} Given;

static void put_given(Batch *batch, const RtFile *file, const char *as) {
  RtText *out = &batch->work->out;
  text_puts(out, "{\"given\": ");
  put_text(batch, file->path->bytes);
  text_puts(out, ", \"/\": ");
  put_text(batch, as + strlen(RT_LIST_ROOT "/"));
  if (!file->is_dir) text_addf(out, ", \"size\": %lld", (long long)file->size);
  text_puts(out, file->is_dir ? ", \"dir\": true}\n" : "}\n");
  flush(batch, FLUSH);
}

/* It gets the path that it will have there; one that is given twice is one. */
static void move_given(RtFile *file, void *with) {
  Given *given = with;
  uint64_t hash = hash_bytes(file->path->bytes, (size_t)file->path->len),
           number = hash_get(&given->numbers, hash);
  int is_new = !number;
  if (is_new) hash_put(&given->numbers, hash, number = given->numbers.len + 1);
  const char *slash = strrchr(file->path->bytes, '/');
  RtText as = {0};
  text_addf(&as, RT_LIST_ROOT "/in/%llu/%s", (unsigned long long)number - 1,
            slash && slash[1] ? slash + 1 : "root");
  if (is_new) {
    given_paths = batch_room(given_paths, number - 1, &given_cap, sizeof *given_paths);
    given_paths[number - 1] = file->path;
    put_given(given->batch, file, as.data);
  }
  file->path = arena_string(given->batch->run->arena, as.data, as.len);
  text_free(&as);
}

static void begin(Batch *batch) {
  const Run *run = batch->run;
  const RtProgram *program = run->program;
  Given given = {.batch = batch};
  RtText *out = &batch->work->out;
  quote_from(RT_LIST_ROOT);
  text_addf(out, "{\"workflow\": \"%s\", \"weft\": \"%s\", \"source\": ", program->name,
            program->weft_version);
  put_text(batch, program->source);
  text_puts(out, "}\n");
  for (uint32_t i = 0; i < program->in_count; i++)
    value_each_file(program->ins[i].type, run->root->slots + program->ins[i].offset, move_given, &given);
  hash_free(&given.numbers);
}

/* ---- lines ---- */

static void put_numbers(RtText *out, const char *name, const uint32_t *numbers, uint32_t count) {
  text_addf(out, ", \"%s\": [", name);
  for (uint32_t i = 0; i < count; i++) text_addf(out, i ? ", %u" : "%u", numbers[i]);
  text_char(out, ']');
}

static void put_joints(Batch *batch, BatchSpan joints) {
  RtText *out = &batch->work->out;
  for (uint32_t i = 0; i < joints.count; i++) {
    uint32_t number = batch->numbers[joints.first + i];
    if (number < batch->work->joints_told) continue; /* they come to be in order */
    BatchSpan tasks = batch->joints[number].tasks;
    text_addf(out, "{\"joint\": %u", number);
    put_numbers(out, "tasks", batch->numbers + tasks.first, tasks.count);
    text_puts(out, "}\n");
    batch->work->joints_told = number + 1;
  }
}

/* Outputs that only their contents tell are not files that one can wait for. */
static void put_outputs_of(Batch *batch, const Job *job, Promised promised) {
  const RtTask *task = job->task;
  RtText *out = &batch->work->out;
  Files files = {.batch = batch};
  text_puts(out, ", \"outputs\": [");
  for (uint32_t i = 0; i < task->out_count && promised != PROMISED_NOTHING; i++)
    if (promised == PROMISED_ALL || !task->outs[i].by_contents)
      value_each_file(task->outs[i].type, job->frame->slots + job->code->slot + task->outs[i].offset,
                      list_file, &files);
  text_puts(out, promised == PROMISED_ALL ? "]" : "], \"later\": true");
  hash_free(&files.seen);
}

static void noted(Batch *batch, uint32_t number, const Job *job, Promised promised) {
  const BatchTask *task = &batch->tasks[number];
  RtText *out = &batch->work->out;
  put_joints(batch, task->joints);
  text_addf(out, "{\"task\": %u, \"name\": \"%s\", \"identity\": \"%s\", \"label\": ", number,
            job->task->name, job->task->identity);
  const char *label = batch_text(batch, task->label);
  text_json(out, label, strlen(label));
  const RtPlace *place = &job->task->place;
  text_puts(out, ", \"file\": ");
  put_text(batch, place->file);
  text_addf(out, ", \"line\": %u, \"dir\": \"%s\"", place->line, batch_text(batch, task->name));
  put_numbers(out, "needs", batch->numbers + task->needs.first, task->needs.count);
  if (task->joints.count) put_numbers(out, "joints", batch->numbers + task->joints.first, task->joints.count);
  put_command(batch, job);
  put_streams(batch, job);
  put_env(batch, job->attrs.env);
  put_stage(batch, job->attrs.stage);
  put_attrs(batch, &job->attrs);
  put_files(batch, "inputs", job->task->in_type, job->in);
  put_outputs_of(batch, job, promised);
  text_puts(out, "}\n");
  flush(batch, FLUSH);
}

static void put_outputs(Batch *batch) {
  const Run *run = batch->run;
  RtText *out = &batch->work->out;
  text_puts(out, "{\"outputs\": [");
  for (uint32_t i = 0; i < run->program->out_count; i++) {
    const RtOutput *output = &run->program->outs[i];
    text_addf(out, "%s{\"name\": \"%s\", \"type\": ", i ? ", " : "", output->name);
    text_json(out, output->type->text, strlen(output->type->text));
    if (batch_output_known(batch, output)) {
      text_puts(out, ", \"value\": ");
      value_json_files(out, output->type, run->root->slots + output->ref.offset, put_file, batch);
    } else {
      text_puts(out, ", \"later\": true");
    }
    text_char(out, '}');
  }
  text_puts(out, "]}\n");
}

static void tell_later(const Batch *batch, const BatchLater *later) {
  RtText text = {0};
  text_addf(&text, "%s asks for %s", batch_text(batch, later->label), later->why);
  if (later->waits != RT_NONE)
    text_addf(&text, ", which only a run of %s tells", batch_text(batch, batch->tasks[later->waits].label));
  message_error(batch->run, "R0122", &later->place, text.data,
                "what runs must be known beforehand here: run it natively, or let Slurm run it");
  text_free(&text);
}

/* Static engines do not wait for anything to be known. */
static int end(Batch *batch) {
  if (batch->later_count) {
    for (uint32_t i = 0; i < batch->later_count && i < MOST_TOLD; i++) tell_later(batch, &batch->later[i]);
  } else {
    put_outputs(batch);
  }
  flush(batch, 0);
  return batch->later_count > 0 || batch->run->status;
}

const BatchUse list_use = {end, noted, begin};
