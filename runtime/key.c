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
  const char *made; /* files below it count by their paths (batch.h); NULL: all by their contents */
  int error;
  const char *path;
} Hashing;

/* What of a file's path counts in the place of its contents; NULL: the contents. */
static const char *made_name(const char *made, const RtFile *file) {
  size_t prefix = made ? strlen(made) : 0;
  return prefix && strncmp(file->path->bytes, made, prefix) == 0 ? file->path->bytes + prefix : NULL;
}

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
  if (file->hashed || hashing->error || made_name(hashing->made, file)) return;
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

static void add_file(RtText *text, const char *name, const RtFile *file, const char *made) {
  char hex[65];
  RtDigest digest;
  const char *rest = made_name(made, file);
  if (rest) {
    text_addf(text, "%s made %zu %s\n", name, strlen(rest), rest);
    return;
  }
  memcpy(digest.bytes, file->hash, sizeof digest.bytes);
  digest_hex(&digest, hex);
  text_addf(text, "%s %s\n", name, hex);
}

static void add_attrs(RtText *text, const Job *job, const char *made) {
  const RtAttrs *attrs = &job->attrs;
  add_string(text, "image", attrs->image);
  add_string(text, "stdin", attrs->stdin_text);
  if (attrs->stdin_file) add_file(text, "stdin-file", attrs->stdin_file, made);
  for (int64_t i = 0; attrs->env && i < attrs->env->len; i++) {
    const RtEnv *env = &((const RtEnv *)(const void *)attrs->env->items)[i];
    add_string(text, "env", env->name);
    add_string(text, "is", env->value);
  }
  for (int64_t i = 0; attrs->stage && i < attrs->stage->len; i++) {
    const RtStage *stage = &((const RtStage *)(const void *)attrs->stage->items)[i];
    add_string(text, "stage", stage->name);
    add_file(text, "of", stage->file, made);
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

static void add_part(RtText *parts, const char *name, const RtDigest *digest) {
  char hex[65];
  if (!parts) return;
  digest_hex(digest, hex);
  if (parts->len) text_char(parts, ',');
  text_puts(parts, name);
  text_char(parts, ':');
  text_add(parts, hex, 16);
}

static void key_end(const Job *job, RtText *text, RtDigest *key) {
  if (!job->shared) {
    text_addf(text, "volatile %lld %s ", (long long)job->run->journal.epoch, job->run->program->identity);
    step_path(text, job->frame, job->step);
  }
  digest_bytes(text->data, text->len, key);
}

static int add_inputs(const Job *job, RtText *text, RtText *parts, const char *made) {
  const RtTask *task = job->task;
  RtDigest digest;
  int error = 0;
  for (uint32_t i = 0; i < task->in_count && !error; i++) {
    error = value_digest_made(task->ins[i].type, job->in + task->ins[i].offset, made, &digest);
    add_part(parts, task->ins[i].name, &digest);
    text_add(text, (const char *)digest.bytes, sizeof digest.bytes);
  }
  return error;
}

int key_make(Job *job, const char *made, RtDigest *key, RtText *parts, const char **path) {
  Hashing hashing = {job->run, made, 0, NULL};
  const RtTask *task = job->task;
  if (task->in_type->has_pointers) value_each_file(task->in_type, job->in, hash_input, &hashing);
  hash_attr_files(job, &hashing);
  *path = hashing.path;
  if (hashing.error) return hashing.error;
  RtText text = {0}, attrs = {0};
  text_puts(&text, "weft-key 1 ");
  text_puts(&text, task->identity);
  if (parts) text_addf(parts, "command:%.16s", task->identity);
  add_attrs(&attrs, job, made);
  if (attrs.len) {
    RtDigest digest;
    digest_bytes(attrs.data, attrs.len, &digest);
    add_part(parts, "attributes", &digest);
    text_add(&text, attrs.data, attrs.len);
    text_free(&attrs);
  }
  int error = add_inputs(job, &text, parts, made);
  key_end(job, &text, key);
  text_free(&text);
  return error;
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
