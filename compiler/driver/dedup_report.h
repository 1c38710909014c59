/* dedup_report.h: what `weft dedup` found, as text and as JSON. */
#ifndef WEFT_DRIVER_DEDUP_REPORT_H
#define WEFT_DRIVER_DEDUP_REPORT_H

#include "canon/dedup.h"

/* Append classes of more than one file and fragments; `all`: also classes of one, and all places of all fragments. */
void dedup_text(const Dedup *dedup, const Fragments *fragments, bool all, Text *into);
/* The same and more as one JSON object; docs/comparing.md says what is in it. */
void dedup_json(const Dedup *dedup, const Fragments *fragments, Text *into);

#endif
