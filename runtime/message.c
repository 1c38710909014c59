/* message.c: errors and notes of a run, in one piece each, so that they do not mix with the bar. */
#include "message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disk.h"
#include "element.h"
#include "progress.h"
#include "text.h"

void message_text(Run *run, const RtText *text) {
  if (run->element) text_add(&run->element->said, text->data, text->len);
  progress_clear(run);
  disk_write(STDERR_FILENO, text->data, text->len); /* nowhere to complain */
}

void message_error(Run *run, const char *code, const RtPlace *at, const char *text, const char *hint) {
  RtText line = {0};
  text_addf(&line, "error[%s]: %s\n", code, text);
  if (at && at->file) text_addf(&line, "  --> %s:%u:%u\n", at->file, at->line, at->column);
  if (hint) text_addf(&line, "  help: %s\n", hint);
  message_text(run, &line);
  text_free(&line);
}

void message_failure(Run *run, const Frame *frame, uint32_t step) {
  Failure *failure = &run->failure;
  const RtStep *code = &frame->plan->code->steps[step];
  RtText text = {0};
  if (code->name && *code->name) {
    step_label(&text, frame, step);
    text_puts(&text, ": ");
  }
  text_add(&text, failure->message.data, failure->message.len);
  message_error(run, failure->code, failure->at.file ? &failure->at : &code->place, text.data, NULL);
  text_free(&text);
}

void message_note(Run *run, const char *format, ...) {
  if (run->options.quiet) return;
  char *line = NULL;
  va_list args;
  va_start(args, format);
  int len = vasprintf(&line, format, args);
  va_end(args);
  if (len < 0) return;
  RtText text = {0};
  text_add(&text, line, (size_t)len);
  text_char(&text, '\n');
  message_text(run, &text);
  text_free(&text);
  free(line);
}

void message_explained(Run *run, const RtError *error) {
  char code[8];
  size_t len;
  error_code(error, code);
  const char *message = error_message(error, &len), *hint = error_hint(error);
  RtText text = {0};
  text_add(&text, message, len);
  message_error(run, code, NULL, text.data, *hint ? hint : NULL);
  text_free(&text);
}
