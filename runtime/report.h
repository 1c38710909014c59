/* report.h: what is told of a run afterwards: an HTML page, a file for trace viewers. */
#ifndef WEFT_RT_REPORT_H
#define WEFT_RT_REPORT_H

#include "run.h"

/* Open what --trace and --report name, so that a wrong path is told before anything runs. 1, or 0 after telling. */
int report_begin(Run *run);
/* A job is over. */
void report_job(Run *run, const Job *job, EventState state);
/* Write --report. */
void report_write(Run *run, int status);
/* trace.c: --trace, event by event. */
int trace_begin(Run *run);
void trace_job(Run *run, const Job *job, EventState state);
void trace_end(Run *run);
/* graph.c: the steps of all regions as SVG. */
void graph_svg(RtText *into, const Run *run);
/* Text in HTML and SVG. */
void html_text(RtText *into, const char *text);

#endif
