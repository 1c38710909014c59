/* fragment_find.c: classes of vertices, refined level by level (see fragment.h).
 *
 * A class leaves the work when it has one member, or when all its members have the same below them to the end.
 * Equal digests of 128 bits are taken as equal terms: fragments are told, never acted upon. */
#include "canon/fragment.h"

#include <string.h>

/* A class that has left the work. */
#define COMPLETE 0x80000000u

enum {
  MOST_CANDIDATES = 8, /* larger classes looked at that may always cover one */
  PLACE_COST = 8,
  COST_PER_VERTEX = 512,
  LEAST_BUDGET = 1 << 24
};

typedef struct Class {
  uint32_t count, first;       /* members, and one of them */
  uint32_t told;               /* tasks of the largest fragment told that all members are part of */
  bool whole;                  /* all are the same to the end */
  uint8_t candidates, covered; /* a bit each of the candidates that all members are below of */
  uint32_t candidate[MOST_CANDIDATES];
  uint32_t fragment; /* its number + 1, or 0 */
} Class;

typedef VEC(Class) Classes;

/* A root of a fragment. */
typedef struct Hit {
  uint32_t fragment, vertex;
} Hit;

typedef struct Finder {
  const Vertices *vertices;
  uint32_t count, level;
  Digest *now, *next, *whole;
  uint32_t *class_of, *next_of; /* number in `classes`, VERTEX_NONE: alone, COMPLETE + number in `complete` */
  uint32_t *above_first, *above;
  Classes classes, nexts;
  VEC(uint32_t) complete; /* numbers of members */
  VEC(uint32_t) active, queue;
  uint32_t *seen, stamp;
  uint64_t budget;
  VEC(Hit) hits;
  Fragments *into;
  uint32_t least;
} Finder;

static uint32_t below_end(const Finder *finder, uint32_t vertex) {
  return vertices_below_end(finder->vertices, vertex);
}

static void spend(Finder *finder, uint64_t cost) {
  finder->into->exhausted |= cost > finder->budget;
  finder->budget -= cost > finder->budget ? finder->budget : cost;
}

/* ---- levels ---- */

static Digest deeper(Finder *finder, const Digest *below, uint32_t at) {
  const Vertices *vertices = finder->vertices;
  const Vertex *vertex = &vertices->all.data[at];
  Digest digest = digest_add_digest(vertex->alone, vertex->skeleton);
  for (uint32_t k = vertex->first; k < below_end(finder, at); k++) {
    uint32_t under = vertices->below.data[k];
    digest = under == VERTEX_NONE ? digest_add(digest, 0) : digest_add_digest(digest, below[under]);
  }
  return digest;
}

/* Put the active vertices into classes by their digests. */
static void group(Finder *finder, const Digest *digests, uint32_t *class_of, Classes *classes) {
  Map known = {0};
  classes->len = 0;
  for (uint32_t i = 0; i < finder->active.len; i++) {
    uint32_t at = finder->active.data[i], found;
    if (class_of[at] & COMPLETE && class_of[at] != VERTEX_NONE) continue;
    uint64_t key = digests[at].low;
    while ((found = map_get(&known, key)) &&
           !digest_same(digests[classes->data[found - 1].first], digests[at]))
      key++;
    if (!found) {
      vec_push(classes, (Class){.first = at, .whole = true});
      map_put(&known, key, found = classes->len);
    }
    Class *class = &classes->data[found - 1];
    class->count++;
    class->whole &= digest_same(finder->whole[class->first], finder->whole[at]);
    class_of[at] = found - 1;
  }
  map_free(&known);
}

/* Take down what is alone; note what is complete, which stays active for this round. */
static void retire(Finder *finder) {
  VEC(uint32_t) number = {0};
  for (uint32_t c = 0; c < finder->classes.len; c++) {
    const Class *class = &finder->classes.data[c];
    bool done = class->whole || finder->into->exhausted;
    vec_push(&number, class->count > 1 && done ? finder->complete.len + 1 : 0);
    if (class->count > 1 && done) vec_push(&finder->complete, class->count);
  }
  uint32_t kept = 0;
  for (uint32_t i = 0; i < finder->active.len; i++) {
    uint32_t at = finder->active.data[i], class = finder->class_of[at];
    bool alone = finder->classes.data[class].count == 1;
    finder->next_of[at] = alone ? VERTEX_NONE : number.data[class] ? COMPLETE | (number.data[class] - 1) : 0;
    if (alone) finder->class_of[at] = VERTEX_NONE;
    if (!alone) finder->active.data[kept++] = at;
  }
  finder->active.len = kept;
  vec_free(&number);
}

