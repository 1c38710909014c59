#include "law_report.h"

#include "canon/laws.h"
#include "ir/expr.h"

#include <string.h>

/* One paragraph. */
typedef struct Applied {
  Law law;
  Span span;
  uint32_t count;
  uint64_t key;
  Text left, right;
} Applied;

typedef VEC(Applied) Report;

static void put_sides(const Graph *graph, const Fact *fact, Applied *applied) {
  if (fact->kind != FACT_LAW) return;
  expr_print(graph, fact->from, NULL, &applied->left);
  expr_print(graph, fact->to, NULL, &applied->right);
}

static uint64_t text_hash(const Text *text) { return hash_bytes(text->data ? text->data : "", text->len); }

static void applied_free(Applied *applied) {
  text_free(&applied->left);
  text_free(&applied->right);
}

static void learn(const Graph *graph, Map *seen, const Fact *fact, Report *report) {
  Applied applied = {.law = (Law)fact->law, .span = fact->span, .count = 1};
  put_sides(graph, fact, &applied);
  uint64_t key = hash_add(hash_add(text_hash(&applied.left), text_hash(&applied.right)), fact->law);
  uint32_t known = map_get(seen, key);
  if (!known) {
    vec_push(report, applied);
    map_put(seen, key, report->len);
    return;
  }
  Applied *before = &report->data[known - 1];
  before->count++;
  bool earlier = fact->span.hi && (!before->span.hi || fact->span.lo < before->span.lo);
  if (earlier) before->span = fact->span;
  applied_free(&applied);
}

static int by_place(const void *a, const void *b) {
  const Applied *x = a, *y = b;
  if (x->law != y->law && (!x->left.len || !y->left.len) && (x->left.len || y->left.len))
    return x->left.len ? 1 : -1;
  if (x->left.len && x->span.lo != y->span.lo) return x->span.lo < y->span.lo ? -1 : 1;
  if (x->law != y->law) return x->law < y->law ? -1 : 1;
  int order = strcmp(x->left.data ? x->left.data : "", y->left.data ? y->left.data : "");
  return order ? order : strcmp(x->right.data ? x->right.data : "", y->right.data ? y->right.data : "");
}

static void put(const Session *session, const Applied *applied, Text *into) {
  const LawInfo *law = &law_info[applied->law];
  if (sources_at(session->sources, applied->span)) {
    Position at = sources_position(session->sources, applied->span.lo);
    text_addf(into, "%s:%u:%u: ", at.path, at.line, at.column);
  }
  text_addf(into, "law %u, %s", law->number, law->name);
  if (applied->count > 1) text_addf(into, " (%u times)", applied->count);
  text_putc(into, '\n');
  if (!applied->left.len) return;
  text_addf(into, "    %s\n  = %s\n", applied->left.data, applied->right.len ? applied->right.data : "");
}

void law_report(const Session *session, const Graph *graph, Text *into) {
  Report report = {0};
  Map seen = {0};
  for (uint32_t i = 0; i < graph->trace->facts.len; i++) {
    const Fact *fact = &graph->trace->facts.data[i];
    if (fact->kind == FACT_LAW || fact->kind == FACT_NOTE) learn(graph, &seen, fact, &report);
  }
  if (report.len) qsort(report.data, report.len, sizeof *report.data, by_place);
  for (uint32_t i = 0; i < report.len; i++) {
    put(session, &report.data[i], into);
    applied_free(&report.data[i]);
  }
  map_free(&seen);
  vec_free(&report);
}
