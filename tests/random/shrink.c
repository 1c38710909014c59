#include "shrink.h"

#include <string.h>

uint32_t workflow_size(const Workflow *flow) {
  Routines reached = workflow_reached(flow);
  uint32_t size = 0;
  for (uint32_t i = 0; i < reached.len; i++) {
    size += 2 + reached.data[i]->in_count + term_size(reached.data[i]->body);
    size += reached.data[i]->image != NULL;
  }
  vec_free(&reached);
  return size;
}

/* ---- ways to make it smaller; false: no such way ---- */

/* A part in place of the whole: kid number `way`, or a leaf, or a variable. */
static bool cut_term(Workflow *flow, const Place *place, uint32_t way) {
  Term *term = *place->slot;
  if (term->kind == TERM_VAR || !term->sort || term->sort->kind == SORT_UNIT) return false;
  if (way < term->count) {
    Term *kid = term->kids[way];
    if (!kid || kid->sort != term->sort || (kid->kind >= ARROW_NAME) != (term->kind >= ARROW_NAME))
      return false;
    *place->slot = kid;
    return true;
  }
  if (term->kind >= ARROW_NAME) return false;
  if (way == term->count) {
    Term *leaf = term_leaf(flow->world, term->sort);
    if (!leaf || term_size(term) <= term_size(leaf)) return false;
    *place->slot = leaf;
    return true;
  }
  for (const Scope *at = place->scope; at; at = at->up) {
    if (at->var->sort != term->sort || term->count == 0) continue;
    *place->slot = term_var(flow->world, at->var);
    return true;
  }
  return false;
}

static bool cut_step(Workflow *flow, const Place *place, uint32_t way) {
  Term *block = *place->slot;
  if (block->kind != TERM_BLOCK || way >= block->bound) return false;
  if (block->vars[way] && term_mentions(block, block->vars[way])) return false;
  if (block->bound == 1 && block->kids[1] && place->slot != &flow->main->body) {
    *place->slot = block->kids[1];
    return true;
  }
  Term *made = term_new(flow->world, TERM_BLOCK, block->sort, block->count - 1, block->bound - 1);
  for (uint32_t i = 0, k = 0; i < block->count; i++)
    if (i != way) made->kids[k++] = block->kids[i];
  for (uint32_t i = 0, k = 0; i < block->bound; i++)
    if (i != way) made->vars[k++] = block->vars[i];
  *place->slot = made;
  return true;
}

static bool cut_filter(const Place *place) {
  Term *loop = *place->slot;
  uint32_t at = loop->kind == TERM_FOLD ? loop->bound - 1 : loop->bound;
  if ((loop->kind != TERM_FOR && loop->kind != TERM_FOLD) || !loop->kids[at]) return false;
  loop->kids[at] = NULL;
  return true;
}

static bool cut_result(Workflow *flow, uint32_t way) {
  Term *body = flow->main->body;
  Term **slot = body->kind == TERM_BLOCK ? &body->kids[body->bound] : &flow->main->body;
  Term *record = *slot;
  if (record->kind != TERM_RECORD || record->count < 2 || way >= record->count) return false;
  const Sort *fields[8];
  const char *names[8];
  Term *made = term_new(flow->world, TERM_RECORD, NULL, record->count - 1, 0);
  for (uint32_t i = 0, k = 0; i < record->count; i++) {
    if (i == way) continue;
    fields[k] = record->sort->fields[i];
    names[k] = record->sort->names[i];
    made->kids[k++] = record->kids[i];
  }
  made->sort = flow->main->result = sort_record(flow->world, made->count, fields, names);
  *slot = made;
  if (body->kind == TERM_BLOCK) body->sort = made->sort;
  return true;
}

static bool cut_input(Workflow *flow, uint32_t way) {
  Routine *main = flow->main;
  if (way >= main->in_count || term_mentions(main->body, main->ins[way])) return false;
  uint32_t rest = --main->in_count - way;
  memmove(main->ins + way, main->ins + way + 1, rest * sizeof *main->ins);
  memmove(main->defaults + way, main->defaults + way + 1, rest * sizeof *main->defaults);
  return true;
}

static bool cut(Workflow *flow, uint32_t at, uint32_t way) {
  if (at == 0) return cut_result(flow, way);
  if (at == 1) return cut_input(flow, way);
  Places places = workflow_places(flow);
  bool done = false;
  if (at - 2 < places.len) {
    const Place *place = &places.data[at - 2];
    Term *body = flow->main->body;
    bool results = place->slot == &flow->main->body ||
                   (body->kind == TERM_BLOCK && place->slot == &body->kids[body->bound]);
    done = !results && (*place->slot)->kind != TERM_AFTER && cut_term(flow, place, way);
    done = done || cut_step(flow, place, way) || (way == 0 && cut_filter(place));
  }
  vec_free(&places);
  return done;
}

Workflow *shrink(const Workflow *flow, bool interface, Still *still, void *self, uint32_t most) {
  enum { WAYS = 8 };
  Workflow *best = workflow_copy(flow);
  bool smaller = true;
  while (smaller && most) {
    smaller = false;
    Places places = workflow_places(best);
    uint32_t count = places.len + 2;
    vec_free(&places);
    for (uint32_t at = interface ? 2 : 0; at < count && !smaller && most; at++)
      for (uint32_t way = 0; way < WAYS && !smaller && most; way++) {
        Workflow *next = workflow_copy(best);
        if (!cut(next, at, way) || workflow_size(next) >= workflow_size(best)) continue;
        most--;
        smaller = still(self, next);
        if (smaller) best = next;
      }
  }
  return best;
}
