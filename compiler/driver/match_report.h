/* match_report.h: occurrences of a pattern, as text and as JSON. */
#ifndef WEFT_DRIVER_MATCH_REPORT_H
#define WEFT_DRIVER_MATCH_REPORT_H

#include "canon/match.h"

/* Append the occurrences in a workflow that came of `path`; for JSON as objects with commas between, and one before
 * them unless they are `first`. */
void match_text(const Graph *target, const Matches *matches, const char *path, Text *into);
void match_json(const Graph *target, const Matches *matches, const char *path, bool first, Text *into);

#endif
