/* form_label.h: an order for nodes that their digests cannot tell apart; for form.c alone. */
#ifndef WEFT_CANON_FORM_LABEL_H
#define WEFT_CANON_FORM_LABEL_H

#include "canon/digest.h"

/* The canonical place of each anonymous node among them; `places` has room for every node of the graph. False: the
 * budget ran out, and the order is not canonical. */
bool form_label(const Digests *digests, uint32_t *places);

#endif
