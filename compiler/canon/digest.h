/* digest.h: what each node of a graph is, as 128 bits that do not depend on how or where the graph was made.
 *
 * Digests order and compare terms; identities are never made of them alone (see form.h).  A node whose digest does
 * not tell which node it is (a volatile call, under some views a literal or an input) is *anonymous*, and so is
 * everything above it. */
#ifndef WEFT_CANON_DIGEST_H
#define WEFT_CANON_DIGEST_H

#include "ir/graph.h"

typedef struct Digest {
  uint64_t high, low;
} Digest;

/* What is looked at, and what not; one row each in views.def. */
typedef enum View {
#define VIEW(view, ...) view,
#include "canon/views.def"
#undef VIEW
  VIEW_COUNT
} View;

/* The view of a name as in `--view`, or VIEW_COUNT. */
View view_find(const char *name);
const char *view_name(View view);

static inline bool digest_same(Digest a, Digest b) { return a.high == b.high && a.low == b.low; }
/* Order of digests as numbers: below, at or above 0. */
int digest_compare(Digest a, Digest b);
Digest digest_add(Digest digest, uint64_t value);
Digest digest_add_digest(Digest digest, Digest other);
Digest digest_add_text(Digest digest, const char *bytes, size_t len);

typedef struct Digests {
  const Graph *graph;
  View view;
  Digest *nodes;      /* of each node that is reachable */
  Digest *tasks;      /* of each task: command, ports, outputs, attributes that can change a result */
  Digest *data;       /* of each node alone: operation, type and what it carries */
  uint8_t *reachable; /* marks of what outputs, effects and defaults reach */
  uint8_t *anonymous; /* whether something anonymous is at or below the node */
} Digests;

/* All in one pass, operands first; linear. End it with digests_end. */
void digests_of(const Graph *graph, View view, Digests *digests);
void digests_end(Digests *digests);

/* Exact digests of a graph that is being rewritten: of nodes as they are asked for. */
struct Scope;
typedef struct Digester Digester;

Digester *digester_new(const Graph *graph);
void digester_free(Digester *digester);
/* How many binders are open around an open variable: all that its digest knows of it, so said before it is used. */
void digester_open(Digester *digester, Node variable, uint32_t depth);
/* The same of all variables of a binder that a rewriting opens. */
void digester_scope(Digester *digester, const struct Scope *scope);
uint32_t digester_depth(const Digester *digester, Node variable);
Digest digester_of(Digester *digester, Node node);
/* The digest of a task; said before nodes that call it. */
Digest digester_task(Digester *digester, uint32_t number);

/* The operands of a node as the view sees them: all, but of an array's elements that look alike only the first where
 * widths are forgotten.  `args` has room for all; gives their number.  The operands' digests are known. */
uint32_t digest_args(const Digests *digests, Node node, Node *args);

#endif
