/* orders.h: all acyclic graphs of a few volatile calls. */
#ifndef WEFT_TESTS_ORDERS_H
#define WEFT_TESTS_ORDERS_H

#include <stdbool.h>
#include <stdint.h>

/* Whether up to `most` calls of one volatile task, each after any of those before it, have as many identities as there
 * are acyclic graphs up to isomorphism. Prints what is wrong, then the numbers of tests. */
bool orders_check(uint32_t most);

#endif
