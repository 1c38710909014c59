/* law_report.h: which laws made a workflow its normal form, and where. */
#ifndef WEFT_DRIVER_LAW_REPORT_H
#define WEFT_DRIVER_LAW_REPORT_H

#include "ir/graph.h"

/* Append the laws that a traced graph's facts tell of, one paragraph each: place, number and name, and both sides in
 * short.  What was said of the same terms several times is one paragraph with its count. */
void law_report(const Session *session, const Graph *graph, Text *into);

#endif
