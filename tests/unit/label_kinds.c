#include "label_graphs.h"

#include <string.h>

Drawing draw_random(uint32_t count, uint32_t edges, uint32_t colours, bool directed, uint64_t *random) {
  Drawing drawing = drawing_new(count);
  for (uint32_t v = 0; v < count; v++) drawing.colours[v] = random_below(random, colours);
  for (uint32_t i = 0; i < edges && count > 1; i++) {
    uint32_t a = random_below(random, count), b = random_below(random, count - 1);
    b += b >= a;
    if (directed)
      drawing_arc(&drawing, a, b, random_below(random, 2));
    else
      drawing_edge(&drawing, a, b);
  }
  return drawing;
}

Drawing draw_layered(uint32_t layers, uint32_t width, uint32_t per, uint64_t *random) {
  Drawing drawing = drawing_new(layers * width);
  for (uint32_t v = 0; v < drawing.count; v++) {
    drawing.colours[v] = v / width % 3;
    uint32_t before = v / width * width - width, last[8];
    for (uint32_t i = 0; v >= width && i < per && i < 8; i++) {
      last[i] = before + random_below(random, width);
      bool again = false;
      for (uint32_t k = 0; k < i; k++) again |= last[k] == last[i];
      if (!again) drawing_arc(&drawing, last[i], v, 0);
    }
  }
  return drawing;
}

static uint32_t montage_difference(Drawing *drawing, uint32_t put, uint32_t images, uint32_t a, uint32_t b) {
  drawing->colours[put] = 2;
  drawing_arc(drawing, a, put, 0);
  drawing_arc(drawing, b, put, 0);
  drawing_arc(drawing, put, 2 * images, 0);
  return put + 1;
}

Drawing draw_montage(uint32_t width, uint32_t height) {
  uint32_t images = width * height, last = 2 * images;
  uint32_t differences = (width - 1) * height + width * (height - 1) + (width - 1) * (height - 1);
  Drawing drawing = drawing_new(last + 6 + differences);
  for (uint32_t i = 0; i < images; i++) {
    drawing.colours[i] = 1;
    drawing.colours[images + i] = 3;
    drawing_arc(&drawing, i, images + i, 0);
    drawing_arc(&drawing, last + 1, images + i, 0);
    drawing_arc(&drawing, images + i, last + 2, 0);
    drawing_arc(&drawing, images + i, last + 3, 0);
  }
  for (uint32_t i = 0; i < 6; i++) drawing.colours[last + i] = 10 + i;
  drawing_arc(&drawing, last, last + 1, 0);
  for (uint32_t i = 2; i < 5; i++) drawing_arc(&drawing, last + i, last + i + 1, 0);
  uint32_t put = last + 6;
  for (uint32_t i = 0; i < images; i++) {
    bool right = i % width + 1 < width, down = i + width < images;
    if (right) put = montage_difference(&drawing, put, images, i, i + 1);
    if (down) put = montage_difference(&drawing, put, images, i, i + width);
    if (right && down) put = montage_difference(&drawing, put, images, i, i + width + 1);
  }
  return drawing;
}

Drawing draw_branches(uint32_t branches, uint32_t length) {
  Drawing drawing = drawing_new(branches * length + 2);
  uint32_t source = branches * length, sink = source + 1;
  for (uint32_t b = 0; b < branches; b++) {
    for (uint32_t k = 0; k < length; k++) {
      uint32_t v = b * length + k;
      drawing.colours[v] = 1 + k % 4;
      drawing_arc(&drawing, k ? v - 1 : source, v, 0);
    }
    drawing_arc(&drawing, b * length + length - 1, sink, 0);
  }
  return drawing;
}

Drawing draw_all_but_one(uint32_t count, uint32_t labels) {
  Drawing drawing = drawing_new(2 * count);
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t k = 0; k < count; k++)
      for (uint32_t label = 0; label < labels; label++)
        if (i != (k + label) % count) drawing_arc(&drawing, i, count + k, label);
  return drawing;
}

Drawing draw_bipartite(uint32_t left, uint32_t right) {
  Drawing drawing = drawing_new(left + right);
  for (uint32_t a = 0; a < left; a++)
    for (uint32_t b = 0; b < right; b++) drawing_edge(&drawing, a, left + b);
  return drawing;
}

Drawing draw_grid(uint32_t width, uint32_t height, bool around) {
  Drawing drawing = drawing_new(width * height);
  for (uint32_t v = 0; v < drawing.count; v++) {
    uint32_t x = v % width, y = v / width;
    if (around || x + 1 < width) drawing_edge(&drawing, v, y * width + (x + 1) % width);
    if (around || y + 1 < height) drawing_edge(&drawing, v, (y + 1) % height * width + x);
  }
  return drawing;
}

