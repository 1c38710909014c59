/* types.h: types, interned: equal types have equal numbers. */
#ifndef WEFT_FRONT_TYPES_H
#define WEFT_FRONT_TYPES_H

#include "base/intern.h"
#include "base/vec.h"

#include <stdbool.h>

typedef uint32_t TypeId;

typedef enum TypeKind {
  T_ERROR, /* told already; fits everything */
  T_UNIT,
  T_BOOL,
  T_INT,
  T_FLOAT,
  T_STRING,
  T_NONE,                 /* of `none`: fits every optional */
  T_DATA,                 /* of read_json(p) before it is known as what: fits what is asked of it */
  T_ANY,                  /* of an empty array's element: fits every type */
  T_FIXED_COUNT,          /* the kinds above are the TypeIds of their only type */
  T_FILE = T_FIXED_COUNT, /* tag */
  T_DIR,                  /* tag */
  T_QUANTITY,             /* exponents of base units */
  T_UNCERTAIN,            /* args[0]: Float or a quantity */
  T_ARRAY,                /* args[0] */
  T_OPTION,               /* args[0] */
  T_RECORD,               /* names, args */
  T_ARROW,                /* names, args: input_count inputs, then the outputs; a name 0 is anonymous */
  T_VAR                   /* a type variable: tag is its name, index its number */
} TypeKind;

/* Base units, in the order of the exponents. Power is J/s, a rate of data B/s, and so on. */
enum { UNIT_SECOND, UNIT_BYTE, UNIT_JOULE, UNIT_GRAM, UNIT_USD, UNIT_EUR, UNIT_COUNT };

typedef struct Type {
  uint8_t kind;
  int8_t unit[UNIT_COUNT];
  bool optional_inputs; /* unused ports may have defaults: T_ARROW of a declaration */
  Sym tag;
  uint32_t index;
  uint32_t count;       /* of args */
  uint32_t input_count; /* T_ARROW */
  const TypeId *args;
  const Sym *names;
} Type;

typedef struct Types Types;

Types *types_new(Arena *arena, Interner *names);
void types_free(Types *types);
const Type *type_of(const Types *types, TypeId id);
static inline TypeKind type_kind(const Types *types, TypeId id) { return type_of(types, id)->kind; }

TypeId type_file(Types *types, TypeKind kind, Sym tag);            /* T_FILE or T_DIR */
TypeId type_quantity(Types *types, const int8_t unit[UNIT_COUNT]); /* T_FLOAT when all are 0 */
TypeId type_uncertain(Types *types, TypeId of);
TypeId type_array(Types *types, TypeId of);
TypeId type_option(Types *types, TypeId of); /* T?? is T? */
TypeId type_record(Types *types, uint32_t count, const Sym *names, const TypeId *fields);
TypeId type_arrow(Types *types, uint32_t inputs, uint32_t outputs, const Sym *names, const TypeId *ports);
TypeId type_var(Types *types, Sym name, uint32_t index);

/* The type with variables replaced: variable `index` by bindings[index] (T_ERROR: left as it is). */
TypeId type_substitute(Types *types, TypeId type, const TypeId *bindings, uint32_t count);
/* Whether a value of `from` can stand where `to` is expected, by the conversions of the language:
 * Int to Float, T to T?, File<tag> to File, quantity to uncertain, records by field names, arrays by element. */
bool type_fits(const Types *types, TypeId from, TypeId to);
/* The least type that both fit, or T_ERROR. */
TypeId type_join(Types *types, TypeId a, TypeId b);
bool type_is_data(const Types *types, TypeId type); /* has values at run time: no arrow inside */
bool type_is_file(const Types *types, TypeId type); /* a file or a directory */
/* Whether it or a part of it is of one of these kinds: 1u << T_INT | … */
bool type_has(const Types *types, TypeId type, unsigned kinds);
enum { KINDS_FILE = 1u << T_FILE | 1u << T_DIR };
bool type_has_vars(const Types *types, TypeId type);
/* Whether something in it is not known: T_ERROR, as patterns have it, or a variable. */
bool type_is_open(const Types *types, TypeId type);
/* Append as the language writes it. */
void type_print(const Types *types, TypeId type, Text *into);
/* The same in the session's arena. */
const char *type_text(const Types *types, TypeId type);

/* A unit by its text ("MiB", "g/kWh"): its exponents and factor to base units; false if there is none. */
bool unit_find(const char *text, size_t len, int8_t unit[UNIT_COUNT], double *factor);
/* The name of a quantity type, "Duration", or NULL; and back. */
const char *unit_type_name(const int8_t unit[UNIT_COUNT]);
bool unit_type_find(const char *name, int8_t unit[UNIT_COUNT]);
/* Base unit text: "s", "B/s"; "" for a plain number. */
void unit_print(const int8_t unit[UNIT_COUNT], Text *into);

#endif
