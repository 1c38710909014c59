/* check.h: the claims, checked on random workflows. */
#ifndef WEFT_TESTS_CHECK_H
#define WEFT_TESTS_CHECK_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Settings {
  uint64_t seed;
  uint32_t cases;
  const char *only; /* a law, a mutation or "tiny"; NULL: all */
  bool verbose;     /* how often each was tried, and what could be better */
} Settings;

/* Runs, prints what is wrong with the smallest workflows that show it, and the counts; whether all is right. */
bool check_all(const Settings *settings);

#endif
