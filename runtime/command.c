/* command.c: from the pieces of a command to argv, to environment, and to run.sh. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "quote.h"
#include "task.h"
#include "text.h"

extern char **environ;

enum { LONGEST_ARGUMENT = 100 << 10 }; /* the system's limit for one is 128 KiB */

static const char *piece_value(const Job *job, const RtPiece *piece) { return job->pieces + piece->offset; }

static void add_piece(RtText *into, const Job *job, const RtPiece *piece) {
  if (piece->text)
    text_add(into, piece->text, piece->text_len);
  else
    value_quote(into, (RtQuote)piece->quote, piece->type, piece_value(job, piece));
}

/* Words of a direct command; an array alone in a word is as many words as it has elements. */
static void add_words(RtText *words, const Job *job) {
  size_t from = words->len;
  int64_t made = 0;
  for (uint32_t i = 0; i < job->task->piece_count; i++) {
    const RtPiece *piece = &job->task->pieces[i];
    add_piece(words, job, piece);
    made += piece->text ? 1 : quote_words(piece->type, piece_value(job, piece));
    if (!piece->ends_word && i + 1 < job->task->piece_count) continue;
    if (made || words->len > from) text_add(words, "", 1);
    from = words->len;
    made = 0;
  }
}

/* -c TEXT or -e TEXT: an interpreter reads a longer text from a file, and the flag goes. */
static int takes_text(const char *word) { return strcmp(word, "-c") == 0 || strcmp(word, "-e") == 0; }

static void add_interpreter(Command *command, const Job *job) {
  const char *const *prefix = job->task->interpreter;
  for (uint32_t i = 0; i < job->task->piece_count; i++)
    add_piece(&command->script, job, &job->task->pieces[i]);
  int by_file = command->script.len > LONGEST_ARGUMENT;
  for (size_t i = 0; prefix[i]; i++)
    if (!by_file || prefix[i + 1] || !takes_text(prefix[i]))
      text_add(&command->words, prefix[i], strlen(prefix[i]) + 1);
  if (by_file) {
    text_addf(&command->path, "%s/.weft-command", task_dir(job));
    text_add(&command->words, command->path.data, command->path.len + 1);
  } else {
    text_add(&command->words, command->script.data ? command->script.data : "", command->script.len + 1);
  }
}

static void point_at_words(Command *command) {
  size_t count = 0;
  for (size_t i = 0; i < command->words.len; i++) count += !command->words.data[i];
  command->argv = calloc(count + 1, sizeof *command->argv);
  if (!command->argv) arena_exhausted(count * sizeof *command->argv);
  char *word = command->words.data;
  for (size_t i = 0; i < count; i++, word += strlen(word) + 1) command->argv[i] = word;
}

void command_make(Command *command, const Job *job) {
  *command = (Command){0};
  if (job->task->direct)
    add_words(&command->words, job);
  else
    add_interpreter(command, job);
  point_at_words(command);
}

void command_free(Command *command) {
  text_free(&command->words);
  text_free(&command->script);
  text_free(&command->path);
  free(command->argv);
}

/* ---- for people ---- */

static void add_shell_word(RtText *into, const char *word) {
  static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+,-=";
  if (*word && word[strspn(word, safe)] == 0) {
    text_puts(into, word);
    return;
  }
  text_char(into, '\'');
  for (; *word; word++) {
    if (*word == '\'')
      text_puts(into, "'\\''");
    else
      text_char(into, *word);
  }
  text_char(into, '\'');
}

void command_show(RtText *into, const Job *job) {
  Command command;
  command_make(&command, job);
  for (size_t i = 0; command.argv[i]; i++) {
    if (i) text_char(into, ' ');
    if (command.path.len && !command.argv[i + 1])
      text_puts(into, ".weft-command");
    else
      add_shell_word(into, command.argv[i]);
  }
  command_free(&command);
}

static const RtEnv *env_at(const Job *job, int64_t i) {
  return &((const RtEnv *)(const void *)job->attrs.env->items)[i];
}

