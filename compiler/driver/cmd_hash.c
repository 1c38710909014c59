/* cmd_hash.c: identities, as sha256sum prints them. */
#include "canonical.h"

int cmd_hash(Session *session, const Options *options) {
  (void)session;
  View view = canonical_view(options);
  int worst = STATUS_OK;
  Text text = {0};
  for (int i = 0; i < options->operand_count; i++) {
    Canonical canonical;
    if (canonical_open(&canonical, options, options->operands[i])) {
      Form *form = form_new(canonical.normal, view);
      canonical_phase(&canonical, "identity");
      text_addf(&text, "%s  %s\n", form->hex, options->operands[i]);
      canonical_exhausted(form, options->operands[i]);
      form_free(form);
    } else {
      worst = STATUS_USAGE;
    }
    canonical_close(&canonical);
  }
  int status = output_text(&text);
  return status == STATUS_OK ? worst : status;
}
