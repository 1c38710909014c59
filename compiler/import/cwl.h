/* cwl.h: documents of the Common Workflow Language, v1.0 to v1.2, as source in the language.
 *
 * Each process (a tool or a workflow) is made a declaration for each way in which it is called: an optional input that is
 * not given is left out, and an input of any of several types has the one of what it is given.  What is written stands in one text,
 * with the place in the document that each piece came from, so that the checker's messages point there. */
#ifndef WEFT_IMPORT_CWL_H
#define WEFT_IMPORT_CWL_H

#include "base/hash.h"
#include "base/session.h"
#include "base/vec.h"
#include "import/cwl_tree.h"

/* ---- types ---- */

typedef enum CKind {
  C_NULL,
  C_BOOL,
  C_INT,
  C_FLOAT,
  C_STRING,
  C_FILE,
  C_DIR,
  C_ARRAY,  /* elem */
  C_RECORD, /* fields */
  C_OPTION, /* elem */
  C_ANY,
  C_UNION, /* alts */
  C_STDOUT,
  C_STDERR
} CKind;

typedef struct CType CType;
typedef struct CField {
  const char *name, *wf; /* as the document calls it; as a name of the language */
  CType *type;
  const Tree *node; /* of the document; may be NULL */
} CField;

struct CType {
  uint8_t kind;
  bool secondary; /* C_FILE: with the files beside it, as (primary: File, secondary: [File]) */
  CType *elem;
  CField *fields;
  CType **alts;
  uint32_t count;      /* of fields or alts */
  const Tree *binding; /* an inputBinding of the type itself, or NULL */
  const Tree *symbols; /* C_STRING: of an enumeration, or NULL */
};

/* ---- the importer ---- */

typedef struct Document {
  const char *path; /* without `.` and `..` */
  Tree *root;
  bool loading;
} Document;

/* What a process demands, its own before that of what is around it. */
typedef struct Reqs {
  const Tree *requirements, *hints;
  const struct Reqs *up;
} Reqs;

/* An input or output of a declaration. */
typedef struct CPort {
  const char *name, *wf;
  CType *type;
  const Tree *node;
} CPort;

/* A declaration that was made of a process. */
typedef struct Made {
  const Tree *process;
  const char *name, *head, *body; /* head and body: what is before and behind its name */
  CPort *ins, *outs;
  uint32_t in_count, out_count;
  CPort *seen; /* all inputs of the process, as expressions inside see them: wf NULL: absent */
  uint32_t seen_count;
  VEC(uint32_t) files; /* those that stand in the document, of it and all that it calls */
} Made;

/* A file that the document names as a default: an input of its own. */
typedef struct FixedFile {
  const char *wf;
  bool is_dir;
  const Tree *node;
} FixedFile;

typedef struct Cwl {
  Session *session;
  VEC(Document) documents;
  VEC(Made *) made;
  VEC(FixedFile) files;
  Text out;
  VEC(Origin) origins;
  Map taken, locals; /* names of declarations; all other names that were given */
  Map told;          /* hints that were told of */
  uint32_t depth;
  bool unsupported; /* a requirement that cannot be met was told */
  const Tree *job;  /* the inputs that are known, or NULL */
  Made *main;
} Cwl;

#define CWL_FORMAT(cwl, ...) arena_format((cwl)->session->arena, __VA_ARGS__)

/* ---- cwl_load.c ---- */

/* The document at `path`, with its imports; NULL: told. */
Tree *cwl_document(Cwl *cwl, const char *path, Span from);
/* The document of a source that was read already. */
Tree *cwl_document_of(Cwl *cwl, const Source *source);
/* A process by reference, `file`, `#id` or `file#id`, from a place in a document; NULL: told. */
const Tree *cwl_referred(Cwl *cwl, const Tree *reference);
/* The process `id` of a document, NULL: its only one or `main`. */
const Tree *cwl_process_of(Cwl *cwl, const Tree *root, const char *id, Span from);
/* `path` below the folder of the document that a place is in; absolute paths and URIs as they are. */
const char *cwl_path(Cwl *cwl, Span place, const char *path);
const char *cwl_below(Cwl *cwl, const char *document, const char *path);

/* Go through what may be a map of names or a list of things with an id: the name without what is before it. */
typedef struct Entry {
  const Tree *node; /* the thing, or of a map what stands for it */
  const char *name;
  Span span; /* of its name */
} Entry;
bool cwl_next(Cwl *cwl, const Tree *all, const char *key, const Tree **at, Entry *entry);
/* The last part of an identifier. */
const char *cwl_id(const char *text);

const Tree *cwl_req(const Reqs *reqs, const char *class_name);

/* ---- cwl_name.c ---- */

/* A name in a Map. */
uint64_t cwl_key_of(const Cwl *cwl, const char *name, size_t len);
static inline uint64_t cwl_key(const Cwl *cwl, const char *name) {
  return cwl_key_of(cwl, name, strlen(name));
}
const char *cwl_local(Cwl *cwl, Map *taken, const char *text);
const char *cwl_global(Cwl *cwl, const char *text);
/* As a string of the language. */
const char *cwl_quote(Cwl *cwl, const char *text, size_t len);
static inline const char *cwl_quoted(Cwl *cwl, const char *text) {
  return cwl_quote(cwl, text, strlen(text));
}

