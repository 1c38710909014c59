#include "base/version.h"
#include "command.h"

int cmd_version(Session *session, const Options *options) {
  (void)session, (void)options;
  Text text = {0};
  text_puts(&text, "weft " WEFT_VERSION "\n");
  return output_text(&text);
}
