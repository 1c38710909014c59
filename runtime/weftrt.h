/* weftrt.h: what a compiled workflow and the runtime agree on.
 *
 * The native emitter writes one constant RtProgram and the functions it points to; `main` of the
 * executable is rt_main(&program, argc, argv).  Nothing else crosses the border.
 *
 * A program is a tree of regions.  A region is a list of steps; running it means making a frame
 * (its slots and a counter for each step) and letting each step start when what it needs is there.
 * Frames are made lazily: a `for` over a million elements has only as many as can make progress. */
#ifndef WEFTRT_H
#define WEFTRT_H

#include <stddef.h>
#include <stdint.h>

#define RT_ABI 2

/* ---- values -------------------------------------------------------------------------------
 * Values are immutable.  Scalars, options and records lie inline in their slot; strings, files
 * and arrays are one pointer into an arena.  A value is never freed by itself: it lives as long as
 * its arena, and is copied (rt_copy) when it leaves a frame. */

typedef enum RtKind {
  RT_UNIT,      /* size 0 */
  RT_BOOL,      /* uint8_t, 0 or 1 */
  RT_INT,       /* int64_t */
  RT_FLOAT,     /* double */
  RT_QUANTITY,  /* double in the base unit named by RtType.unit: s, B, W, J, g, USD, B/s, ... */
  RT_UNCERTAIN, /* RtUncertain, in the base unit named by RtType.unit ("" for a plain number) */
  RT_STRING,    /* const RtString * */
  RT_FILE,      /* const RtFile * */
  RT_DIR,       /* const RtFile * */
  RT_ARRAY,     /* const RtArray * */
  RT_OPTION,    /* the value, then at offset RtType.elem->size a uint8_t: 1 if there is one */
  RT_RECORD     /* the fields in order, aligned as in C */
} RtKind;

typedef struct RtType RtType;

typedef struct RtField {
  const char *name;
  const RtType *type;
  uint32_t offset;
} RtField;

struct RtType {
  uint8_t kind;          /* RtKind */
  uint8_t align;         /* of a slot; a power of two */
  uint8_t has_pointers;  /* whether a copy must follow pointers */
  uint32_t size;         /* of a slot, a multiple of align */
  uint32_t field_count;  /* RT_RECORD */
  const char *text;      /* as the language writes it: "[File<bam>]" */
  const char *unit;      /* RT_QUANTITY, RT_UNCERTAIN: base unit */
  const RtType *elem;    /* RT_ARRAY, RT_OPTION */
  const RtField *fields; /* RT_RECORD */
};

typedef struct RtUncertain {
  double mean, sd;
} RtUncertain;

typedef struct RtString {
  int64_t len;
  char bytes[]; /* len bytes and a NUL; valid UTF-8, no NUL inside */
} RtString;

typedef struct RtArray {
  int64_t len;
  int64_t reserved; /* so that elements start at offset 16 */
  char items[];     /* len slots of the element type */
} RtArray;

typedef struct RtFile {
  const RtString *path; /* absolute */
  int64_t size;         /* bytes; of a directory, the sum of its regular files */
  int64_t mtime_ns;
  uint8_t hash[32]; /* SHA-256 of the contents; of a directory, of its sorted listing with hashes */
  uint8_t hashed;   /* whether `hash` is known */
  uint8_t is_dir;
  uint8_t promised; /* in a preparation: a task will make it, and only its path is known */
} RtFile;

/* ---- what machine code may call -------------------------------------------------------------*/

typedef struct RtArena RtArena;
typedef struct RtWork RtWork; /* a task that has just run: its directory, its standard output */

/* Handed to every compiled function.  `arena` is where results are made. */
typedef struct RtCtx {
  RtArena *arena;
  RtWork *work; /* in RtTask.finish only */
  void *run;    /* the runtime's own */
} RtCtx;

/* A place in the source, for errors at run time. */
typedef struct RtPlace {
  const char *file;
  uint32_t line, column;
} RtPlace;

/* Memory for `size` bytes, 16-aligned, never NULL: running out of memory ends the run cleanly. */
void *rt_alloc(RtCtx *ctx, int64_t size);
/* A new array of `len` zeroed slots of `size` bytes.  Fails if len is negative or too large. */
RtArray *rt_array_new(RtCtx *ctx, int64_t len, uint32_t size);
/* End the evaluation with a diagnostic (never returns). `code` is a stable error code, "R0101". */
_Noreturn void rt_fail(RtCtx *ctx, const RtPlace *at, const char *code, const char *message);
_Noreturn void rt_fail_index(RtCtx *ctx, const RtPlace *at, int64_t index, int64_t len);
_Noreturn void rt_fail_zip(RtCtx *ctx, const RtPlace *at, int64_t len_a, int64_t len_b);

