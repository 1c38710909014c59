#include "driver.h"

#include "paths.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* ---- workflows of all formats ---- */

/* The format of a regular file, by how it begins; NULL: it is `.wf`, or not to be told before it is read. */
static const Format *peek(const char *path) {
  char text[IMPORT_LOOK];
  struct stat info;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  bool regular = fd >= 0 && !fstat(fd, &info) && S_ISREG(info.st_mode);
  ssize_t len = regular ? read(fd, text, sizeof text) : -1;
  if (fd >= 0) close(fd);
  return len > 0 ? import_recognise(text, (size_t)len) : NULL;
}

static bool is_wf(const char *path) {
  size_t len = strlen(path);
  return len > 3 && !strcmp(path + len - 3, ".wf");
}

/* What `--from` says; false: told that there is no such format. */
static bool format_given(Session *session, const Options *options, const Format **format, bool *given) {
  const char *name = option_known(options, "from") ? option_value(options, "from") : NULL;
  *given = name != NULL;
  *format = name ? import_named(name) : NULL;
  if (!name || *format || !strcmp(name, "wf")) return true;
  Text names = {0};
  Suggestion suggestion = {.name = name};
  text_puts(&names, "wf");
  for (size_t i = 0; i < format_count; i++) {
    text_addf(&names, ", %s", formats[i].name);
    suggest(&suggestion, formats[i].name);
  }
  Diag *told = diag(session->diags, DIAG_FORMAT_UNKNOWN, (Span){0}, "there is no format `%s`", name);
  if (suggestion.best)
    diag_help(session->diags, told, "did you mean `%s`?", suggestion.best);
  else
    diag_help(session->diags, told, "there are %s", names.data);
  text_free(&names);
  return false;
}

/* What is read in one go is mapped: it can be large. */
static Source *open_source(Session *session, const char *path, const Format *format) {
  Source *mapped = format && format->read && strcmp(path, "-") ? sources_map(session->sources, path) : NULL;
  return mapped ? mapped : driver_read(session, path);
}

Graph *driver_import(Session *session, const Loaded *loaded, ImportOptions options) {
  return import_graph(session, loaded->types, loaded->source, loaded->format, options);
}

/* The shape of a flat workflow is that of its template. */
static bool wants_template(const Options *options) {
  const char *view = option_known(options, "view") ? option_value(options, "view") : NULL;
  return view && !strcmp(view, "shape");
}

/* A document that is source in another language; from there on it is source. */
static Source *translated(Session *session, Loaded *loaded) {
  Source *made = loaded->format->translate(session, loaded->source);
  loaded->format = NULL;
  return made;
}

static void load_import(Session *session, const Options *options, Loaded *loaded) {
  if (!loaded->source->mapped && loaded->source->size > SOURCE_MOST) {
    diag(session->diags, DIAG_FILE_SIZE, (Span){loaded->source->base, loaded->source->base + 1},
         "what is read from a pipe has at most %d MiB", SOURCE_MOST >> 20);
    return;
  }
  loaded->types = types_new(session->arena, session->names);
  loaded->graph = driver_import(session, loaded, (ImportOptions){simplify_rules, wants_template(options)});
}

/* Read a file in the format that it is in; false: it could not be read, and that is told. */
static bool find_source(Session *session, const Options *options, const char *path, Loaded *loaded) {
  bool given;
  *loaded = (Loaded){0};
  if (!format_given(session, options, &loaded->format, &given)) return false;
  if (!given && !is_wf(path)) loaded->format = peek(path);
  loaded->source = open_source(session, path, loaded->format);
  if (loaded->source && !given && !loaded->format && !is_wf(path))
    loaded->format = import_recognise(loaded->source->text, loaded->source->size);
  return loaded->source != NULL;
}

void driver_load(Session *session, const Options *options, const char *path, const char *name,
                 Loaded *loaded) {
  if (!find_source(session, options, path, loaded)) return;
  if (name) loaded->source->path = name;
  if (loaded->format && loaded->format->translate && !(loaded->source = translated(session, loaded))) return;
  if (loaded->format)
    load_import(session, options, loaded);
  else
    loaded->program = check_program(session, loaded->source, driver_library(session));
}

Dag *driver_dag(Session *session, const Options *options, const char *path) {
  Loaded loaded;
  if (!find_source(session, options, path, &loaded)) return NULL;
  if (loaded.format) return import_dag(session, loaded.source, loaded.format);
  Diag *told = diag(session->diags, DIAG_FORMAT_UNKNOWN, (Span){loaded.source->base, loaded.source->base + 1},
                    "this is not a flat workflow of another format");
  diag_help(session->diags, told, "what is written in the language is as small as its author made it");
  return NULL;
}

void driver_unload(Loaded *loaded) {
  if (loaded->program) program_free(loaded->program);
  graph_free(loaded->graph);
  if (loaded->types) types_free(loaded->types);
  *loaded = (Loaded){0};
}
