/* rng.h: random numbers from a seed, the same on every machine (the generator of S. Vigna's splitmix64). */
#ifndef WEFT_TESTS_RNG_H
#define WEFT_TESTS_RNG_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Rng {
  uint64_t state;
} Rng;

static inline uint64_t rng_next(Rng *rng) {
  uint64_t z = rng->state += 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

/* From 0 to `bound` - 1; 0 for a bound of 0. */
static inline uint32_t rng_below(Rng *rng, uint32_t bound) {
  return bound ? (uint32_t)((rng_next(rng) >> 32) * bound >> 32) : 0;
}

static inline bool rng_chance(Rng *rng, uint32_t percent) { return rng_below(rng, 100) < percent; }

#endif
