/* run_cwl.c: a document of CWL and a job, run as other engines do: the output object on standard output, 33 for what is
 * not supported. */
#include "import/cwl_job.h"
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATUS_UNSUPPORTED = 33 };

typedef struct Request {
  const char *path, *id, *job, *outdir;
  bool quiet, fits; /* fits: nothing else was said */
} Request;

static Request parse(Session *session, const Options *options) {
  const char *file = options->operands[0], *hash = strrchr(file, '#');
  bool part = hash && access(file, R_OK);
  Request request = {.path = part ? arena_text(session->arena, file, (size_t)(hash - file)) : file,
                     .id = part ? hash + 1 : NULL,
                     .outdir = ".",
                     .fits = true};
  for (int i = 1; i < options->operand_count; i++) {
    const char *word = options->operands[i];
    if (!strcmp(word, "--outdir") && i + 1 < options->operand_count)
      request.outdir = options->operands[++i];
    else if (!strncmp(word, "--outdir=", 9))
      request.outdir = word + 9;
    else if (!strcmp(word, "--quiet"))
      request.quiet = true;
    else if (*word != '-' && !request.job)
      request.job = word;
    else
      request.fits = false;
  }
  return request;
}

bool run_is_cwl(Session *session, const Options *options) {
  Request request = parse(session, options);
  const char *dot = strrchr(request.path, '.');
  const char *from = option_known(options, "from") ? option_value(options, "from") : NULL;
  return request.fits && ((dot && !strcmp(dot, ".cwl")) || (from && !strcmp(from, "cwl")));
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw) {
  (void)st, (void)kind, (void)ftw;
  return remove(path);
}

static void remove_tree(const char *path) { nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS); }

/* ---- the run ---- */

static bool read_all(int fd, Text *text) {
  char block[1 << 14];
  for (;;) {
    ssize_t got = read(fd, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0;
    text_add(text, block, (size_t)got);
  }
}

static int start(char *const *argv, Text *summary) {
  int ends[2], status = 0;
  if (pipe2(ends, O_CLOEXEC)) return complain(STATUS_FAILED, "cannot run %s: %s", argv[0], strerror(errno));
  pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    execv(argv[0], argv);
    _exit(127);
  }
  close(ends[1]);
  bool fine = child > 0 && read_all(ends[0], summary);
  close(ends[0]);
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (!fine) return complain(STATUS_FAILED, "cannot run %s: %s", argv[0], strerror(errno));
  return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_FAILED;
}

static int write_file(const char *path, const Text *text) {
  FILE *file = fopen(path, "we");
  if (!file || fwrite(text->data, 1, text->len, file) != text->len || fclose(file))
    return complain(STATUS_FAILED, "cannot write %s: %s", path, strerror(errno));
  return STATUS_OK;
}

static int print_outputs(Cwl *cwl, const Text *summary, const char *outdir) {
  const Source *source = sources_add(cwl->session->sources, "<summary>", summary->data ? summary->data : "{}",
                                     summary->data ? summary->len : 2);
  const Tree *tree = source ? tree_read(cwl->session, source) : NULL;
  Text json = {0};
  const char *wrong = cwl_job_outputs(cwl, tree, outdir, &json);
  if (!wrong) fwrite(json.data, 1, json.len, stdout);
  text_free(&json);
  return wrong ? complain(STATUS_FAILED, "%s", wrong) : STATUS_OK;
}

static int execute(Cwl *cwl, const Request *request, const char *executable, const char *folder,
                   const Text *inputs) {
  Arena *arena = cwl->session->arena;
  char outdir[4096];
  const char *file = arena_format(arena, "%s/inputs.json", folder);
  if ((mkdir(request->outdir, 0777) && errno != EEXIST) || !realpath(request->outdir, outdir))
    return complain(STATUS_FAILED, "cannot make %s: %s", request->outdir, strerror(errno));
  int status = write_file(file, inputs);
  if (status) return status;
  char *argv[] = {arena_format(arena, "%s", executable),
                  "--inputs",
                  arena_format(arena, "%s", file),
                  "--out",
                  arena_format(arena, "%s/out", folder),
                  "--state",
                  arena_format(arena, "%s/.weft", outdir),
                  request->quiet ? "--quiet" : NULL,
                  NULL};
  Text summary = {0};
  status = start(argv, &summary);
  if (!status) status = print_outputs(cwl, &summary, outdir);
  text_free(&summary);
  return status;
}

/* ---- reading ---- */

static bool read_job(Cwl *cwl, const char *path) {
  const char *reason = NULL;
  const Source *source = sources_read(cwl->session->sources, path, &reason);
  if (!source) diag(cwl->session->diags, DIAG_READ, (Span){0}, "cannot read `%s`: %s", path, reason);
  cwl->job = source ? tree_read(cwl->session, source) : NULL;
  return cwl->job != NULL;
}

static bool load(Cwl *cwl, const Request *request, Pipeline *pipeline) {
  Session *session = cwl->session;
  if (request->job && !read_job(cwl, request->job)) return false;
  const Source *source = driver_read(session, request->path);
  if (!source || !cwl_translate(cwl, source, request->id)) return false;
  Source *made = cwl_adopt(cwl, source);
  if (!made) return false;
  pipeline->loaded.source = made;
  pipeline->program = pipeline->loaded.program = check_program(session, made, driver_library(session));
  return pipeline->program && !diags_errors(session->diags);
}

int run_cwl(Session *session, const Options *options) {
  Request request = parse(session, options);
  Cwl cwl = {.session = session};
  Pipeline pipeline = {.session = session, .options = options};
  Text inputs = {0};
  char folder[] = "/tmp/weft-cwl-XXXXXX";
  if (!mkdtemp(folder)) return complain(STATUS_FAILED, "cannot make %s: %s", folder, strerror(errno));
  int status = STATUS_FAILED;
  bool fine = load(&cwl, &request, &pipeline) && cwl_job_inputs(&cwl, folder, &inputs);
  const char *executable = fine ? run_prepare(&pipeline, request.path, &status) : NULL;
  if (!fine) driver_report(session, options);
  if (executable) status = execute(&cwl, &request, executable, folder, &inputs);
  if (cwl.unsupported) status = STATUS_UNSUPPORTED;
  pipeline_free(&pipeline);
  text_free(&inputs);
  cwl_free(&cwl);
  remove_tree(folder);
  return status;
}
