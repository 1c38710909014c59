#include "import/dag_names.h"

#include "canon/write.h"

#include <ctype.h>
#include <string.h>

const char *dag_base_name(const Dag *dag, uint32_t file, size_t *len) {
  const Interner *names = dag->session->names;
  Sym name = dag->files.data[file].name;
  const char *text = sym_text(names, name), *slash = memrchr(text, '/', sym_len(names, name));
  const char *base = slash && slash[1] ? slash + 1 : text;
  *len = sym_len(names, name) - (size_t)(base - text);
  return base;
}

Sym dag_name_new(DagNames *names, Session *session, const char *text, size_t len) {
  char legal[128];
  size_t end = 0;
  if (!len || (!isalpha((unsigned char)*text) && *text != '_')) legal[end++] = '_';
  for (size_t i = 0; i < len && end + 2 < sizeof legal; i++)
    legal[end++] = (char)(isalnum((unsigned char)text[i]) && (unsigned char)text[i] < 128 ? text[i] : '_');
  legal[end] = 0;
  if (write_is_reserved(legal)) legal[end++] = '_';
  Sym base = intern(session->names, legal, end), name = base;
  while (map_get(&names->taken, (uint64_t)name + 1)) {
    uint32_t number = map_get(&names->suffix, base);
    map_put(&names->suffix, base, number = number ? number + 1 : 2);
    const char *numbered = arena_format(session->arena, "%.*s_%u", (int)end, legal, number);
    name = intern(session->names, numbered, strlen(numbered));
  }
  map_put(&names->taken, (uint64_t)name + 1, 1);
  return name;
}

void dag_names_free(DagNames *names) {
  map_free(&names->taken);
  map_free(&names->suffix);
}
