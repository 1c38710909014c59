/* key.c: run keys.
 *
 * A pure task's key is the SHA-256 of: what the task is (its identity), those attributes that can change what it
 * makes (image, environment, standard input, names of staged files, accepted exit statuses), and the contents of
 * every input.  Never a path, a time, or what it needs of the machine.
 *
 * A volatile task (or any in a volatile context) is never one with another, so its key also holds where it is in
 * the workflow (region, step and index, outwards to the root) and the epoch: the number of the run, where a run
 * that was interrupted or failed, and the run that goes on from there, count as one.  So resuming does not repeat
 * a volatile task that has ended, but a new run after one that came to its end, or --fresh, does. */
#include <string.h>

#include "arena.h"
#include "disk.h"
#include "task.h"
#include "text.h"

/* Fill in hashes from what the journal remembers, or by reading. */
typedef struct Hashing {
  Run *run;
  int error;
  const char *path;
} Hashing;

static void remember(Run *run, const RtFile *file) {
  const char *path = file->path->bytes;
  if (strpbrk(path, "\t\n")) return;
  int64_t age = (int64_t)(clock_wall() * 1e9) - file->mtime_ns;
  if (age < 20000000 && !file->is_dir) return; /* another change could leave the same time */
  char hex[65];
  RtDigest digest;
  memcpy(digest.bytes, file->hash, sizeof digest.bytes);
  digest_hex(&digest, hex);
  RtText *line = journal_begin(&run->journal, 'F');
  text_addf(line, "%s\t%lld\t%lld\t%s", path, (long long)file->size, (long long)file->mtime_ns, hex);
  journal_end(&run->journal);
}

static void hash_input(RtFile *file, void *with) {
  Hashing *hashing = with;
  if (file->hashed || hashing->error) return;
  if (journal_file(&hashing->run->journal, file, file->hash)) {
    file->hashed = 1;
    return;
  }
  hashing->error = file_hash(file);
  if (hashing->error)
    hashing->path = file->path->bytes;
  else
    remember(hashing->run, file);
}

static void add_string(RtText *text, const char *name, const RtString *string) {
  if (string) text_addf(text, "%s %lld %s\n", name, (long long)string->len, string->bytes);
}

static void add_file(RtText *text, const char *name, const RtFile *file) {
  char hex[65];
  RtDigest digest;
  memcpy(digest.bytes, file->hash, sizeof digest.bytes);
  digest_hex(&digest, hex);
  text_addf(text, "%s %s\n", name, hex);
}

static void add_attrs(RtText *text, const Job *job) {
  const RtAttrs *attrs = &job->attrs;
  add_string(text, "image", attrs->image);
  add_string(text, "stdin", attrs->stdin_text);
  if (attrs->stdin_file) add_file(text, "stdin-file", attrs->stdin_file);
  for (int64_t i = 0; attrs->env && i < attrs->env->len; i++) {
    const RtEnv *env = &((const RtEnv *)(const void *)attrs->env->items)[i];
    add_string(text, "env", env->name);
    add_string(text, "is", env->value);
  }
  for (int64_t i = 0; attrs->stage && i < attrs->stage->len; i++) {
    const RtStage *stage = &((const RtStage *)(const void *)attrs->stage->items)[i];
    add_string(text, "stage", stage->name);
    add_file(text, "of", stage->file);
  }
  for (int64_t i = 0; attrs->accept && i < attrs->accept->len; i++)
    text_addf(text, "accept %lld\n", (long long)((const int64_t *)(const void *)attrs->accept->items)[i]);
}

/* Files in attributes are nearly always inputs, and then hashed already. */
static void hash_attr_files(Job *job, Hashing *hashing) {
  if (job->attrs.stdin_file) hash_input((RtFile *)job->attrs.stdin_file, hashing);
  for (int64_t i = 0; job->attrs.stage && i < job->attrs.stage->len; i++)
    hash_input((RtFile *)((const RtStage *)(const void *)job->attrs.stage->items)[i].file, hashing);
}

static void add_part(Job *job, const char *name, const RtDigest *digest) {
  char hex[65];
  digest_hex(digest, hex);
  if (job->parts.len) text_char(&job->parts, ',');
  text_puts(&job->parts, name);
  text_char(&job->parts, ':');
  text_add(&job->parts, hex, 16);
}

static void key_end(Job *job, RtText *text) {
  if (!job->shared) {
    text_addf(text, "volatile %lld %s ", (long long)job->run->journal.epoch, job->run->program->identity);
    step_path(text, job->frame, job->step);
  }
  digest_bytes(text->data, text->len, &job->key);
}

int key_make(Job *job, const char **path) {
  Hashing hashing = {job->run, 0, NULL};
  const RtTask *task = job->task;
  if (task->in_type->has_pointers) value_each_file(task->in_type, job->in, hash_input, &hashing);
  hash_attr_files(job, &hashing);
  *path = hashing.path;
  if (hashing.error) return hashing.error;
  RtText text = {0};
  RtDigest digest;
  text_puts(&text, "weft-key 1 ");
  text_puts(&text, task->identity);
  job->parts.len = 0;
  text_puts(&job->parts, "command:");
  text_add(&job->parts, task->identity, 16);
  RtText attrs = {0};
  add_attrs(&attrs, job);
  if (attrs.len) {
    digest_bytes(attrs.data, attrs.len, &digest);
    add_part(job, "attributes", &digest);
    text_add(&text, attrs.data, attrs.len);
    text_free(&attrs);
  }
  for (uint32_t i = 0; i < task->in_count && !hashing.error; i++) {
    hashing.error = value_digest(task->ins[i].type, job->in + task->ins[i].offset, &digest);
    add_part(job, task->ins[i].name, &digest);
    text_add(&text, (const char *)digest.bytes, sizeof digest.bytes);
  }
  key_end(job, &text);
  text_free(&text);
  return hashing.error;
}

typedef struct Verifying {
  const Store *store;
  int contents;
  const char *path;
} Verifying;

static void verify_file(RtFile *file, void *with) {
  Verifying *verifying = with;
  struct stat st;
  if (verifying->path) return;
  verifying->path = file->path->bytes;
  const char *below = store_below(verifying->store, file->path->bytes);
  if (!below) { /* the user's own */
    verifying->path = NULL;
    return;
  }
  if (fstatat(verifying->store->state_fd, below, &st, 0)) return;
  if (file->is_dir ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode) || st.st_size != file->size) return;
  if (disk_mtime(&st) != file->mtime_ns) return;
  if (verifying->contents) {
    RtFile again = *file;
    if (file_hash(&again) || memcmp(again.hash, file->hash, sizeof file->hash) != 0) return;
  }
  verifying->path = NULL;
}

int key_verify(const Store *store, const RtType *type, void *value, int contents, const char **path) {
  Verifying verifying = {store, contents, NULL};
  value_each_file(type, value, verify_file, &verifying);
  *path = verifying.path;
  return verifying.path == NULL;
}