Drawing draw_hypercube(uint32_t dimensions) {
  Drawing drawing = drawing_new(1U << dimensions);
  for (uint32_t v = 0; v < drawing.count; v++)
    for (uint32_t d = 0; d < dimensions; d++)
      if (!(v >> d & 1)) drawing_edge(&drawing, v, v | 1U << d);
  return drawing;
}

/* Circles through all vertices in random order are regular; that edges may be parallel is no harm. */
Drawing draw_regular(uint32_t count, uint32_t degree, uint64_t *random) {
  Drawing drawing = drawing_new(count);
  uint32_t *circle = mem_alloc(count * sizeof *circle);
  for (uint32_t v = 0; v < count; v++) circle[v] = v;
  for (uint32_t d = 0; d < degree; d += 2) {
    random_shuffle(random, circle, count);
    uint32_t step = d + 1 == degree ? 2 : 1;
    for (uint32_t i = 0; i < count; i += step) drawing_edge(&drawing, circle[i], circle[(i + 1) % count]);
  }
  free(circle);
  return drawing;
}

Drawing draw_paley(uint32_t prime) {
  Drawing drawing = drawing_new(prime);
  for (uint32_t square = 1; square < prime; square++) {
    bool is_square = false;
    for (uint64_t x = 1; x < prime && !is_square; x++) is_square = x * x % prime == square;
    for (uint32_t v = 0; is_square && v < prime; v++) drawing_arc(&drawing, v, (v + square) % prime, 0);
  }
  return drawing;
}

Drawing draw_rook(uint32_t side) {
  Drawing drawing = drawing_new(side * side);
  for (uint32_t a = 0; a < drawing.count; a++)
    for (uint32_t b = 0; b < a; b++)
      if (a / side == b / side || a % side == b % side) drawing_edge(&drawing, a, b);
  return drawing;
}

Drawing draw_shrikhande(void) {
  Drawing drawing = drawing_new(16);
  for (uint32_t a = 0; a < 16; a++)
    for (uint32_t b = 0; b < a; b++) {
      uint32_t x = (a / 4 - b / 4) % 4, y = (a % 4 - b % 4) % 4;
      bool joined = (x == 0 && y % 2) || (y == 0 && x % 2) || (x == y && x % 2);
      if (joined) drawing_edge(&drawing, a, b);
    }
  return drawing;
}

Drawing draw_latin(uint32_t side, bool bits) {
  Drawing drawing = drawing_new(side * side);
  for (uint32_t a = 0; a < drawing.count; a++)
    for (uint32_t b = 0; b < a; b++) {
      uint32_t i = a / side, j = a % side, k = b / side, l = b % side;
      bool symbol = bits ? (i ^ j) == (k ^ l) : (i + j) % side == (k + l) % side;
      if (i == k || j == l || symbol) drawing_edge(&drawing, a, b);
    }
  return drawing;
}

/* Ten vertices each: one for each even set of the three edges, and two for each edge. */
Drawing draw_cfi(const Drawing *base, bool twisted) {
  Drawing drawing = drawing_new(10 * base->count);
  uint32_t *used = mem_alloc(base->count * sizeof *used);
  memset(used, 0, base->count * sizeof *used);
  for (uint32_t v = 0; v < base->count; v++)
    for (uint32_t set = 0; set < 4; set++)
      for (uint32_t edge = 0; edge < 3; edge++) {
        uint32_t in = (edge < 2 ? set >> edge : set ^ set >> 1) & 1;
        drawing_edge(&drawing, 10 * v + set, 10 * v + 4 + 2 * edge + in);
      }
  for (uint32_t i = 0; i < base->arcs.len; i++) {
    Arc arc = base->arcs.data[i];
    if (arc.from > arc.to) continue;
    uint32_t a = 10 * arc.from + 4 + 2 * used[arc.from]++, b = 10 * arc.to + 4 + 2 * used[arc.to]++;
    drawing_edge(&drawing, a, b + twisted);
    drawing_edge(&drawing, a + 1, b + !twisted);
    twisted = false;
  }
  free(used);
  return drawing;
}

Drawing draw_ladder(uint32_t steps, bool twisted) {
  Drawing drawing = drawing_new(2 * steps);
  for (uint32_t i = 0; i < steps; i++) {
    uint32_t next = (i + 1) % steps, cross = twisted && next == 0;
    drawing_edge(&drawing, i, steps + i);
    drawing_edge(&drawing, i, cross ? steps + next : next);
    drawing_edge(&drawing, steps + i, cross ? next : steps + next);
  }
  return drawing;
}
