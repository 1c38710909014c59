#include "front/types.h"

#include "base/hash.h"

#include <string.h>

struct Types {
  Arena *arena;
  Interner *names;
  VEC(Type) list;
  VEC(uint32_t) chain; /* next type of the same hash, or 0 */
  Map table;           /* hash to the newest type of it */
};

static uint64_t type_hash(const Type *type) {
  uint64_t hash = hash_add(type->kind, hash_bytes(type->unit, UNIT_COUNT));
  hash = hash_add(hash, ((uint64_t)type->tag << 32) | type->index);
  hash = hash_add(hash, ((uint64_t)type->count << 32) | type->input_count);
  if (type->args) hash = hash_add(hash, hash_bytes(type->args, type->count * sizeof *type->args));
  if (type->names) hash = hash_add(hash, hash_bytes(type->names, type->count * sizeof *type->names));
  return hash;
}

static bool type_same(const Type *a, const Type *b) {
  return a->kind == b->kind && a->tag == b->tag && a->index == b->index && a->count == b->count &&
         a->input_count == b->input_count && !memcmp(a->unit, b->unit, UNIT_COUNT) &&
         !memcmp(a->args ? a->args : (const TypeId[]){0}, b->args ? b->args : (const TypeId[]){0},
                 a->args && b->args ? a->count * sizeof *a->args : 0) &&
         !a->names == !b->names && (!a->names || !memcmp(a->names, b->names, a->count * sizeof *a->names));
}

static TypeId type_intern(Types *types, Type wanted) {
  uint64_t hash = type_hash(&wanted);
  uint32_t newest = map_get(&types->table, hash);
  for (uint32_t at = newest; at; at = types->chain.data[at])
    if (type_same(&types->list.data[at], &wanted)) return at;
  if (wanted.args) wanted.args = arena_copy(types->arena, wanted.args, wanted.count * sizeof *wanted.args);
  if (wanted.names)
    wanted.names = arena_copy(types->arena, wanted.names, wanted.count * sizeof *wanted.names);
  TypeId id = types->list.len;
  vec_push(&types->list, wanted);
  vec_push(&types->chain, newest);
  if (id) map_put(&types->table, hash, id);
  return id;
}

Types *types_new(Arena *arena, Interner *names) {
  Types *types = mem_alloc(sizeof *types);
  *types = (Types){.arena = arena, .names = names};
  for (int kind = 0; kind < T_FIXED_COUNT; kind++) type_intern(types, (Type){.kind = (uint8_t)kind});
  return types;
}

void types_free(Types *types) {
  if (!types) return;
  vec_free(&types->list);
  vec_free(&types->chain);
  map_free(&types->table);
  free(types);
}

const Type *type_of(const Types *types, TypeId id) { return &types->list.data[id]; }

TypeId type_file(Types *types, TypeKind kind, Sym tag) {
  return type_intern(types, (Type){.kind = kind, .tag = tag});
}

TypeId type_quantity(Types *types, const int8_t unit[UNIT_COUNT]) {
  Type type = {.kind = T_QUANTITY};
  memcpy(type.unit, unit, UNIT_COUNT);
  static const int8_t none[UNIT_COUNT] = {0};
  return memcmp(unit, none, UNIT_COUNT) ? type_intern(types, type) : T_FLOAT;
}

static TypeId type_wrap(Types *types, TypeKind kind, TypeId of) {
  return type_intern(types, (Type){.kind = (uint8_t)kind, .count = 1, .args = &of});
}

TypeId type_uncertain(Types *types, TypeId of) { return type_wrap(types, T_UNCERTAIN, of); }

TypeId type_array(Types *types, TypeId of) { return type_wrap(types, T_ARRAY, of); }

TypeId type_option(Types *types, TypeId of) {
  return type_kind(types, of) == T_OPTION ? of : type_wrap(types, T_OPTION, of);
}

TypeId type_record(Types *types, uint32_t count, const Sym *names, const TypeId *fields) {
  return type_intern(types, (Type){.kind = T_RECORD, .count = count, .names = names, .args = fields});
}

