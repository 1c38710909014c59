/* fuzz_parse.c: whatever the text, reading it ends; and what is read can be laid out, read again, and stays. */
#include "base/session.h"
#include "front/fmt.h"
#include "front/parse.h"

#include <stdlib.h>
#include <string.h>

static Text laid_out(const char *text, size_t size, bool *broken) {
  Session *session = session_new();
  Source *source = sources_add(session->sources, "fuzz.wf", text, size);
  Text out = {0};
  Module *module = parse_module(session, source);
  *broken = module->broken;
  if (!module->broken) fmt_module(session, module, &out);
  FILE *null = fopen("/dev/null", "w");
  if (null) {
    diags_print(session->diags, null, DIAG_TEXT, true);
    diags_print(session->diags, null, DIAG_JSON, false);
    diags_print(session->diags, null, DIAG_SARIF, false);
    fclose(null);
  }
  session_free(session);
  return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  bool broken;
  Text once = laid_out((const char *)data, size, &broken);
  if (!broken) {
    Text twice = laid_out(once.data ? once.data : "", once.len, &broken);
    if (broken) BUG("the formatter made a broken text:\n%s", once.data);
    if (once.len != twice.len || (once.len && memcmp(once.data, twice.data, once.len)))
      BUG("formatting twice differs:\n%s\n---\n%s", once.data, twice.data);
    text_free(&twice);
  }
  text_free(&once);
  return 0;
}
