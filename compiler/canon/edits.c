#include "canon/edits.h"

#include "ir/expr.h"

#include <string.h>

enum { MOST_EDITS = 256 };

/* The paths of outputs go by the names of their ports. */
static Sym output_of(const Graph *graph, const Task *task, Node node) {
  for (uint32_t i = 0; i < task->out_count; i++) {
    Node out = task->outs[i].node;
    if (out != NODE_NONE && graph_op(graph, out) == OP_OUT_FILE && graph_arg(graph, out, 0) == node)
      return task->outs[i].name;
  }
  return 0;
}

void edits_text(const Graph *graph, const Task *task, Text *into) {
  for (uint32_t i = 0; i < task->piece_count; i++) {
    const Piece *piece = &task->pieces[i];
    if (piece->node == NODE_NONE) {
      text_puts(into, name_of(graph->session, piece->text));
    } else {
      Sym output = output_of(graph, task, piece->node);
      text_puts(into, piece->raw ? "~{raw(" : "~{");
      if (output)
        text_puts(into, name_of(graph->session, output));
      else
        expr_print(graph, piece->node, task, into);
      text_puts(into, piece->raw ? ")}" : "}");
    }
    if (task->direct && piece->ends_word && i + 1 < task->piece_count) text_putc(into, ' ');
  }
}

/* A word ends at a blank that is not inside of `~{ }`. */
void edits_words(const char *text, Words *into) {
  static const char blanks[] = " \t\n";
  while (*(text += strspn(text, blanks))) {
    const char *at = text;
    for (bool inside = false; *at && (inside || !strchr(blanks, *at)); at++) {
      if (at[0] == '~' && at[1] == '{') inside = true;
      if (*at == '}') inside = false;
    }
    vec_push(into, (Word){text, (uint32_t)(at - text)});
    text = at;
  }
}

static bool same_word(Word a, Word b) { return a.len == b.len && !memcmp(a.text, b.text, a.len); }

/* ---- edits ---- */

typedef struct Trace {
  const Words *before, *after;
  int32_t reach[2 * MOST_EDITS + 3];           /* of each diagonal: how far before */
  int32_t history[MOST_EDITS][MOST_EDITS + 1]; /* the same after each number of edits, every other diagonal */
} Trace;

static int32_t slide(const Trace *trace, int32_t x, int32_t diagonal) {
  while (x < (int32_t)trace->before->len && x - diagonal < (int32_t)trace->after->len && x - diagonal >= 0 &&
         same_word(trace->before->data[x], trace->after->data[x - diagonal]))
    x++;
  return x;
}

static bool goes_down(const int32_t *reach, int32_t diagonal, int32_t edits) {
  return diagonal == -edits || (diagonal != edits && reach[diagonal - 1] < reach[diagonal + 1]);
}

/* The number of edits that is enough, or -1. */
static int32_t find_edits(Trace *trace) {
  int32_t *reach = trace->reach + MOST_EDITS + 1;
  reach[1] = 0;
  for (int32_t edits = 0; edits < MOST_EDITS; edits++) {
    for (int32_t k = -edits; k <= edits; k += 2) {
      int32_t x = goes_down(reach, k, edits) ? reach[k + 1] : reach[k - 1] + 1;
      reach[k] = trace->history[edits][(k + edits) / 2] = slide(trace, x, k);
      if (reach[k] >= (int32_t)trace->before->len && reach[k] - k >= (int32_t)trace->after->len) return edits;
    }
  }
  return -1;
}

/* Mark the words that are not kept, from the end back. */
static void mark_edits(const Trace *trace, int32_t edits, uint8_t *gone[2]) {
  int32_t x = (int32_t)trace->before->len, y = (int32_t)trace->after->len;
  for (; edits > 0; edits--) {
    const int32_t *last = trace->history[edits - 1];
    int32_t k = x - y, from;
#define REACH(diagonal) last[((diagonal) + edits - 1) / 2]
    bool down = k == -edits || (k != edits && REACH(k - 1) < REACH(k + 1));
    from = down ? REACH(k + 1) : REACH(k - 1);
#undef REACH
    if (down)
      gone[1][from - k - 1] = 1;
    else
      gone[0][from] = 1;
    x = from;
    y = from - (down ? k + 1 : k - 1);
  }
}

static void collect(const Words *before, const Words *after, uint8_t *const gone[2], WordChanges *into) {
  uint32_t i = 0, j = 0;
  while (i < before->len || j < after->len) {
    WordChange change = {{i, j}, {i, j}};
    while (change.to[0] < before->len && gone[0][change.to[0]]) change.to[0]++;
    while (change.to[1] < after->len && gone[1][change.to[1]]) change.to[1]++;
    if (change.to[0] > i || change.to[1] > j) vec_push(into, change);
    i = change.to[0] + 1;
    j = change.to[1] + 1;
  }
}

void edits_compare(const Words *before, const Words *after, WordChanges *into) {
  Trace *trace = mem_alloc(sizeof *trace);
  trace->before = before;
  trace->after = after;
  int32_t edits = find_edits(trace);
  if (edits < 0) {
    vec_push(into, (WordChange){{0, 0}, {before->len, after->len}});
  } else {
    uint8_t *gone[2] = {mem_alloc(before->len + 1), mem_alloc(after->len + 1)};
    memset(gone[0], 0, before->len + 1);
    memset(gone[1], 0, after->len + 1);
    mark_edits(trace, edits, gone);
    collect(before, after, gone, into);
    free(gone[0]);
    free(gone[1]);
  }
  free(trace);
}

uint32_t edits_shared(const Words *before, const Words *after) {
  Map left = {0}; /* hash to how many are left, + 1 */
  uint32_t shared = 0;
  for (uint32_t i = 0; i < before->len; i++) {
    uint64_t key = hash_bytes(before->data[i].text, before->data[i].len);
    uint32_t count = map_get(&left, key);
    map_put(&left, key, count ? count + 1 : 2);
  }
  for (uint32_t i = 0; i < after->len; i++) {
    uint64_t key = hash_bytes(after->data[i].text, after->data[i].len);
    uint32_t count = map_get(&left, key);
    if (count < 2) continue;
    map_put(&left, key, count - 1);
    shared++;
  }
  map_free(&left);
  return shared;
}
