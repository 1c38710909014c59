#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

int complain(Status status, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fputs("weft: ", stderr);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  return status;
}

int complain_unknown(const char *what, const char *name, const char *(*name_at)(uint32_t), uint32_t count) {
  Suggestion suggestion = {.name = name};
  Text names = {0};
  for (uint32_t i = 0; i < count; i++) {
    suggest(&suggestion, name_at(i));
    text_addf(&names, "%s%s", i ? ", " : "", name_at(i));
  }
  if (suggestion.best)
    complain(STATUS_USAGE, "no %s `%s`: did you mean `%s`?", what, name, suggestion.best);
  else
    complain(STATUS_USAGE, "no %s `%s`: there are %s", what, name, names.data);
  text_free(&names);
  return STATUS_USAGE;
}

static int write_text(Text *text, FILE *file, const char *name) {
  errno = 0;
  bool ok = file && (!text->len || fwrite(text->data, 1, text->len, file) == text->len);
  if (file) ok = (file == stdout ? fflush(file) : fclose(file)) == 0 && ok;
  text_free(text);
  return ok ? STATUS_OK : complain(STATUS_FAILED, "cannot write %s: %s", name, strerror(errno));
}

int output_text(Text *text) { return write_text(text, stdout, "standard output"); }

int output_file(Text *text, const char *path) {
  if (!path || !strcmp(path, "-")) return output_text(text);
  return write_text(text, fopen(path, "we"), path);
}