TypeId type_arrow(Types *types, uint32_t inputs, uint32_t outputs, const Sym *names, const TypeId *ports) {
  return type_intern(
      types,
      (Type){
          .kind = T_ARROW, .count = inputs + outputs, .input_count = inputs, .names = names, .args = ports});
}

TypeId type_var(Types *types, Sym name, uint32_t index) {
  return type_intern(types, (Type){.kind = T_VAR, .tag = name, .index = index});
}

TypeId type_substitute(Types *types, TypeId id, const TypeId *bindings, uint32_t count) {
  Type type = *type_of(types, id);
  if (type.kind == T_VAR) return type.index < count && bindings[type.index] ? bindings[type.index] : id;
  if (!type.count || !count) return id;
  TypeId *args = arena_copy(types->arena, type.args, type.count * sizeof *args);
  for (uint32_t i = 0; i < type.count; i++) args[i] = type_substitute(types, args[i], bindings, count);
  if (type.kind == T_OPTION) return type_option(types, args[0]);
  type.args = args;
  return type_intern(types, type);
}

static bool record_fits(const Types *types, const Type *from, const Type *to) {
  if (from->count != to->count) return false;
  for (uint32_t i = 0; i < to->count; i++) {
    uint32_t k = 0;
    while (k < from->count && from->names[k] != to->names[i]) k++;
    if (k == from->count || !type_fits(types, from->args[k], to->args[i])) return false;
  }
  return true;
}

bool type_fits(const Types *types, TypeId from_id, TypeId to_id) {
  if (from_id == to_id || from_id == T_ERROR || to_id == T_ERROR || from_id == T_ANY) return true;
  const Type *from = type_of(types, from_id), *to = type_of(types, to_id);
  if (from->kind == T_DATA) return type_is_data(types, to_id);
  if (to->kind == T_OPTION)
    return from->kind == T_NONE ||
           type_fits(types, from->kind == T_OPTION ? from->args[0] : from_id, to->args[0]);
  if (to->kind == T_UNCERTAIN)
    return type_fits(types, from->kind == T_UNCERTAIN ? from->args[0] : from_id, to->args[0]);
  if (to->kind == T_FLOAT) return from->kind == T_INT;
  if (from->kind != to->kind) return false;
  switch (to->kind) {
    case T_FILE:
    case T_DIR:
      return to->tag == 0;
    case T_ARRAY:
      return type_fits(types, from->args[0], to->args[0]);
    case T_RECORD:
      return record_fits(types, from, to);
    default:
      return false;
  }
}

static TypeId join_records(Types *types, const Type *a, const Type *b) {
  if (a->count != b->count) return T_ERROR;
  TypeId *fields = ARENA_ARRAY(types->arena, TypeId, a->count);
  for (uint32_t i = 0; i < a->count; i++) {
    uint32_t k = 0;
    while (k < b->count && b->names[k] != a->names[i]) k++;
    if (k == b->count) return T_ERROR;
    fields[i] = type_join(types, a->args[i], b->args[k]);
    if (fields[i] == T_ERROR && a->args[i] && b->args[k]) return T_ERROR;
  }
  return type_record(types, a->count, a->names, fields);
}

TypeId type_join(Types *types, TypeId a_id, TypeId b_id) {
  if (type_fits(types, a_id, b_id)) return b_id;
  if (type_fits(types, b_id, a_id)) return a_id;
  const Type a = *type_of(types, a_id), b = *type_of(types, b_id);
  if (a.kind == T_NONE) return type_option(types, b_id);
  if (b.kind == T_NONE) return type_option(types, a_id);
  if (a.kind == T_OPTION || b.kind == T_OPTION) {
    TypeId inner = type_join(types, a.kind == T_OPTION ? a.args[0] : a_id,
                             b.kind == T_OPTION ? b.args[0] : b_id);
    return inner ? type_option(types, inner) : T_ERROR;
  }
  if (a.kind != b.kind) return T_ERROR;
  if (a.kind == T_FILE || a.kind == T_DIR) return type_file(types, a.kind, 0);
  if (a.kind == T_ARRAY) {
    TypeId inner = type_join(types, a.args[0], b.args[0]);
    return inner ? type_array(types, inner) : T_ERROR;
  }
  return a.kind == T_RECORD ? join_records(types, &a, &b) : T_ERROR;
}