static bool is_complete(const Finder *finder, uint32_t vertex) {
  return finder->next_of[vertex] & COMPLETE && finder->next_of[vertex] != VERTEX_NONE;
}

static void descend(Finder *finder) {
  for (uint32_t i = 0; i < finder->active.len; i++) {
    uint32_t at = finder->active.data[i];
    if (is_complete(finder, at)) continue;
    finder->next[at] = deeper(finder, finder->now, at);
    spend(finder, 1 + below_end(finder, at) - finder->vertices->all.data[at].first);
  }
  for (uint32_t i = 0; i < finder->active.len; i++)
    if (!is_complete(finder, finder->active.data[i]))
      finder->now[finder->active.data[i]] = finder->next[finder->active.data[i]];
  group(finder, finder->now, finder->next_of, &finder->nexts);
}

/* ---- what is told ---- */

/* Members of the class that a vertex has at the next level; 0: it is alone. */
static uint32_t next_count(const Finder *finder, uint32_t class) {
  if (class == VERTEX_NONE) return 0;
  return class & COMPLETE ? finder->complete.data[class & ~COMPLETE] : finder->nexts.data[class].count;
}

static void find_candidates(Finder *finder, Class *class) {
  uint32_t at = class->first;
  for (uint32_t k = finder->above_first[at]; k < finder->above_first[at + 1]; k++) {
    uint32_t over = finder->above[k];
    bool call = finder->vertices->all.data[over].name != 0;
    if (!call || next_count(finder, finder->next_of[over]) != class->count) continue;
    if (class->candidates == MOST_CANDIDATES) break;
    class->candidate[class->candidates++] = finder->next_of[over];
  }
  class->covered = (uint8_t)((1u << class->candidates) - 1);
}

static uint8_t covered_by(const Finder *finder, const Class *class, uint32_t at) {
  unsigned covered = 0;
  for (uint32_t k = finder->above_first[at]; k < finder->above_first[at + 1]; k++)
    for (uint32_t c = 0; c < class->candidates; c++)
      if (finder->next_of[finder->above[k]] == class->candidate[c]) covered |= 1u << c;
  return (uint8_t)covered;
}

/* Mark a vertex and what lies within so many levels below it and has no mark yet; all of it into the queue. */
static void mark_body(Finder *finder, uint32_t root, uint32_t levels) {
  const Vertices *vertices = finder->vertices;
  uint32_t level_end = 1;
  finder->queue.len = 0;
  vec_push(&finder->queue, root);
  finder->seen[root] = finder->stamp;
  for (uint32_t i = 0; i < finder->queue.len; i++) {
    if (i == level_end) levels--, level_end = finder->queue.len;
    uint32_t at = finder->queue.data[i];
    for (uint32_t k = vertices->all.data[at].first; levels > 1 && k < below_end(finder, at); k++) {
      uint32_t under = vertices->below.data[k];
      if (under == VERTEX_NONE || finder->seen[under] == finder->stamp) continue;
      finder->seen[under] = finder->stamp;
      vec_push(&finder->queue, under);
    }
  }
  spend(finder, finder->queue.len);
}

/* How many different calls lie within so many levels below a vertex. */
static uint32_t count_tasks(Finder *finder, uint32_t root, uint32_t levels) {
  uint32_t tasks = 0;
  finder->stamp++;
  mark_body(finder, root, levels);
  for (uint32_t i = 0; i < finder->queue.len; i++)
    tasks += finder->vertices->all.data[finder->queue.data[i]].name != 0;
  return tasks;
}

