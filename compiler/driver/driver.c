#include "driver.h"

#include "paths.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool color_on(const Options *options, int terminal_fd) {
  const char *wish = option_value(options, "color");
  if (wish && strcmp(wish, "auto")) return !strcmp(wish, "always");
  const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
  if (no_color && *no_color) return false;
  return isatty(terminal_fd) && terminal && strcmp(terminal, "dumb");
}

bool driver_color(const Options *options) { return color_on(options, STDERR_FILENO); }

bool driver_output_color(const Options *options) { return color_on(options, STDOUT_FILENO); }

bool driver_report(const Session *session, const Options *options) {
  diags_print(session->diags, stderr, DIAG_TEXT, driver_color(options));
  return !diags_errors(session->diags);
}

void driver_phase(bool told, double *since, const char *name) {
  if (!told) return;
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  double now = (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
  if (name) fprintf(stderr, "%-12s %9.2f ms\n", name, 1e3 * (now - *since));
  *since = now;
}

Source *driver_read(Session *session, const char *path) {
  const char *reason = NULL;
  Source *source = sources_read(session->sources, path, &reason);
  if (!source) diag(session->diags, DIAG_READ, (Span){0}, "cannot read `%s`: %s", path, reason);
  return source;
}

const char *driver_library(Session *session) {
  const char *given = getenv("WEFT_STDLIB");
  return given && *given ? given : paths_library(session->arena);
}

const char *driver_name(Session *session, const char *path) {
  const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
  size_t len = strlen(base);
  if (len > 3 && !strcmp(base + len - 3, ".wf")) len -= 3;
  if (!len || !strcmp(base, "-")) return "workflow";
  return arena_text(session->arena, base, len);
}

Program *driver_check(Session *session, const char *path) { return driver_check_as(session, path, NULL); }

Program *driver_check_as(Session *session, const char *path, const char *name) {
  Source *source = driver_read(session, path);
  if (source && name) source->path = name;
  return source ? check_program(session, source, driver_library(session)) : NULL;
}
