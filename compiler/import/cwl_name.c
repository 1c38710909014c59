/* cwl_name.c: names and strings of documents as those of the language. */
#include "canon/write.h"
#include "import/cwl.h"

#include <ctype.h>
#include <string.h>

uint64_t cwl_key_of(const Cwl *cwl, const char *name, size_t len) {
  return (uint64_t)intern(cwl->session->names, name, len) + 1;
}

static const char *legal(Cwl *cwl, const char *text) {
  char name[100];
  size_t end = 0;
  if (!isalpha((unsigned char)*text) && *text != '_') name[end++] = '_';
  for (size_t i = 0; text[i] && end + 2 < sizeof name; i++)
    name[end++] = (char)((unsigned char)text[i] < 128 && isalnum((unsigned char)text[i]) ? text[i] : '_');
  if (end == 1 && *name == '_') name[end++] = '_';
  name[end] = 0;
  return CWL_FORMAT(cwl, "%s%s", name, write_is_reserved(name) ? "_" : "");
}

static const char *fresh(Cwl *cwl, const Map *own, const Map *other, const char *text) {
  const char *base = legal(cwl, text), *name = base;
  for (uint32_t i = 2; map_get(own, cwl_key(cwl, name)) || map_get(other, cwl_key(cwl, name)); i++)
    name = CWL_FORMAT(cwl, "%s_%u", base, i);
  return name;
}

const char *cwl_local(Cwl *cwl, Map *taken, const char *text) {
  const char *name = fresh(cwl, taken, &cwl->taken, text);
  map_put(taken, cwl_key(cwl, name), 1);
  map_put(&cwl->locals, cwl_key(cwl, name), 1);
  return name;
}

const char *cwl_global(Cwl *cwl, const char *text) {
  const char *name = fresh(cwl, &cwl->taken, &cwl->locals, text);
  map_put(&cwl->taken, cwl_key(cwl, name), 1);
  return name;
}

const char *cwl_quote(Cwl *cwl, const char *text, size_t len) {
  Text out = {0};
  text_putc(&out, '"');
  for (size_t i = 0; i < len; i++) {
    char c = text[i];
    if (c == '"' || c == '\\' || (c == '~' && i + 1 < len && text[i + 1] == '{')) text_putc(&out, '\\');
    if (c == '\n' || c == '\t' || c == '\r')
      text_puts(&out, c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r");
    else
      text_putc(&out, c);
  }
  text_putc(&out, '"');
  return text_keep(&out, cwl->session->arena);
}
