#include "canon/labelling.h"

size_t certificate_size(const Sub *sub) {
  size_t words = 0;
  for (uint32_t v = 0; v < sub->count; v++) words += sub->off[2 * v + 1] - sub->off[2 * v];
  return 2 * (size_t)sub->count + (sub->kind ? 2 * words : words);
}

/* Row by row: the colour of a vertex, how many edges leave it, and where these go.  The rows are filled by
 * going through the ends of the edges in order, so that nothing needs to be sorted. */
void certificate_write(const Sub *sub, const uint32_t *order, uint32_t *place, uint32_t *cursor,
                       uint32_t *words) {
  uint32_t put = 0;
  for (uint32_t i = 0; i < sub->count; i++) {
    uint32_t vertex = order[i], edges = sub->off[2 * vertex + 1] - sub->off[2 * vertex];
    place[vertex] = i;
    words[put++] = sub->colour ? sub->colour[vertex] : 0;
    words[put++] = edges;
    cursor[i] = put;
    put += sub->kind ? 2 * edges : edges;
  }
  for (uint32_t i = 0; i < sub->count; i++) {
    uint32_t vertex = order[i];
    for (uint32_t e = sub->off[2 * vertex + 1]; e < sub->off[2 * vertex + 2]; e++) {
      uint32_t *row = &cursor[place[sub->near[e]]];
      words[(*row)++] = i;
      if (sub->kind) words[(*row)++] = sub->kind[e];
    }
  }
}
