#include "import/roll.h"

#include <string.h>

static int64_t number_at(const uint32_t *first, const uint32_t *numbers, uint32_t job, uint32_t k) {
  return numbers[first[job] + k];
}

static uint32_t width_of(const uint32_t *first, uint32_t job) { return first[job + 1] - first[job]; }

static bool same_width(uint32_t count, const uint32_t *first) {
  for (uint32_t i = 1; i < count; i++)
    if (width_of(first, i) != width_of(first, 0)) return false;
  return true;
}

static bool is_all(uint32_t count, const uint32_t *first, const uint32_t *numbers, uint32_t length) {
  if (width_of(first, 0) != length) return false;
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t k = 0; k < length; k++)
      if (numbers[first[i] + k] != k) return false;
  return true;
}

/* One step between the numbers of each job, alike for all. */
static bool fit_step(uint32_t count, const uint32_t *first, const uint32_t *numbers, Fit *fit) {
  if (fit->width > 1) fit->d = number_at(first, numbers, 0, 1) - number_at(first, numbers, 0, 0);
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t k = 1; k < fit->width; k++)
      if (number_at(first, numbers, i, k) - number_at(first, numbers, i, k - 1) != fit->d) return false;
  return true;
}

/* The first number of each job by its place: a progression of progressions. */
static bool fit_base(uint32_t count, const uint32_t *first, const uint32_t *numbers, Fit *fit) {
  fit->c = number_at(first, numbers, 0, 0);
  fit->b = count > 1 ? number_at(first, numbers, 1, 0) - fit->c : 0;
  uint32_t period = 1;
  while (period < count && number_at(first, numbers, period, 0) == fit->c + fit->b * period) period++;
  fit->m = period;
  fit->a = period < count ? number_at(first, numbers, period, 0) - fit->c : 0;
  for (uint32_t i = 0; i < count; i++)
    if (number_at(first, numbers, i, 0) != fit->c + fit->a * (i / period) + fit->b * (i % period))
      return false;
  if (period == count) fit->m = 0, fit->a = 0;
  return true;
}

/* Jobs that are next to each other read one group of `width` elements, then the next. */
static bool fit_owner(uint32_t count, const uint32_t *first, const uint32_t *numbers, uint32_t length,
                      Fit *fit) {
  if (!fit->width || (fit->width > 1 && fit->d != 1)) return false;
  for (uint32_t i = 0; i < count; i++) {
    int64_t number = number_at(first, numbers, i, 0) / fit->width;
    if (number_at(first, numbers, i, 0) % fit->width) return false;
    if (number != fit->sizes.len - 1 && number != fit->sizes.len) return false;
    if (number == fit->sizes.len) vec_push(&fit->sizes, 0);
    vec_last(&fit->sizes)++;
  }
  return fit->sizes.len * fit->width == length;
}

static bool fit_group(uint32_t count, const uint32_t *first, const uint32_t *numbers, Fit *fit) {
  uint32_t next = 0;
  for (uint32_t i = 0; i < count; i++) {
    vec_push(&fit->sizes, width_of(first, i));
    for (uint32_t k = 0; k < width_of(first, i); k++)
      if (numbers[first[i] + k] != next++) return false;
  }
  return true;
}

Fit roll_fit(uint32_t count, const uint32_t *first, const uint32_t *numbers, uint32_t length) {
  Fit fit = {.kind = FIT_TABLE};
  if (same_width(count, first)) {
    fit.width = width_of(first, 0);
    fit.kind = FIT_ALL;
    if (is_all(count, first, numbers, length) && (length > 1 || count == 1)) return fit;
    fit.kind = FIT_LINEAR;
    bool stepped = fit_step(count, first, numbers, &fit);
    if (stepped && fit_base(count, first, numbers, &fit)) return fit;
    fit.kind = FIT_OWNER;
    if (stepped && fit_owner(count, first, numbers, length, &fit)) return fit;
  }
  fit.sizes.len = 0;
  fit.kind = FIT_GROUP;
  if (fit_group(count, first, numbers, &fit)) return fit;
  fit.kind = FIT_TABLE;
  return fit;
}