const RtString *rt_string(RtCtx *ctx, const char *bytes, int64_t len);
const RtString *rt_concat(RtCtx *ctx, const RtString *const *parts, int64_t count);
int rt_string_compare(const RtString *a, const RtString *b); /* <0, 0, >0, by bytes */
/* Any value as text: as `~{x}` shows it in a string.  Files are their paths, arrays joined by one space. */
const RtString *rt_to_string(RtCtx *ctx, const RtType *type, const void *value);
/* Structural equality of two values of one type (files by contents). */
uint8_t rt_equal(RtCtx *ctx, const RtType *type, const void *a, const void *b);

/* Built-in functions on values that are not worth machine code of their own. */
int64_t rt_parse_int(RtCtx *ctx, const RtPlace *at, const RtString *s);
double rt_parse_float(RtCtx *ctx, const RtPlace *at, const RtString *s);
const RtArray *rt_split(RtCtx *ctx, const RtString *s, const RtString *sep);
const RtString *rt_join(RtCtx *ctx, const RtArray *strings, const RtString *sep);
const RtString *rt_replace(RtCtx *ctx, const RtString *s, const RtString *from, const RtString *to);
uint8_t rt_contains(const RtString *s, const RtString *part);
uint8_t rt_starts_with(const RtString *s, const RtString *prefix);
uint8_t rt_ends_with(const RtString *s, const RtString *suffix);
const RtString *rt_basename(RtCtx *ctx, const RtString *path); /* last component of a path */
const RtString *rt_stem(RtCtx *ctx, const RtString *path);     /* basename up to its first dot */
const RtString *rt_path(const RtFile *file);
double rt_file_size(RtCtx *ctx, const RtFile *file); /* bytes */
/* Of [[T]], all elements in order; of [T?], those that are there; `type` is the array handed in. */
const RtArray *rt_flatten(RtCtx *ctx, const RtType *type, const RtArray *arrays);
const RtArray *rt_compact(RtCtx *ctx, const RtType *type, const RtArray *options);

/* A fold whose state lives on the heap: the state is copied to and fro between two scratch arenas, so
 * that memory follows what is live.  `state` is the slot; rt_fold_end copies it into the outer arena. */
typedef struct RtFold RtFold;
RtFold *rt_fold_begin(RtCtx *ctx, const RtType *type, void *state);
void rt_fold_step(RtCtx *ctx, RtFold *fold, void *state);
void rt_fold_end(RtCtx *ctx, RtFold *fold, void *state);

/* Readers of a task's results, called from RtTask.finish only.  A relative path is one below the task's
 * own directory.  What is not there, or not readable as the type, fails the task with the place. */
const RtFile *rt_out_file(RtCtx *ctx, const RtPlace *at, const RtString *path);
const RtFile *rt_out_dir(RtCtx *ctx, const RtPlace *at, const RtString *path);
/* As above, but NULL when nothing is there (for File? and Dir?). */
const RtFile *rt_out_file_or_null(RtCtx *ctx, const RtPlace *at, const RtString *path);
const RtFile *rt_out_dir_or_null(RtCtx *ctx, const RtPlace *at, const RtString *path);
/* Regular files below the directory that match, sorted by name; [File]. */
const RtArray *rt_glob(RtCtx *ctx, const RtPlace *at, const RtString *pattern);
const RtFile *rt_stdout_file(RtCtx *ctx);
const RtString *rt_stdout_string(RtCtx *ctx, const RtPlace *at); /* without trailing newlines */
typedef enum RtFormat { RT_READ_TEXT, RT_READ_LINES, RT_READ_JSON, RT_READ_TSV, RT_READ_CSV } RtFormat;
/* Read `path` as a value of `type` into `into`.  RT_READ_TEXT: a scalar from the whole trimmed text.
 * RT_READ_LINES: an array of scalars.  RT_READ_JSON: any type, from the place `pointer` ("/a/0/b", RFC 6901).
 * RT_READ_TSV, RT_READ_CSV: an array of records, by header.  Errors name file, row and column. */
void rt_read(RtCtx *ctx, const RtPlace *at, RtFormat format, const RtString *path, const char *pointer,
             const RtType *type, void *into);

