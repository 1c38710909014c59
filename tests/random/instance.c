#include "instance.h"

#include "canon/match.h"
#include "canon/normal.h"
#include "ir/lower.h"
#include "program.h"

#include <stdio.h>
#include <string.h>

static const char *const patterns[] = {
    "map ?f",
    "map ?f >> ?g",
    "map ?f >> map ?g",
    "filter ?p >> map ?f",
    "for x in ?xs if ?p(x) { ?f(x) }",
    "for x in ?xs, y in ?ys { ?f(x, y) }",
    "for x in ?xs { for y in ?ys { ?f(x, y) } }",
    "for i in range(?n) { ?f(i) }",
    "fold acc = ?z for x in ?xs { ?combine(acc, x) }",
    "fold ?z for x in ?xs by ?combine",
    "loop s = ?init { ?step(s) } until ?stop(s) max ?n",
    "if ?c { ?a } else { ?b }",
    "if ?c(?x) { ?x } else { ?y }",
    "(a: ?x, b: ?x)",
    "length(?f(?xs)) |> ?g",
    "max(?a, ?b) |> ?f",
};

static const char *check_pattern_in(Compiled *compiled, const char *text) {
  Source *source = sources_add(compiled->session->sources, "pattern", text, strlen(text));
  Decl *decl = check_pattern(compiled->program, source);
  Graph *lowered = decl ? lower_flow(compiled->program, decl) : NULL, *pattern;
  bool right = lowered != NULL;
  if (!lowered) return "has no meaning";
  pattern = normal_form(lowered);
  Matches matches = {0};
  match_find(pattern, compiled->normal, &matches);
  /* What cannot be shown to be an instance is not told: choices in each other (see match.h), volatile filters. */
  bool unsure = !strncmp(text, "if ", 3) || compiled->normal->next_token > 0;
  if (unsure) match_keep_instances(compiled->normal, &matches);
  for (uint32_t i = 0; i < matches.all.len; i++)
    right &= match_is_instance(compiled->normal, &matches.all.data[i]);
  matches_free(&matches);
  graph_free(pattern);
  graph_free(lowered);
  return right ? NULL : "is not what was found";
}

const char *instances_wrong(Compiled *compiled, uint64_t seed) {
  enum { PATTERNS = sizeof patterns / sizeof *patterns, EACH = 3 };
  for (uint64_t k = 0; k < EACH; k++) {
    const char *pattern = patterns[(seed * EACH + k) % PATTERNS];
    const char *wrong = check_pattern_in(compiled, pattern);
    if (wrong) return arena_format(compiled->session->arena, "pattern `%s` %s", pattern, wrong);
  }
  return NULL;
}
