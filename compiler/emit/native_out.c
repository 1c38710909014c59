/* native_out.c: the module as text or object, and the link that makes an executable of it. */
#include "emit/native.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int complain(const char *path, const char *reason) {
  fprintf(stderr, "weft: %s: %s\n", path, reason);
  return 1;
}

static bool write_all(int file, const char *bytes, size_t size) {
  while (size) {
    ssize_t done = write(file, bytes, size);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    bytes += done;
    size -= (size_t)done;
  }
  return true;
}

static int write_file(const char *path, const char *bytes, size_t size) {
  bool standard = !strcmp(path, "-");
  int file = standard ? STDOUT_FILENO : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return complain(path, strerror(errno));
  bool good = write_all(file, bytes, size);
  int error = errno;
  if (!standard && close(file) && good) good = false, error = errno;
  return good ? 0 : complain(standard ? "standard output" : path, strerror(error));
}

static LLVMMemoryBufferRef machine_code(const Native *native, LLVMCodeGenFileType type) {
  char *error = NULL;
  LLVMMemoryBufferRef buffer = NULL;
  if (LLVMTargetMachineEmitToMemoryBuffer(native->machine, native->module, type, &error, &buffer))
    BUG("LLVM writes no code: %s", error);
  return buffer;
}

/* ---- linking ---- */

/* Whether a program is in PATH. */
static bool is_installed(const char *name) {
  const char *at = getenv("PATH");
  while (at && *at) {
    int len = (int)strcspn(at, ":");
    char path[4096];
    snprintf(path, sizeof path, "%.*s/%s", len, at, name);
    if (len && !access(path, X_OK)) return true;
    at += len + (at[len] == ':');
  }
  return false;
}

/* A linker that takes half of the time of the usual one, if there is one; what a user says of it goes first. */
static const char *fast_linker(void) {
  if (getenv("CC")) return NULL;
  if (is_installed("ld.gold")) return "-fuse-ld=gold";
  return is_installed("ld.lld") ? "-fuse-ld=lld" : NULL;
}

/* The C compiler's driver knows where the C library is. */
static int run_linker(const char *object, const char *runtime, const char *output) {
  const char *compiler = getenv("CC"), *fast = fast_linker();
  if (!compiler || !*compiler) compiler = "cc";
  const char *argv[] = {compiler, "-static", "-o", output, object, runtime, "-lm", fast, NULL};
  pid_t child;
  int error = posix_spawnp(&child, compiler, NULL, NULL, (char *const *)argv, environ);
  if (error) return complain(compiler, strerror(error));
  int status;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return complain(compiler, strerror(errno));
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return 0;
  return complain(output, "the executable could not be linked");
}

/* A folder or a device: a linker may write to the latter without end. */
static bool is_special(const char *path) {
  struct stat st;
  return !stat(path, &st) && !S_ISREG(st.st_mode);
}

/* The object is a file in memory that the linker sees by its descriptor. */
static int link_executable(const Native *native, LLVMMemoryBufferRef object) {
  const EmitOptions *options = native->options;
  if (is_special(options->output)) return complain(options->output, "not a regular file");
  int file = memfd_create("weft.o", 0);
  if (file < 0) return complain("weft.o", strerror(errno));
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  bool good = write_all(file, LLVMGetBufferStart(object), LLVMGetBufferSize(object));
  int status = good ? run_linker(path, options->runtime, options->output)
                    : complain("weft.o", strerror(errno));
  close(file);
  return status;
}

/* ---- all forms ---- */

static int write_ir(const Native *native) {
  char *text = LLVMPrintModuleToString(native->module);
  int status = write_file(native->options->output, text, strlen(text));
  LLVMDisposeMessage(text);
  return status;
}

int native_write(Native *native) {
  const EmitOptions *options = native->options;
  if (options->form == EMIT_LLVM) return write_ir(native);
  LLVMMemoryBufferRef code = machine_code(native,
                                          options->form == EMIT_ASM ? LLVMAssemblyFile : LLVMObjectFile);
  native_phase(native, "code");
  int status = options->form == EMIT_EXE
                   ? link_executable(native, code)
                   : write_file(options->output, LLVMGetBufferStart(code), LLVMGetBufferSize(code));
  LLVMDisposeMemoryBuffer(code);
  return status;
}
