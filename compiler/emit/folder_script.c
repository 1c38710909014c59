/* folder_script.c: the script of one task. */
#include "emit/folder.h"
#include "runtime/weftrt.h"

#include <string.h>

enum { LONGEST_ARGUMENT = 100 << 10 }; /* as in a native run: a longer text is read from a file */

/* ---- words ---- */

static void put_quoted(Text *into, const char *text, size_t len) {
  static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+,-=";
  if (len && strspn(text, safe) >= len) {
    text_add(into, text, len);
    return;
  }
  text_putc(into, '\'');
  for (size_t i = 0; i < len; i++) {
    if (text[i] == '\'')
      text_puts(into, "'\\''");
    else
      text_putc(into, text[i]);
  }
  text_putc(into, '\'');
}

void shell_put(Text *into, const char *text) {
  const char *root;
  if (!*text) put_quoted(into, text, 0);
  while (*text) {
    root = strstr(text, RT_LIST_ROOT);
    size_t len = root ? (size_t)(root - text) : strlen(text);
    if (len) put_quoted(into, text, len);
    if (root) text_puts(into, "\"$" RT_ROOT_VARIABLE "\"");
    text += len + (root ? strlen(RT_LIST_ROOT) : 0);
  }
}

void comment_put(Text *into, const char *text) {
  for (; *text; text++) text_putc(into, (unsigned char)*text < ' ' ? ' ' : *text);
}

/* A file of the listing, as a word. */
static void put_file(Text *into, const Item *file) {
  text_puts(into, "\"$" RT_ROOT_VARIABLE "\"/");
  put_quoted(into, listed_path(file), strlen(listed_path(file)));
}

/* ---- the text for an interpreter ---- */

static bool has_line(const char *text, const char *line) {
  size_t len = strlen(line);
  for (const char *at = text; (at = strstr(at, line)); at += len)
    if ((at == text || at[-1] == '\n') && (!at[len] || at[len] == '\n')) return true;
  return false;
}

/* A line that the text does not have; NULL: none, or the text would not be the same between lines. */
static const char *delimiter(const char *text) {
  static const char *const words[] = {"END", "END_OF_SCRIPT"};
  size_t len = strlen(text);
  if (!len || text[len - 1] == '\n') return NULL;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (!has_line(text, words[i])) return words[i];
  return NULL;
}

/* Whether a text gets lines of its own.  One line without quotes reads as well as a word, and costs one
 * process less. */
static bool in_lines(const char *script) { return strpbrk(script, "\n'") && delimiter(script); }

static void put_text(Text *into, const char *script) {
  const char *end = delimiter(script);
  if (end)
    text_addf(into, "script() {\n  cat << '%s'\n%s\n%s\n}\n", end, script, end);
  else
    text_puts(into, "script() { printf %s "), put_quoted(into, script, strlen(script)),
        text_puts(into, "; }\n");
}

/* -c TEXT or -e TEXT: of a longer text the interpreter gets a file, and the flag goes. */
static bool takes_text(const Item *word) {
  return !word->next && (!strcmp(word->text, "-c") || !strcmp(word->text, "-e"));
}

static void put_interpreter(Text *into, const Item *task) {
  const char *script = item_text(task, "script");
  bool by_file = strlen(script) > LONGEST_ARGUMENT;
  for (const Item *word = item_first(task, "interpreter"); word; word = word->next) {
    if (by_file && takes_text(word)) continue;
    text_putc(into, ' ');
    shell_put(into, word->text);
  }
  if (by_file)
    text_puts(into, " \"$PWD/.weft-command\"");
  else if (in_lines(script))
    text_puts(into, " \"$(script)\"");
  else
    text_putc(into, ' '), put_quoted(into, script, strlen(script));
}

/* ---- the functions of the script ---- */

static void put_stage(Text *into, const Item *task) {
  const Item *stage = item_first(task, "stage");
  if (!stage) return;
  text_puts(into, "stage() {\n");
  for (; stage; stage = stage->next) {
    text_puts(into, "  link ");
    put_file(into, item_find(stage, "file"));
    text_putc(into, ' ');
    shell_put(into, item_text(stage, "name"));
    text_putc(into, '\n');
  }
  text_puts(into, "}\n");
}