/* A File or Dir that is there: of a task that has just run, at a path below its directory or of one of its inputs. */
const RtFile *rt_named_file(RtCtx *ctx, const RtPlace *at, const RtString *path, int is_dir);
/* End the evaluation for now if a file in the value is only promised. */
void rt_need_files(RtCtx *ctx, const RtPlace *at, const RtType *type, const void *value);
/* The value of an expression in JavaScript that sees the fields of a record, as a value of `type` into `into`. Bounded
 * in time and memory.  It is in an object of its own, which executables without such expressions do not have. */
void rt_js(RtCtx *ctx, const RtPlace *at, const RtString *source, const RtType *names_type, const void *names,
           const RtType *type, void *into);

/* ---- tasks ------------------------------------------------------------------------------- */

typedef enum RtQuote {
  RT_QUOTE_SHELL,  /* words for sh and bash */
  RT_QUOTE_SINGLE, /* between the single quotes of a shell */
  RT_QUOTE_DOUBLE, /* between its double quotes */
  RT_QUOTE_WORD,   /* part of one argv word, no shell at all; an array alone in a word is many words */
  RT_QUOTE_PYTHON, /* a literal */
  RT_QUOTE_R,      /* a literal */
  RT_QUOTE_JS,     /* a literal, for node; also JSON */
  RT_QUOTE_PERL,   /* a literal */
  RT_QUOTE_RAW     /* as it is */
} RtQuote;

/* A piece of a command: literal text, or a value to be quoted. */
typedef struct RtPiece {
  const char *text; /* NULL: a value */
  uint32_t text_len;
  uint32_t offset; /* of the value in the pieces block that RtTask.prepare fills */
  const RtType *type;
  uint8_t quote;     /* RtQuote */
  uint8_t ends_word; /* the argv word ends after this piece (direct commands) */
} RtPiece;

typedef struct RtEnv {
  const RtString *name, *value;
} RtEnv;
typedef struct RtStage {
  const RtFile *file;
  const RtString *name;
} RtStage;

/* What a task asks for; prepare fills it.  Zero means: not said. */
typedef struct RtAttrs {
  double cpus, gpus, memory, disk; /* cores, devices, bytes, bytes */
  RtUncertain time;                /* seconds */
  double timeout;                  /* seconds */
  int64_t retries, nodes, ranks;
  const RtString *image;
  const RtFile *stdin_file;
  const RtString *stdin_text;
  const RtArray *accept; /* [Int]; NULL: 0 alone */
  const RtArray *env;    /* array of RtEnv slots */
  const RtArray *stage;  /* array of RtStage slots */
} RtAttrs;

typedef struct RtPort {
  const char *name;
  const char *doc;
  const RtType *type;
  uint32_t offset; /* in the struct of all inputs (tasks) or in the root frame (programs) */
  uint32_t line;   /* where it is declared */
  /* A program's input only: evaluates the default into the slot; NULL when the input must be given. */
  void (*fallback)(RtCtx *ctx, char *frame);
  const char *fallback_text; /* as written, for --help */
  uint8_t
      by_contents; /* a task's output only: what it is depends on more than the paths of what the task makes */
} RtPort;

typedef struct RtTask {
  const char *name;
  const char *identity; /* 64 hex digits: SHA-256 of what the task is */
  RtPlace place;
  uint8_t is_volatile;
  uint8_t direct; /* pieces are argv words; no interpreter */
  const char *const
      *interpreter; /* argv prefix ("bash","-euo","pipefail","-c"), NULL-terminated; the text follows */
  uint32_t in_count, out_count;
  const RtPort *ins, *outs;
  const RtType *in_type, *out_type; /* records of all ports */
  uint32_t pieces_size;             /* bytes of the block that prepare fills */
  uint32_t piece_count;
  const RtPiece *pieces;
  uint8_t uses_stdout; /* an output reads standard output */
  uint8_t makes_files; /* an output is a file or directory, or is read from one */
  void (*prepare)(RtCtx *ctx, const char *in, RtAttrs *attrs, char *pieces);
  void (*finish)(RtCtx *ctx, const char *in, char *out);
} RtTask;

/* ---- regions and steps -------------------------------------------------------------------- */

/* Every frame starts so; slots follow at the offsets the compiler chose. */
typedef struct RtFrameHead {
  char *up;      /* the frame that this one is inside of; NULL for the root */
  int64_t index; /* position in the map, fold or loop round; 0 elsewhere */
} RtFrameHead;

/* A slot: in the frame `up` levels outwards (0: this one), at a byte offset. */
typedef struct RtRef {
  uint16_t up;
  uint32_t offset;
} RtRef;

/* A step of a frame `up` levels outwards that must have finished before this one can start. */
typedef struct RtOuter {
  uint16_t up;
  uint32_t step;
} RtOuter;