bool type_is_data(const Types *types, TypeId id) {
  const Type *type = type_of(types, id);
  if (type->kind == T_ARROW) return false;
  for (uint32_t i = 0; i < type->count; i++)
    if (!type_is_data(types, type->args[i])) return false;
  return true;
}

bool type_is_file(const Types *types, TypeId type) {
  TypeKind kind = type_kind(types, type);
  return kind == T_FILE || kind == T_DIR;
}

bool type_has(const Types *types, TypeId id, unsigned kinds) {
  const Type *type = type_of(types, id);
  bool has = (kinds & 1u << type->kind) != 0;
  for (uint32_t i = 0; i < type->count && !has; i++) has = type_has(types, type->args[i], kinds);
  return has;
}

bool type_has_vars(const Types *types, TypeId id) {
  const Type *type = type_of(types, id);
  if (type->kind == T_VAR) return true;
  for (uint32_t i = 0; i < type->count; i++)
    if (type_has_vars(types, type->args[i])) return true;
  return false;
}

bool type_is_open(const Types *types, TypeId id) {
  const Type *type = type_of(types, id);
  if (type->kind == T_ERROR || type->kind == T_VAR) return true;
  for (uint32_t i = 0; i < type->count; i++)
    if (type_is_open(types, type->args[i])) return true;
  return false;
}

/* ---- text ---- */

static void print_list(const Types *types, const Type *type, uint32_t from, uint32_t to, Text *into) {
  text_putc(into, '(');
  for (uint32_t i = from; i < to; i++) {
    if (i > from) text_puts(into, ", ");
    if (type->names && type->names[i]) text_addf(into, "%s: ", sym_text(types->names, type->names[i]));
    type_print(types, type->args[i], into);
  }
  text_putc(into, ')');
}

static void print_tagged(const Types *types, const char *name, const Type *type, Text *into) {
  text_puts(into, name);
  if (type->tag) text_addf(into, "<%s>", sym_text(types->names, type->tag));
}

static void print_quantity(const Type *type, Text *into) {
  const char *name = unit_type_name(type->unit);
  text_puts(into, name ? name : "Quantity<");
  if (name) return;
  unit_print(type->unit, into);
  text_putc(into, '>');
}

static void print_arrow(const Types *types, const Type *type, Text *into) {
  print_list(types, type, 0, type->input_count, into);
  text_puts(into, " -> ");
  if (type->count == type->input_count + 1 && !(type->names && type->names[type->input_count]))
    type_print(types, type->args[type->input_count], into);
  else
    print_list(types, type, type->input_count, type->count, into);
}

static void print_around(const Types *types, const char *before, TypeId inner, const char *after,
                         Text *into) {
  text_puts(into, before);
  type_print(types, inner, into);
  text_puts(into, after);
}

void type_print(const Types *types, TypeId id, Text *into) {
  static const char *const fixed[T_FIXED_COUNT] = {"?",      "()",   "Bool", "Int", "Float",
                                                   "String", "none", "JSON", "?"};
  const Type *type = type_of(types, id);
  switch ((TypeKind)type->kind) {
    case T_FILE:
      print_tagged(types, "File", type, into);
      break;
    case T_DIR:
      print_tagged(types, "Dir", type, into);
      break;
    case T_QUANTITY:
      print_quantity(type, into);
      break;
    case T_UNCERTAIN:
      print_around(types, "Uncertain<", type->args[0], ">", into);
      break;
    case T_ARRAY:
      print_around(types, "[", type->args[0], "]", into);
      break;
    case T_OPTION:
      print_around(types, "", type->args[0], "?", into);
      break;
    case T_RECORD:
      print_list(types, type, 0, type->count, into);
      break;
    case T_ARROW:
      print_arrow(types, type, into);
      break;
    case T_VAR:
      text_puts(into, sym_text(types->names, type->tag));
      break;
    default:
      text_puts(into, fixed[type->kind]);
      break;
  }
}

const char *type_text(const Types *types, TypeId type) {
  Text text = {0};
  type_print(types, type, &text);
  return text_keep(&text, types->arena);
}
