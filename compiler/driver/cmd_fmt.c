#include "driver.h"
#include "front/fmt.h"
#include "front/parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Replace a file by a new one with the same permissions, so that it is never there by half. */
static int replace(Arena *arena, const char *path, Text *text) {
  char *target = realpath(path, NULL); /* a link stays a link */
  struct stat old;
  if (!target || stat(target, &old) < 0) {
    free(target);
    return output_file(text, path);
  }
  const char *fresh = arena_format(arena, "%s.weft-fmt", target);
  int status = output_file(text, fresh);
  if (status == STATUS_OK && (chmod(fresh, old.st_mode & 07777) < 0 || rename(fresh, target) < 0))
    status = complain(STATUS_FAILED, "cannot write %s: %s", path, strerror(errno));
  if (status != STATUS_OK) unlink(fresh);
  free(target);
  return status;
}

/* One file; *changes is set if its layout is not the one. */
static int format_file(Session *session, const char *path, bool check, bool *changes) {
  Source *source = driver_read(session, path);
  if (!source) return STATUS_USAGE;
  uint32_t errors = diags_errors(session->diags);
  Module *module = parse_module(session, source);
  if (diags_errors(session->diags) > errors) return STATUS_USAGE;
  Text text = {0};
  fmt_module(session, module, &text);
  bool differs = text.len != source->size || memcmp(text.data, source->text, text.len) != 0;
  *changes |= differs;
  if (check && differs) printf("%s\n", path);
  if (!check && !strcmp(path, "-")) return output_text(&text);
  if (!check && differs) return replace(session->arena, path, &text);
  text_free(&text);
  return STATUS_OK;
}

int cmd_fmt(Session *session, const Options *options) {
  bool check = option_given(options, "check"), changes = false;
  int worst = STATUS_OK;
  for (int i = 0; i < options->operand_count; i++) {
    int status = format_file(session, options->operands[i], check, &changes);
    if (status > worst) worst = status;
  }
  driver_report(session, options);
  return worst == STATUS_OK && check && changes ? STATUS_FAILED : worst;
}
