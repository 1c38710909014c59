/* fuzz_cwl.c: whatever the document, reading it ends; and what it is made is source that can be read. */
#include "front/check.h"
#include "import/cwl.h"
#include "ir/lower.h"

#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Session *session = session_new();
  Cwl cwl = {.session = session};
  Source *source = sources_add(session->sources, "/nowhere/fuzz.cwl", (const char *)data, size);
  Source *made = cwl_translate(&cwl, source, NULL) ? cwl_adopt(&cwl, source) : NULL;
  Program *program = made ? check_program(session, made, NULL) : NULL;
  Decl *entry = program && !diags_errors(session->diags) ? program_entry(program, NULL) : NULL;
  Graph *graph = entry ? lower_flow(program, entry) : NULL;
  const char *wrong = graph && !diags_errors(session->diags) ? graph_verify(graph) : NULL;
  if (wrong) BUG("%s in\n%s", wrong, cwl.out.data);
  FILE *null = fopen("/dev/null", "w");
  if (null) {
    diags_print(session->diags, null, DIAG_TEXT, true);
    fclose(null);
  }
  graph_free(graph);
  if (program) program_free(program);
  cwl_free(&cwl);
  session_free(session);
  return 0;
}
