/* diag_once.c: what was found in one file more than once, because several programs read it, is told once. */
#include "diag_list.h"

#include <stdlib.h>
#include <string.h>

/* A diagnostic by what a reader sees of it. */
typedef struct Seen {
  const char *path; /* real path of its file; "" for nowhere */
  uint32_t offset;
  Diag *diag;
} Seen;

static int same_to_reader(const Seen *x, const Seen *y) {
  int order = strcmp(x->path, y->path);
  if (order) return order;
  if (x->offset != y->offset) return x->offset < y->offset ? -1 : 1;
  if (x->diag->code != y->diag->code) return x->diag->code < y->diag->code ? -1 : 1;
  return strcmp(x->diag->message, y->diag->message);
}

static int by_sight(const void *a, const void *b) {
  const Seen *x = a, *y = b;
  int order = same_to_reader(x, y);
  return order ? order : x->diag->order < y->diag->order ? -1 : x->diag->order > y->diag->order;
}

static int by_report(const void *a, const void *b) {
  const Seen *x = a, *y = b;
  return x->diag->order < y->diag->order ? -1 : x->diag->order > y->diag->order;
}

static const char *real_path(Arena *arena, const char *path) {
  char *real = realpath(path, NULL);
  const char *kept = real ? arena_text(arena, real, strlen(real)) : path;
  free(real);
  return kept;
}

/* All of them; their files are looked up once for each run of diagnostics in one. */
static Seen *look_up(const Diags *diags) {
  Seen *seen = mem_alloc((diags->list.len + 1) * sizeof *seen);
  const Source *last = NULL;
  const char *path = "";
  for (uint32_t i = 0; i < diags->list.len; i++) {
    Diag *told = diags->list.data[i];
    const Source *source = sources_at(diags->sources, told->span);
    if (source && source != last) path = real_path(diags->arena, source->path);
    if (source) last = source;
    seen[i] = (Seen){source ? path : "", source ? told->span.lo - source->base : 0, told};
  }
  return seen;
}

void diags_once(Diags *diags) {
  uint32_t count = diags->list.len, kept = 0;
  Seen *seen = look_up(diags);
  qsort(seen, count, sizeof *seen, by_sight);
  for (uint32_t i = 0; i < count; i++)
    if (!kept || same_to_reader(&seen[kept - 1], &seen[i])) seen[kept++] = seen[i];
  qsort(seen, kept, sizeof *seen, by_report);
  diags_rewind(diags, 0);
  for (uint32_t i = 0; i < kept; i++) {
    vec_push(&diags->list, seen[i].diag);
    diags->errors += diag_is_error(seen[i].diag->code);
  }
  free(seen);
}
