/* trace.c: Chrome's trace events, one complete event ("X") a task, written as tasks end. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "disk.h"
#include "message.h"
#include "report.h"
#include "task.h"
#include "text.h"

enum { FLUSH = 1 << 16 };

int trace_begin(Run *run) {
  run->trace_fd = -1;
  if (!run->options.trace) return 1;
  run->trace_fd = open(run->options.trace, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (run->trace_fd < 0) {
    RtText text = {0};
    text_addf(&text, "cannot write %s: %s", run->options.trace, strerror(errno));
    message_error(run, "R0112", NULL, text.data, NULL);
    text_free(&text);
    return 0;
  }
  text_puts(&run->trace, "[{\"name\": \"process_name\", \"ph\": \"M\", \"pid\": 1, \"args\": {\"name\": ");
  text_json(&run->trace, run->program->name, strlen(run->program->name));
  text_puts(&run->trace, "}}");
  return 1;
}

static void flush(Run *run) {
  int error = disk_write(run->trace_fd, run->trace.data, run->trace.len);
  run->trace.len = 0;
  if (!error) return;
  message_note(run, "warning: %s cannot be written any further: %s", run->options.trace, strerror(error));
  close(run->trace_fd);
  run->trace_fd = -1;
}

void trace_job(Run *run, const Job *job, EventState state) {
  if (run->trace_fd < 0 || state == EVENT_CACHED) return;
  RtText label = {0}, *out = &run->trace;
  step_label(&label, job->frame, job->step);
  text_puts(out, ",\n{\"name\": ");
  text_json(out, label.data, label.len);
  double start = job->start ? job->start - run->began : clock_now() - run->began;
  text_addf(
      out,
      ", \"cat\": \"%s\", \"ph\": \"X\", \"pid\": 1, \"tid\": %u, \"ts\": %.0f, \"dur\": %.0f, \"args\": {",
      job->task->name, job->lane + 1, start * 1e6, job->used_wall * 1e6);
  text_addf(out, "\"cpu_s\": %.4f, \"max_rss_kib\": %lld, \"failed\": %s}}", job->used_cpu,
            (long long)job->used_rss, state == EVENT_FAILED ? "true" : "false");
  text_free(&label);
  if (out->len > FLUSH) flush(run);
}

void trace_end(Run *run) {
  if (run->trace_fd >= 0) {
    text_puts(&run->trace, "]\n");
    flush(run);
  }
  if (run->trace_fd >= 0) close(run->trace_fd);
  text_free(&run->trace);
}