/* Whether a class is part of a larger one wherever it stands; if not it is told, if it is large enough. */
static void decide(Finder *finder, Class *class) {
  uint32_t next = finder->next_of[class->first];
  bool complete = is_complete(finder, class->first);
  if (class->covered || (!complete && next_count(finder, next) == class->count)) return;
  if (!finder->vertices->all.data[class->first].name) return;
  uint32_t levels = class->whole ? UINT32_MAX : finder->level;
  uint32_t tasks = count_tasks(finder, class->first, levels);
  if (tasks < finder->least || tasks <= class->told) return;
  class->told = tasks;
  Digest id = class->whole ? finder->whole[class->first]
                           : digest_add(finder->now[class->first], finder->level);
  vec_push(&finder->into->all, (Fragment){.id = id, .root = class->first, .levels = levels, .tasks = tasks});
  class->fragment = finder->into->all.len;
  spend(finder, (uint64_t)PLACE_COST * class->count);
}

static void tell(Finder *finder) {
  for (uint32_t c = 0; c < finder->classes.len; c++)
    if (finder->classes.data[c].count > 1) find_candidates(finder, &finder->classes.data[c]);
  for (uint32_t i = 0; i < finder->active.len; i++) {
    uint32_t at = finder->active.data[i];
    Class *class = &finder->classes.data[finder->class_of[at]];
    if (class->covered) class->covered &= covered_by(finder, class, at);
  }
  for (uint32_t c = 0; c < finder->classes.len; c++)
    if (finder->classes.data[c].count > 1) decide(finder, &finder->classes.data[c]);
}

/* Take down where the fragments stand, and go on to the next level with what is left. */
static void advance(Finder *finder) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < finder->active.len; i++) {
    uint32_t at = finder->active.data[i];
    const Class *class = &finder->classes.data[finder->class_of[at]];
    if (class->fragment) vec_push(&finder->hits, (Hit){class->fragment - 1, at});
    finder->class_of[at] = finder->next_of[at];
    if (is_complete(finder, at)) continue;
    finder->nexts.data[finder->next_of[at]].told = class->told;
    finder->active.data[kept++] = at;
  }
  finder->active.len = kept;
  Classes classes = finder->classes;
  finder->classes = finder->nexts;
  finder->nexts = classes;
  finder->level++;
}

/* ---- places ---- */

static int compare_places(Place a, Place b) {
  if (a.path != b.path) return a.path < b.path ? -1 : 1;
  if (a.line != b.line) return a.line < b.line ? -1 : 1;
  return a.column < b.column ? -1 : a.column > b.column;
}

static int by_place(const void *a, const void *b) {
  return compare_places(*(const Place *)a, *(const Place *)b);
}

/* Users before what they use. */
static int by_fragment(const void *x, const void *y) {
  const Hit *a = x, *b = y;
  if (a->fragment != b->fragment) return a->fragment < b->fragment ? -1 : 1;
  return a->vertex > b->vertex ? -1 : a->vertex < b->vertex;
}

static int by_saved(const void *x, const void *y, void *self) {
  const Fragment *a = x, *b = y;
  const Fragments *fragments = self;
  uint64_t saved_a = fragment_saved(a), saved_b = fragment_saved(b);
  if (saved_a != saved_b) return saved_a > saved_b ? -1 : 1;
  if (a->tasks != b->tasks) return a->tasks > b->tasks ? -1 : 1;
  int order = compare_places(fragments->places.data[a->first], fragments->places.data[b->first]);
  return order ? order : digest_compare(a->id, b->id);
}

/* Whether a fragment can begin inside of itself, as in a chain of equal calls. */
static bool is_nested(Finder *finder, const Fragment *fragment) {
  const Vertex *all = finder->vertices->all.data;
  finder->stamp++;
  mark_body(finder, fragment->root, fragment->levels);
  for (uint32_t i = 1; i < finder->queue.len; i++)
    if (digest_same(all[finder->queue.data[i]].alone, all[fragment->root].alone)) return true;
  return false;
}

/* The places of a fragment: each once, since what is expanded several times is written once, and none inside of
 * another one. Its hits begin at `hit`; gives where they end. */
