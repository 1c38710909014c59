#include "import/dag_words.h"

#include <ctype.h>
#include <string.h>

typedef struct Words {
  Dag *dag;
  uint32_t *mark; /* of each file: the last job that has named it */
} Words;

/* ---- kinds ---- */

/* Without a number at the end, `_17` or `_ID0000017`. */
static size_t without_number(const char *name, size_t len) {
  size_t end = len;
  while (end && isdigit((unsigned char)name[end - 1])) end--;
  if (end == len) return len;
  if (end > 3 && !memcmp(name + end - 3, "_ID", 3)) return end - 3;
  return end > 1 && name[end - 1] == '_' ? end - 1 : len;
}

/* `map_map_lane_1` is a job of `map`: planners put a job's own name behind that of its program. */
static size_t before_repeat(const char *name, size_t len) {
  if (len > 1000) return len;
  for (size_t at = 1; 2 * at + 1 <= len; at++) {
    bool twice = name[at] == '_' && !memcmp(name, name + at + 1, at);
    if (twice && (2 * at + 1 == len || name[2 * at + 1] == '_')) return at;
  }
  return len;
}

static Sym kind_by_name(Dag *dag, Sym name) {
  Interner *names = dag->session->names;
  const char *text = sym_text(names, name);
  size_t len = before_repeat(text, without_number(text, sym_len(names, name)));
  return len ? intern(names, text, len) : name;
}

/* ---- arguments ---- */

/* What stands between names of files in an argument. */
static bool is_between(char c) { return c && strchr(" \t\n\"'=,;:|&<>()[]{}`\\", c); }

static uint32_t own_file(const Words *words, uint32_t job, Sym name) {
  uint32_t at = map_get(&words->dag->file_of, name);
  return at && words->mark[at - 1] == job + 1 ? at - 1 : NODE_NONE;
}

static void put_text(Words *words, const char *from, const char *to) {
  Dag *dag = words->dag;
  if (from < to)
    vec_push(&dag->pieces,
             (DagPiece){intern(dag->session->names, from, (size_t)(to - from)), NODE_NONE, false});
}

/* Text, and the job's files in it. */
static void split_word(Words *words, uint32_t job, const char *text, const char *end) {
  Dag *dag = words->dag;
  const char *kept = text;
  while (text < end) {
    const char *token = text;
    while (text < end && !is_between(*text)) text++;
    Sym name = text > token ? intern(dag->session->names, token, (size_t)(text - token)) : 0;
    uint32_t file = name ? own_file(words, job, name) : NODE_NONE;
    if (file != NODE_NONE) {
      put_text(words, kept, token);
      vec_push(&dag->pieces, (DagPiece){0, file, false});
      kept = text;
    }
    while (text < end && is_between(*text)) text++;
  }
  put_text(words, kept, end);
}

static void take_word(Words *words, uint32_t job, Sym word) {
  Dag *dag = words->dag;
  Interner *names = dag->session->names;
  uint32_t file = own_file(words, job, word), before = dag->pieces.len;
  const char *text = sym_text(names, word), *end = text + sym_len(names, word), *at = text;
  if (file != NODE_NONE) {
    vec_push(&dag->pieces, (DagPiece){0, file, true});
    return;
  }
  while (at < end && !is_between(*at)) at++;
  if (at < end) split_word(words, job, text, end);
  if (dag->pieces.len == before) vec_push(&dag->pieces, (DagPiece){word, NODE_NONE, true});
  vec_last(&dag->pieces).ends = true;
}

static void take_job(Words *words, uint32_t number) {
  Dag *dag = words->dag;
  const DagJob *job = &dag->jobs.data[number];
  for (uint32_t i = 0; i < job->uses.count; i++)
    words->mark[dag->uses.data[job->uses.first + i].file] = number + 1;
  vec_push(&dag->kind, job->program ? job->program : kind_by_name(dag, job->name));
  vec_push(&dag->first_piece, dag->pieces.len);
  if (job->script) take_word(words, number, job->script);
  for (uint32_t i = 0; i < job->arguments.count; i++)
    take_word(words, number, dag->words.data[job->arguments.first + i]);
}

void dag_words(Dag *dag) {
  size_t size = (dag->files.len + 1) * sizeof(uint32_t);
  Words words = {dag, mem_zero(size)};
  for (uint32_t j = 0; j < dag->jobs.len; j++) take_job(&words, j);
  vec_push(&dag->first_piece, dag->pieces.len);
  free(words.mark);
}