/* ---- cwl_type.c ---- */

CType *ctype_new(Cwl *cwl, CKind kind);
CType *ctype_array(Cwl *cwl, CType *elem);
CType *ctype_option(Cwl *cwl, CType *elem);
/* As it is written; `reqs` has the names of SchemaDefRequirement. */
CType *ctype_read(Cwl *cwl, const Reqs *reqs, const Tree *node);
/* Of a value in a document. */
CType *ctype_of_value(Cwl *cwl, const Tree *value);
/* What an input of the declared type is when it is given a value of another one. */
CType *ctype_refine(Cwl *cwl, CType *declared, CType *given);
bool ctype_open(const CType *type); /* C_ANY or C_UNION are in it */
bool ctype_equal(const CType *a, const CType *b);
CType *ctype_present(CType *type); /* without C_OPTION */
/* Of an input or output, with its secondaryFiles. */
CType *ctype_port(Cwl *cwl, const Reqs *reqs, const Tree *port);
void ctype_write(const CType *type, Text *into);
const char *ctype_text(Cwl *cwl, const CType *type);

/* ---- cwl_expr.c ---- */

typedef struct Value {
  const char *wf; /* NULL: it is not there */
  CType *type;
} Value;

/* What an expression can see. */
typedef struct Scope {
  const CPort *inputs; /* wf: an expression */
  uint32_t count;
  const Reqs *reqs;
  Value self;
  const char *cores, *ram; /* of `runtime`; NULL: it is not there */
  const char *out_name,
      *err_name;     /* what standard output and error are written to, as expressions; or NULL */
  const Map *staged; /* inputs that lie in the folder of the task under their own names */
} Scope;

bool cwl_is_expression(const Tree *node);
/* The value of a scalar of the document, which may be or hold expressions, as the type that is asked for. */
Value cwl_value(Cwl *cwl, const Scope *scope, const Tree *node, CType *wanted);
/* JavaScript on the same names: `source` is an expression. */
const char *cwl_js(Cwl *cwl, const Scope *scope, const char *source, const CType *type);
/* The same source with a value of any type as text of JSON: all of it, or one field. */
const char *cwl_as_json(Cwl *cwl, const char *source, const char *field);
/* The JavaScript of a scalar that is one expression, with the value of a text otherwise. */
const char *cwl_script(Cwl *cwl, const Scope *scope, const Tree *node);
/* A literal of the document as a value of the type. */
const char *cwl_literal(Cwl *cwl, const Tree *value, const CType *type, Made *made);
/* The value as another type. */
const char *cwl_convert(Cwl *cwl, Value from, const CType *to);
const char *cwl_string(Cwl *cwl, Value value); /* as text of a command */

/* ---- cwl_tool.c, cwl_flow.c, cwl_process.c ---- */

/* The declaration of a process; given[k]: the type of what its input k is given, NULL: nothing.  `entry`: its inputs are
 * those of the workflow, with their defaults.  NULL: told. */
Made *cwl_make(Cwl *cwl, const Tree *process, const Reqs *up, CType *const *given, bool entry);
/* What stands behind the name of a declaration; `head` is what stands before it. */
void cwl_tool(Cwl *cwl, Made *made, const Reqs *reqs, Text *body);
void cwl_expression_tool(Cwl *cwl, Made *made, const Reqs *reqs, Text *body);
void cwl_flow(Cwl *cwl, Made *made, const Reqs *reqs, Text *body);
/* `(a: File, n: Int = 3) -> (out: File` … of made->ins, and the files that stand in the document. */
void cwl_put_ins(Cwl *cwl, const Made *made, bool entry, Text *body);
void cwl_put_file_args(Cwl *cwl, const Made *callee, Made *caller, bool first, Text *into);
/* A requirement that cannot be met. */
void cwl_unsupported(Cwl *cwl, Span span, const char *what);
/* Where what follows in a text comes from: characters that are taken out in the end. */
const char *cwl_mark(Cwl *cwl, Span span);
uint32_t cwl_use_file(Cwl *cwl, Made *made, const Tree *node);
/* Words of a command: a piece of its text, with a blank before it; nothing where there are none. */
void cwl_bind(Cwl *cwl, const Scope *scope, Value value, const Tree *binding, bool shell, Text *into);
void cwl_word(Cwl *cwl, const char *word, size_t len, Text *into);
/* What an output is made of; of one of any type, the type is found. */
const char *cwl_output(Cwl *cwl, const Scope *scope, CType **type, const Tree *port, const char *name);

/* The whole: the process `id` of the source as text in `out`, with `origins`. False: told. */
bool cwl_translate(Cwl *cwl, const Source *source, const char *id);
/* The text as a source whose messages name places of the document. */
Source *cwl_adopt(Cwl *cwl, const Source *from);
void cwl_free(Cwl *cwl);

#endif