static void put_env(Text *into, const Item *task) {
  for (const Item *env = item_first(task, "env"); env; env = env->next) {
    text_addf(into, " %s=", env->name);
    if (*env->text) shell_put(into, env->text);
  }
}

static void put_streams(Text *into, const Item *task) {
  const Item *file = item_find(task, "stdin_file");
  if (file) {
    text_puts(into, " < ");
    put_file(into, file);
  } else if (!item_text(task, "stdin_text")) {
    text_puts(into, " < /dev/null");
  }
  text_puts(into, item_find(task, "stdout") ? " > stdout\n" : " >&2\n");
}

static void put_work(Text *into, const Item *task) {
  const char *script = item_text(task, "script"), *given = item_text(task, "stdin_text");
  text_puts(into, "work() {\n  ");
  if (script && strlen(script) > LONGEST_ARGUMENT) text_puts(into, "script > .weft-command\n  ");
  if (given) {
    text_puts(into, "printf %s ");
    shell_put(into, given);
    text_puts(into, " | ");
  }
  text_puts(into, "run");
  put_env(into, task);
  if (script) put_interpreter(into, task);
  for (const Item *word = item_first(task, "argv"); word; word = word->next) {
    text_putc(into, ' ');
    shell_put(into, word->text);
  }
  put_streams(into, task);
  text_puts(into, "}\n");
}

static void put_outputs(Text *into, const Item *task) {
  size_t start = into->len;
  text_puts(into, "outputs() {\n");
  size_t none = into->len;
  for (const Item *file = item_first(task, "outputs"); file; file = file->next) {
    const char *path = listed_own_path(task, file);
    if (!path) continue;
    text_puts(into, listed_is_dir(file) ? "  dir " : "  file ");
    shell_put(into, path);
    text_putc(into, '\n');
  }
  if (into->len == none) into->len = start;
  text_puts(into, into->len == start ? "outputs() { :; }\n" : "}\n");
}

void folder_put_dir(Text *into, const char *path) {
  size_t leaf = strcspn(path + 6, "/") + 1;
  text_add(into, path + 6, leaf + strcspn(path + 6 + leaf, "/"));
}

/* Files have their own names wherever the task runs. */
static void put_names(Text *into, const Item *task) {
  for (const Item *file = item_first(task, "inputs"); file; file = file->next) {
    const char *path = listed_path(file);
    if (path_is_plain(path)) continue;
    if (path_is_made(path)) {
      text_puts(into, "unpack ");
      folder_put_dir(into, path);
      text_putc(into, '\n');
      continue;
    }
    text_addf(into, "given %.*s ", (int)strcspn(path + 3, "/"), path + 3);
    shell_put(into, strchr(path + 3, '/') + 1);
    text_putc(into, '\n');
  }
}

static void put_life(Text *into, const Item *task) {
  const Item *accept = item_find(task, "accept");
  text_addf(into, "life store/%s ", item_text(task, "dir"));
  shell_put(into, item_text(task, "label"));
  double retries = item_number(task, "retries"), timeout = item_number(task, "timeout");
  if (retries > 0 || timeout > 0 || accept) text_addf(into, " %.0f", retries);
  if (timeout > 0 || accept) text_addf(into, " %.9g", timeout);
  if (accept) {
    text_puts(into, " '");
    for (const Item *code = accept->first; code; code = code->next)
      text_addf(into, "%.0f%s", code->number, code->next ? " " : "");
    text_putc(into, '\'');
  }
  text_putc(into, '\n');
}

void task_script_put(Text *into, const Item *task) {
  text_puts(into, "#!/bin/sh\n# ");
  comment_put(into, item_text(task, "label"));
  text_puts(into, ": ");
  comment_put(into, item_text(task, "file"));
  text_addf(into, ":%.0f: task %s\n. tasks/life.sh\n", item_number(task, "line"), item_text(task, "name"));
  put_names(into, task);
  put_stage(into, task);
  const char *script = item_text(task, "script");
  if (script && (in_lines(script) || strlen(script) > LONGEST_ARGUMENT)) put_text(into, script);
  put_work(into, task);
  put_outputs(into, task);
  put_life(into, task);
}

/* ---- the part that scripts share ---- */

