/* form.h: the canonical form of a graph: its nodes in an order that the graph alone determines, its bytes, and their
 * SHA-256, which is its identity.
 *
 * What is ordered fixes the order: outputs by name, operands by place.  Where the order of operands means nothing
 * their digests decide, and where these are equal too, a canonical labelling (label.h). */
#ifndef WEFT_CANON_FORM_H
#define WEFT_CANON_FORM_H

#include "canon/digest.h"

typedef struct Form {
  const Graph *graph;
  Digests digests;
  VEC(Node) order;     /* operands before their users */
  VEC(uint32_t) first; /* operands of order[p] are args[first[p]] … args[first[p + 1] - 1] */
  VEC(uint32_t) args;  /* places in `order`, in canonical order */
  uint32_t *place;     /* of each node in `order`, or NODE_NONE */
  VEC(uint32_t) outputs, effects, inputs; /* numbers of the graph's, in canonical order */
  bool
      exhausted; /* a budget ran out, of labelling or of conditions: equal workflows may have different identities */
  char hex[65]; /* the identity */
} Form;

/* The form of a graph in normal form (normal.h), which has to stay. Linear where all is ordered. */
Form *form_new(const Graph *normal, View view);
void form_free(Form *form);
/* Append the canonical bytes: the text of which `hex` is the SHA-256, behind a prefix that names view and version. */
void form_print(const Form *form, Text *into);

static inline uint32_t form_count(const Form *form) { return form->order.len; }
static inline Digest form_digest(const Form *form, Node node) { return form->digests.nodes[node]; }

#endif
