/* cmd_run.c: executables are kept by what they were made of, so that an unchanged workflow is not built twice. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/version.h"
#include "base/load.h"
#include "emit/target.h"
#include "pipeline.h"
#include "run.h"

#include <errno.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Length first, so that no two lists of texts are hashed alike. */
static void add(SHA256_CTX *state, const char *bytes, size_t len) {
  uint64_t size = len;
  SHA256_Update(state, &size, sizeof size);
  SHA256_Update(state, bytes, len);
}

/* A newly built weft builds anew: its own files count by size and time. */
static void add_file(SHA256_CTX *state, const char *path) {
  struct stat info;
  if (!path || stat(path, &info) < 0) return;
  int64_t traits[] = {info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
  add(state, (const char *)traits, sizeof traits);
}

/* What the executable depends on: weft, the flow, and all sources under the names that messages will show. */
static const char *key(Pipeline *pipeline, const char *flow) {
  Arena *arena = pipeline->session->arena;
  SHA256_CTX state;
  SHA256_Init(&state);
  add(&state, WEFT_VERSION, strlen(WEFT_VERSION));
  add_file(&state, "/proc/self/exe");
  add_file(&state, load_path(arena, "weft-native.so"));
  add_file(&state, load_path(arena, "libweftrt.a"));
  add(&state, flow ? flow : "", flow ? strlen(flow) : 0);
  const Source *source = pipeline->loaded.source;
  if (pipeline->loaded.format) {
    add(&state, source->path, strlen(source->path));
    add(&state, source->text, source->size);
  }
  for (uint32_t i = 0; pipeline->program && i < pipeline->program->modules.len; i++) {
    const Module *module = pipeline->program->modules.data[i];
    add(&state, module->path, strlen(module->path));
    add(&state, module->source->text, module->source->size);
  }
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256_Final(hash, &state);
  char *hex = arena_alloc(arena, 2 * sizeof hash + 1);
  for (size_t i = 0; i < sizeof hash; i++) snprintf(hex + 2 * i, 3, "%02x", hash[i]);
  return hex;
}

/* Where the user's caches are, or NULL. */
static const char *cache_home(Arena *arena) {
  const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
  if (cache && *cache == '/') return cache;
  return home && *home == '/' ? arena_format(arena, "%s/.cache", home) : NULL;
}

/* Make a directory and those above it. False: errno says why. */
static bool make_directories(Arena *arena, const char *path) {
  char *partial = arena_text(arena, path, strlen(path));
  for (char *at = partial + 1; *at; at++) {
    if (*at != '/') continue;
    *at = 0;
    if (mkdir(partial, 0777) < 0 && errno != EEXIST) return false;
    *at = '/';
  }
  return mkdir(partial, 0777) == 0 || errno == EEXIST;
}

/* Build beside the place and rename, so that what is there is always whole. */
static int build_into(Pipeline *pipeline, const char *path, const char *flow, const char *executable) {
  const char *fresh = arena_format(pipeline->session->arena, "%s.%ld", executable, (long)getpid());
  if (!pipeline_graph(pipeline, flow)) return STATUS_USAGE;
  if (!pipeline_plan(pipeline)) return STATUS_FAILED;
  EmitOptions emit = {.output = fresh, .source = path, .form = EMIT_EXE, .optimise = 2};
  int status = emit_native(pipeline->plan, &emit) ? STATUS_FAILED : STATUS_OK;
  if (status == STATUS_OK && rename(fresh, executable) < 0)
    status = complain(STATUS_FAILED, "cannot write %s: %s", executable, strerror(errno));
  if (status != STATUS_OK) unlink(fresh);
  return status;
}

/* The executable of the file, built if need be; NULL with *status set. */
const char *run_prepare(Pipeline *pipeline, const char *path, int *status) {
  Arena *arena = pipeline->session->arena;
  const char *flow = option_value(pipeline->options, "flow"), *cache = cache_home(arena);
  *status = STATUS_FAILED;
  if (!cache)
    return complain(STATUS_FAILED, "no place for the executable: neither XDG_CACHE_HOME nor HOME is set"),
           NULL;
  *status = STATUS_USAGE;
  if (!pipeline->program && !pipeline_program(pipeline, path)) return NULL;
  const char *folder = arena_format(arena, "%s/weft/%s", cache, key(pipeline, flow));
  const char *executable = arena_format(arena, "%s/%s", folder, driver_name(pipeline->session, path));
  if (!access(executable, X_OK)) return driver_report(pipeline->session, pipeline->options), executable;
  *status = STATUS_FAILED;
  if (!make_directories(arena, folder))
    return complain(STATUS_FAILED, "cannot make %s: %s", folder, strerror(errno)), NULL;
  *status = build_into(pipeline, path, flow, executable);
  return *status == STATUS_OK ? executable : NULL;
}

int cmd_run(Session *session, const Options *options) {
  Pipeline pipeline = {.session = session, .options = options};
  int status;
  if (run_is_cwl(session, options)) return run_cwl(session, options);
  const char *executable = run_prepare(&pipeline, options->operands[0], &status);
  pipeline_free(&pipeline);
  if (!executable) return status;
  int first = options->operand_count > 1 && !strcmp(options->operands[1], "--") ? 2 : 1, count = 1;
  char **argv = ARENA_ARRAY(session->arena, char *, options->operand_count + 1);
  argv[0] = arena_text(session->arena, executable, strlen(executable));
  for (int i = first; i < options->operand_count; i++) argv[count++] = options->operands[i];
  execv(executable, argv);
  return complain(STATUS_FAILED, "cannot run %s: %s", executable, strerror(errno));
}