const char life_script[] =
    "# life.sh: the life of a task, as in a native run: a directory of its own, the command, a look at its "
    "end and at its\n"
    "# outputs; all else that it has left there goes.  The scripts of tasks say stage, work and outputs, and "
    "call life.\n"
    "# They are run in the folder that tasks/ is in.\n"
    "# shellcheck shell=sh disable=SC2034,SC2317\n"
    "WEFT_DIR=$PWD\n"
    "export WEFT_DIR\n"
    "\n"
    "fail() {\n"
    "  printf '%s: %s\\n' \"$weft_label\" \"$1\" >&2\n"
    "  exit 1\n"
    "}\n"
    "\n"
    "# given N NAME: a file of the user's, under its own name\n"
    "given() {\n"
    "  [ -e \"in/$1/$2\" ] && return\n"
    "  mkdir -p \"in/$1\" && ln -s \"../file-$1\" \"in/$1/$2\" || exit 1\n"
    "}\n"
    "\n"
    "# unpack DIRECTORY: what a task has made, where it comes as an archive\n"
    "unpack() { [ -d \"store/$1\" ] || [ ! -e \"store/$1.tar\" ] || tar -xf \"store/$1.tar\" || exit 1; }\n"
    "\n"
    "# link FILE NAME: for programs that insist on a name\n"
    "link() {\n"
    "  case $2 in */*) mkdir -p \"./${2%/*}\" || exit 1 ;; esac\n"
    "  ln -s \"$1\" \"./$2\" || exit 1\n"
    "}\n"
    "\n"
    "stage() { :; }\n"
    "\n"
    "# run NAME=VALUE... COMMAND...\n"
    "run() {\n"
    "  if [ \"$weft_timeout\" != 0 ]; then timeout -k 2 \"$weft_timeout\" env \"$@\"; else env \"$@\"; fi\n"
    "}\n"
    "\n"
    "# file PATH, dir PATH: outputs are looked at, or the entry of the directory that belongs to one is "
    "kept\n"
    "file() {\n"
    "  kept \"$1\" && return\n"
    "  [ -f \"./$1\" ] || fail \"the output \\\"$1\\\" was not made\"\n"
    "  [ ! -h \"./$1\" ] || { cp -p \"./$1\" .weft-copy && mv -f .weft-copy \"./$1\"; } || exit 1\n"
    "}\n"
    "dir() { kept \"$1\" || [ -d \"./$1\" ] || fail \"the output directory \\\"$1\\\" was not made\"; }\n"
    "kept() {\n"
    "  [ -n \"$weft_entry\" ] || return 1\n"
    "  case $1/ in ./ | \"$weft_entry\"/*) weft_kept=1 ;; esac\n"
    "}\n"
    "\n"
    "tidy() {\n"
    "  for weft_entry in * .[!.]* ..?*; do\n"
    "    [ -e \"./$weft_entry\" ] || [ -h \"./$weft_entry\" ] || continue\n"
    "    weft_kept=\n"
    "    outputs\n"
    "    [ -n \"$weft_kept\" ] || rm -rf \"./$weft_entry\"\n"
    "  done\n"
    "}\n"
    "\n"
    "attempt() {\n"
    "  [ ! -e \"$1\" ] || rm -rf \"./$1\" || exit 1\n"
    "  mkdir -p \"$1\" && cd \"$1\" || exit 1\n"
    "  stage\n"
    "  weft_status=0\n"
    "  work || weft_status=$?\n"
    "  [ \"$weft_timeout\" = 0 ] || case $weft_status in 124 | 137) fail \"ended after $weft_timeout s\" ;; "
    "esac\n"
    "  case \" $2 \" in *\" $weft_status \"*) ;; *) fail \"exit status $weft_status\" ;; esac\n"
    "  weft_entry=\n"
    "  outputs\n"
    "  tidy\n"
    "}\n"
    "\n"
    "# life DIRECTORY LABEL [RETRIES [TIMEOUT [ACCEPTED STATUSES]]]\n"
    "life() {\n"
    "  weft_label=$2 weft_timeout=${4-0} weft_tries=0\n"
    "  until (attempt \"$1\" \"${5-0}\"); do\n"
    "    [ \"$weft_tries\" -lt \"${3-0}\" ] || exit 1\n"
    "    weft_tries=$((weft_tries + 1))\n"
    "    echo \"$weft_label: attempt $((weft_tries + 1)) of $(($3 + 1)) follows\" >&2\n"
    "  done\n"
    "}\n";