typedef enum RtStepKind {
  RT_EVAL, /* code(ctx, frame): computes and stores `slot`; refs: all that it reads, of a record each field */
  RT_COPY, /* refs[0] to slot */
  RT_CALL, /* task `target` on refs[0..]; slot is the record of outputs */
  RT_ASK,  /* a person's answer; refs: question, evidence text (or none), default, within; see RtAsk */
  RT_MAP,  /* refs[0]: Int width; one frame of region `target` for each index; results via RT_RESULT */
  RT_BRANCH, /* refs[0]: Bool; one frame of region `target` if true, of `other` if not (RT_NONE: nothing) */
  RT_FOLD,   /* refs[0]: Int width, refs[1]: initial state; frames of region `target` one after another */
  RT_LOOP, /* refs[0]: initial state, refs[1]: Int, most rounds, or absent; `target` until its export 1 is true */
  RT_TREE,  /* refs[0]: array, refs[1]: unit; region `target` combines two neighbours, as a balanced tree */
  RT_RESULT /* gets its slot from region step `target` of this same frame; its export number is `other` */
} RtStepKind;

#define RT_NONE UINT32_MAX

typedef struct RtStep {
  uint8_t kind;             /* RtStepKind */
  uint8_t volatile_context; /* RT_CALL, RT_ASK: two runs of it are never one */
  uint32_t slot;            /* byte offset of the result in this frame */
  const RtType *type;       /* of the result */
  uint32_t ndeps;           /* steps of this frame that must finish first (outer ones not counted) */
  uint32_t nnext, nouter, nrefs;
  const uint32_t *next; /* steps of this frame that wait for this one */
  const RtOuter *outer;
  const RtRef *refs;
  uint32_t target, other;
  uint32_t export_; /* the number under which the frame hands the slot outwards, or RT_NONE */
  void (*code)(RtCtx *ctx, char *frame);
  const char *name; /* the name it has in the source, for progress and errors */
  RtPlace place;
} RtStep;

/* RT_ASK: refs[0] question: String; refs[1] evidence: String, refs[2] default: of the answer's type,
 * refs[3] within: Duration; offset RT_NONE for those not given. */

typedef struct RtRegion {
  const char *name;    /* for --report: "main", "for s", ... */
  uint32_t frame_size; /* bytes, head included */
  uint32_t nsteps;
  uint32_t nexports;
  const void *image; /* frame_size bytes: constants in their slots, zero elsewhere; NULL: all zero */
  const RtStep *steps;
  const RtType *state_type; /* RT_FOLD, RT_LOOP: of the state; RT_TREE: of an element */
  uint32_t state;           /* slot of the state (RT_FOLD, RT_LOOP) or of the left operand (RT_TREE) */
  uint32_t right;           /* RT_TREE: slot of the right operand */
} RtRegion;

/* Region steps hand out exports of their frames:
 *   RT_MAP     RT_RESULT k gets an array of export k of every frame, by index;
 *   RT_BRANCH  RT_RESULT k gets export k of the branch that ran; a result whose export the taken branch
 *              does not have (or `RT_NONE` regions) gets the zero value (an absent option, the unit);
 *   RT_FOLD    export 0 is the next state; the step's own slot gets the last one;
 *   RT_LOOP    export 0 is the next state, export 1 a Bool: stop after this round; slot: the last state;
 *   RT_TREE    export 0 is the combination; slot: that of all.
 * A result is ready as soon as the frames that feed it have delivered, even while they still run. */

typedef struct RtOutput {
  const char *name;
  const RtType *type;
  RtRef ref;     /* in the root frame */
  uint32_t step; /* the root step that makes it, or RT_NONE: there from the start */
} RtOutput;

typedef struct RtProgram {
  uint32_t abi;     /* RT_ABI */
  const char *name; /* of the entry flow */
  const char *doc;
  const char *identity; /* 64 hex digits */
  const char *weft_version;
  const char *source; /* path of the .wf as given to the compiler */
  uint32_t in_count, out_count, task_count, region_count;
  const RtPort *ins;
  const RtOutput *outs;
  const RtTask *tasks;
  const RtRegion *regions; /* regions[0] is the root */
} RtProgram;

/* The folder below which --list-tasks tells of everything, and how it is called in scripts. */
#define RT_LIST_ROOT "/.weft-root"
#define RT_ROOT_VARIABLE "WEFT_DIR"

/* Run the program as a command: flags, run, summary.  Returns the exit status:
 * 0 done, 1 the workflow failed, 2 bad usage or input. */
int rt_main(const RtProgram *program, int argc, char **argv);

#endif
