#include "intern.h"

#include "hash.h"
#include "vec.h"

typedef struct Entry {
  const char *text;
  uint32_t len, hash;
} Entry;

struct Interner {
  Arena *arena;
  VEC(Entry) entries;
  uint32_t *table; /* Sym + 1, or 0 */
  uint32_t table_size;
};

static void interner_grow(Interner *in) {
  free(in->table);
  in->table_size = in->table_size ? in->table_size * 2 : 1024;
  in->table = mem_zero(in->table_size * sizeof *in->table);
  for (uint32_t i = 0; i < in->entries.len; i++) {
    uint32_t at = in->entries.data[i].hash & (in->table_size - 1);
    while (in->table[at]) at = (at + 1) & (in->table_size - 1);
    in->table[at] = i + 1;
  }
}

Interner *interner_new(Arena *arena) {
  Interner *in = mem_alloc(sizeof *in);
  *in = (Interner){.arena = arena};
  interner_grow(in);
  intern(in, "", 0);
  return in;
}

void interner_free(Interner *in) {
  if (!in) return;
  vec_free(&in->entries);
  free(in->table);
  free(in);
}

Sym intern(Interner *in, const char *bytes, size_t len) {
  uint32_t hash = (uint32_t)hash_bytes(bytes, len);
  uint32_t at = hash & (in->table_size - 1);
  for (; in->table[at]; at = (at + 1) & (in->table_size - 1)) {
    const Entry *entry = &in->entries.data[in->table[at] - 1];
    if (entry->hash == hash && entry->len == len && !memcmp(entry->text, bytes, len))
      return in->table[at] - 1;
  }
  Sym sym = in->entries.len;
  vec_push(&in->entries, (Entry){arena_text(in->arena, bytes, len), (uint32_t)len, hash});
  in->table[at] = sym + 1;
  if (in->entries.len * 2 > in->table_size) interner_grow(in);
  return sym;
}

const char *sym_text(const Interner *in, Sym sym) { return in->entries.data[sym].text; }

size_t sym_len(const Interner *in, Sym sym) { return in->entries.data[sym].len; }
