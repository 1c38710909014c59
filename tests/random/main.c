/* main.c: random workflows against the claims of docs/algebra.md.
 * usage: random [--seed N] [--cases N] [--only NAME] [--verbose], or: random --orders N
 *
 * A case is a workflow, a chain of laws that must keep its identity, a mutation that must not unless it means nothing,
 * and a tiny workflow that is compared with all others of its kind.  Whenever two identities are equal, so are the outcomes of
 * 64 interpretations; in C0 to C2 also the other way round. */
#include "check.h"
#include "orders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage(void) {
  fprintf(stderr,
          "usage: random [--seed N] [--cases N] [--only LAW|MUTATION|tiny] [--verbose] | --orders N\n");
  return 2;
}

int main(int argc, char **argv) {
  Settings settings = {.seed = 1, .cases = 10000};
  for (int i = 1; i < argc; i++) {
    bool more = i + 1 < argc;
    if (!strcmp(argv[i], "--verbose"))
      settings.verbose = true;
    else if (!strcmp(argv[i], "--seed") && more)
      settings.seed = strtoull(argv[++i], NULL, 10);
    else if (!strcmp(argv[i], "--cases") && more)
      settings.cases = (uint32_t)strtoul(argv[++i], NULL, 10);
    else if (!strcmp(argv[i], "--only") && more)
      settings.only = argv[++i];
    else if (!strcmp(argv[i], "--orders") && more)
      return orders_check((uint32_t)strtoul(argv[i + 1], NULL, 10)) ? 0 : 1;
    else
      return usage();
  }
  return check_all(&settings) ? 0 : 1;
}
