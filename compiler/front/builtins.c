#include "front/builtins.h"

#include <string.h>

const Builtin builtin_info[BUILTIN_COUNT] = {
#define BUILTIN(id, name, signature, op) {name, signature, op, -1, false},
#define WORKDIR(id, name, signature, format) {name, signature, OP_COUNT_, format, true},
#include "front/builtins.def"
#undef BUILTIN
#undef WORKDIR
};

BuiltinId builtin_find(const char *name) {
  for (int id = 0; id < BUILTIN_COUNT; id++)
    if (!strcmp(builtin_info[id].name, name)) return (BuiltinId)id;
  return BUILTIN_COUNT;
}

typedef struct SignatureReader {
  Types *types;
  Interner *names;
  const char *at;
} SignatureReader;

static TypeId read_type(SignatureReader *reader, char *class);

/* `(a: x, b: y)`, as in the result of zip; an array of it, since that is the only use. */
static TypeId read_record(SignatureReader *reader) {
  Sym names[4];
  TypeId fields[4];
  uint32_t count = 0;
  for (reader->at++; *reader->at != ')'; count++) {
    names[count] = intern(reader->names, reader->at, 1);
    reader->at += 3;
    fields[count] = read_type(reader, NULL);
    while (*reader->at == ',' || *reader->at == ' ') reader->at++;
  }
  reader->at++;
  return type_array(reader->types, type_record(reader->types, count, names, fields));
}

static TypeId read_letter(SignatureReader *reader, char *class) {
  static const int8_t size[UNIT_COUNT] = {[UNIT_BYTE] = 1};
  char letter = *reader->at++;
  switch (letter) {
    case 'B':
      return T_BOOL;
    case 'I':
      return T_INT;
    case 'F':
      return T_FLOAT;
    case 'S':
      return T_STRING;
    case 'D':
      return T_DATA;
    case 'Z':
      return type_quantity(reader->types, size);
    case 'a':
    case 'b':
      return type_var(reader->types, intern(reader->names, &letter, 1), (uint32_t)(letter - 'a'));
    case 'L':
      if (class) *class = letter;
      return type_file(reader->types, T_FILE, 0);
    default:
      if (class) *class = letter;
      return T_ERROR;
  }
}

static TypeId read_type(SignatureReader *reader, char *class) {
  TypeId type;
  if (*reader->at == '(') return read_record(reader);
  if (*reader->at == '[') {
    reader->at++;
    type = type_array(reader->types, read_type(reader, NULL));
    reader->at++;
  } else {
    type = read_letter(reader, class);
  }
  if (*reader->at == '?') {
    reader->at++;
    type = type_option(reader->types, type);
  }
  return type;
}

void builtin_signature(Types *types, Interner *names, BuiltinId id, BuiltinSignature *signature) {
  SignatureReader reader = {types, names, builtin_info[id].signature};
  *signature = (BuiltinSignature){0};
  for (; *reader.at != '>'; signature->count++) {
    uint32_t at = signature->count;
    signature->params[at] = read_type(&reader, &signature->classes[at]);
    signature->optional[at] = *reader.at == '=';
    reader.at += signature->optional[at];
  }
  reader.at++;
  signature->result = read_type(&reader, &signature->result_class);
}
