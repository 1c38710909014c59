/* rt_runs.c: a program as a process, its streams in files. */
#include "rt_runs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt_programs.h"
#include "rt_types.h"

char run_out[8192], run_err[16384];

const char *in_dir(const char *name) {
  static char path[600];
  snprintf(path, sizeof path, "%s/%s", test_dir(), name);
  return path;
}

void load_text(const char *name, char *into, size_t size) {
  FILE *file = fopen(in_dir(name), "r");
  size_t len = file ? fread(into, 1, size - 1, file) : 0;
  into[len] = 0;
  if (file) fclose(file);
}

static void redirect(const char *name, int fd) {
  int file = open(in_dir(name), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (file < 0 || dup2(file, fd) < 0) _exit(99);
  close(file);
}

pid_t run_start(const char *program, const char *words) {
  setenv("WEFT_TEST_RAN", in_dir("ran"), 1);
  pid_t pid = fork();
  if (pid != 0) return pid;
  char *argv[32] = {(char *)program}, copy[2048];
  int argc = 1, alone = strncmp(words, "--element", 9) == 0;
  snprintf(copy, sizeof copy, alone ? "%.0s%s" : "--out %s -j2 %s", in_dir("results"), words);
  for (char *word = strtok(copy, " "); word && argc < 31; word = strtok(NULL, " ")) argv[argc++] = word;
  redirect("stdout", 1);
  redirect("stderr", 2);
  exit(rt_main(test_program(program), argc, argv));
}

int run_finish(pid_t pid) {
  int status;
  waitpid(pid, &status, 0);
  load_text("stdout", run_out, sizeof run_out);
  load_text("stderr", run_err, sizeof run_err);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int run_program(const char *program, const char *words) { return run_finish(run_start(program, words)); }

int run_ran(void) {
  char notes[4096];
  load_text("ran", notes, sizeof notes);
  unlink(in_dir("ran"));
  return (int)strlen(notes) / 2;
}
