/* builtins.h: the functions that are always there. */
#ifndef WEFT_FRONT_BUILTINS_H
#define WEFT_FRONT_BUILTINS_H

#include "front/ast.h"
#include "ir/graph.h"

typedef enum BuiltinId {
#define BUILTIN(id, ...) id,
#define WORKDIR(id, ...) id,
#include "front/builtins.def"
#undef BUILTIN
#undef WORKDIR
  BUILTIN_COUNT
} BuiltinId;

typedef struct Builtin {
  const char *name;
  const char *signature; /* see builtins.def */
  Op op;                 /* OP_COUNT_: none */
  int format;            /* ReadFormat of a reader, or -1 */
  bool workdir;          /* only where a task's outputs are read */
} Builtin;

extern const Builtin builtin_info[BUILTIN_COUNT];

/* The built-in of that name, or BUILTIN_COUNT. */
BuiltinId builtin_find(const char *name);
/* Its parameter types and result, type variables numbered from 0 (a), 1 (b); count of parameters. */
enum { BUILTIN_MOST_PARAMS = 3 };
typedef struct BuiltinSignature {
  uint32_t count;
  TypeId params[BUILTIN_MOST_PARAMS];
  char classes[BUILTIN_MOST_PARAMS]; /* 'N', 'U', 'P', 'L', or 0: params says it */
  bool optional[BUILTIN_MOST_PARAMS];
  TypeId result;
  char result_class; /* 'N': as the numbers handed in; 'L': as the place asks; or 0 */
} BuiltinSignature;
void builtin_signature(Types *types, Interner *names, BuiltinId id, BuiltinSignature *signature);

/* Whether an interpolated value is `raw(...)`: not quoted. */
bool is_raw(const Expr *expr);

#endif