static void add_stdin(RtText *into, const Job *job) {
  if (job->attrs.stdin_file) {
    text_puts(into, " < ");
    add_shell_word(into, job->attrs.stdin_file->path->bytes);
  } else if (job->attrs.stdin_text) {
    text_puts(into, " < .weft-stdin");
  } else {
    text_puts(into, " < /dev/null");
  }
}

void command_script(RtText *into, const Job *job, const char *label) {
  text_addf(into,
            "#!/bin/sh\n# Repeats %s of %s alone, in this directory.\ncd \"$(dirname \"$0\")\" || exit 1\n",
            label, job->run->program->source);
  for (int64_t i = 0; job->attrs.env && i < job->attrs.env->len; i++) {
    text_addf(into, "export %s=", env_at(job, i)->name->bytes);
    add_shell_word(into, env_at(job, i)->value->bytes);
    text_char(into, '\n');
  }
  if (job->attrs.stdin_text) {
    text_puts(into, "printf %s ");
    add_shell_word(into, job->attrs.stdin_text->bytes);
    text_puts(into, " > .weft-stdin\n");
  }
  for (int64_t i = 0; job->attrs.stage && i < job->attrs.stage->len; i++) {
    const RtStage *stage = &((const RtStage *)(const void *)job->attrs.stage->items)[i];
    text_puts(into, "ln -sf ");
    add_shell_word(into, stage->file->path->bytes);
    text_char(into, ' ');
    add_shell_word(into, stage->name->bytes);
    text_char(into, '\n');
  }
  text_puts(into, "exec ");
  command_show(into, job);
  add_stdin(into, job);
  text_char(into, '\n');
}

/* ---- environment ---- */

const char *command_env_value(const Job *job, const char *name) {
  for (int64_t i = job->attrs.env ? job->attrs.env->len : 0; i-- > 0;)
    if (strcmp(env_at(job, i)->name->bytes, name) == 0) return env_at(job, i)->value->bytes;
  return NULL;
}

static char *env_line(RtArena *arena, const char *name, const char *value) {
  size_t name_len = strlen(name), value_len = strlen(value);
  char *line = arena_take(arena, name_len + value_len + 2);
  memcpy(line, name, name_len);
  line[name_len] = '=';
  memcpy(line + name_len + 1, value, value_len + 1);
  return line;
}

static int is_set(const Job *job, const char *line) {
  size_t len = strcspn(line, "=");
  for (int64_t i = 0; job->attrs.env && i < job->attrs.env->len; i++)
    if ((size_t)env_at(job, i)->name->len == len && memcmp(env_at(job, i)->name->bytes, line, len) == 0)
      return 1;
  return job->gpu_bits && strncmp(line, "CUDA_VISIBLE_DEVICES=", 21) == 0;
}

static char *gpu_line(const Job *job, RtArena *arena) {
  RtText list = {0};
  for (int i = 0; i < 64; i++)
    if (job->gpu_bits >> i & 1) text_addf(&list, "%s%d", list.len ? "," : "", i);
  char *line = env_line(arena, "CUDA_VISIBLE_DEVICES", list.data);
  text_free(&list);
  return line;
}

char *const *command_env(const Job *job, RtArena *arena) {
  int64_t own = job->attrs.env ? job->attrs.env->len : 0;
  if (!own && !job->gpu_bits) return environ;
  size_t count = 0, at = 0;
  while (environ[count]) count++;
  char **env = arena_take(arena, (count + (size_t)own + 2) * sizeof *env);
  for (size_t i = 0; i < count; i++)
    if (!is_set(job, environ[i])) env[at++] = environ[i];
  for (int64_t i = 0; i < own; i++)
    if (command_env_value(job, env_at(job, i)->name->bytes) == env_at(job, i)->value->bytes)
      env[at++] = env_line(arena, env_at(job, i)->name->bytes, env_at(job, i)->value->bytes);
  if (job->gpu_bits && !command_env_value(job, "CUDA_VISIBLE_DEVICES")) env[at++] = gpu_line(job, arena);
  env[at] = NULL;
  return env;
}