static uint32_t add_places(Finder *finder, uint32_t number, uint32_t hit) {
  Fragments *into = finder->into;
  Fragment *fragment = &into->all.data[number];
  bool nested = is_nested(finder, fragment);
  finder->stamp++;
  fragment->first = into->places.len;
  for (; hit < finder->hits.len && finder->hits.data[hit].fragment == number; hit++) {
    uint32_t at = finder->hits.data[hit].vertex;
    if (nested && finder->seen[at] == finder->stamp) continue;
    if (nested) mark_body(finder, at, fragment->levels);
    vec_push(&into->places, finder->vertices->all.data[at].place);
  }
  Place *places = into->places.data + fragment->first;
  uint32_t count = into->places.len - fragment->first;
  if (count) qsort(places, count, sizeof *places, by_place);
  for (uint32_t p = 0; p < count; p++)
    if (!p || compare_places(places[p], places[fragment->count - 1])) places[fragment->count++] = places[p];
  into->places.len = fragment->first + fragment->count;
  return hit;
}

/* Fragments that stand in one place are no repeats. */
static void settle(Finder *finder) {
  Fragments *into = finder->into;
  if (finder->hits.len) qsort(finder->hits.data, finder->hits.len, sizeof(Hit), by_fragment);
  uint32_t hit = 0, kept = 0;
  for (uint32_t f = 0; f < into->all.len; f++) {
    hit = add_places(finder, f, hit);
    if (into->all.data[f].count > 1) into->all.data[kept++] = into->all.data[f];
  }
  into->all.len = kept;
  if (kept) qsort_r(into->all.data, kept, sizeof(Fragment), by_saved, into);
}

/* ---- the whole ---- */

/* The vertices above each. */
static void turn_around(Finder *finder) {
  const Vertices *vertices = finder->vertices;
  uint32_t *first = finder->above_first;
  memset(first, 0, (finder->count + 2) * sizeof *first);
  for (uint32_t k = 0; k < vertices->below.len; k++)
    if (vertices->below.data[k] != VERTEX_NONE) first[vertices->below.data[k] + 2]++;
  for (uint32_t i = 2; i < finder->count + 2; i++) first[i] += first[i - 1];
  for (uint32_t at = 0; at < finder->count; at++)
    for (uint32_t k = vertices->all.data[at].first; k < below_end(finder, at); k++)
      if (vertices->below.data[k] != VERTEX_NONE) finder->above[first[vertices->below.data[k] + 1]++] = at;
}

static void finder_open(Finder *finder) {
  size_t count = finder->count + 2;
  finder->now = mem_alloc(count * sizeof(Digest));
  finder->next = mem_alloc(count * sizeof(Digest));
  finder->whole = mem_alloc(count * sizeof(Digest));
  finder->class_of = mem_zero(count * sizeof(uint32_t));
  finder->next_of = mem_alloc(count * sizeof(uint32_t));
  finder->seen = mem_zero(count * sizeof(uint32_t));
  finder->above_first = mem_alloc(count * sizeof(uint32_t));
  finder->above = mem_alloc((finder->vertices->below.len + 1) * sizeof(uint32_t));
  turn_around(finder);
  for (uint32_t at = 0; at < finder->count; at++) {
    finder->now[at] = finder->vertices->all.data[at].alone;
    finder->whole[at] = deeper(finder, finder->whole, at); /* those below come first */
    vec_push(&finder->active, at);
  }
  finder->budget = LEAST_BUDGET + (uint64_t)COST_PER_VERTEX * finder->count;
  finder->level = 1;
}

static void finder_close(Finder *finder) {
  free(finder->now);
  free(finder->next);
  free(finder->whole);
  free(finder->class_of);
  free(finder->next_of);
  free(finder->seen);
  free(finder->above_first);
  free(finder->above);
  vec_free(&finder->classes);
  vec_free(&finder->nexts);
  vec_free(&finder->complete);
  vec_free(&finder->active);
  vec_free(&finder->queue);
  vec_free(&finder->hits);
}

void fragments_find(const Vertices *vertices, uint32_t least, Fragments *fragments) {
  Finder finder = {.vertices = vertices, .count = vertices->all.len, .into = fragments, .least = least};
  finder_open(&finder);
  group(&finder, finder.now, finder.class_of, &finder.classes);
  while (finder.active.len) {
    retire(&finder);
    descend(&finder);
    tell(&finder);
    advance(&finder);
  }
  settle(&finder);
  finder_close(&finder);
}

void fragments_free(Fragments *fragments) {
  vec_free(&fragments->all);
  vec_free(&fragments->places);
}
