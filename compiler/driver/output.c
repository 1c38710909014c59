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
