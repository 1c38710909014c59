/* cwl.h: what the files of the CWL emitter share.
 *
 * The root region is the Workflow `main`; other regions are Workflows that their steps run, or, where a region is one
 * task with expressions around it, the step runs the task itself.  A *leaf* is a value that goes through the document
 * by a name of its own: an input, an output of a step, an element of what is scattered over, a state.  All between
 * leaves is JavaScript, in the `valueFrom` of the step that uses it, or, where several use it, in an ExpressionTool. */
#ifndef WEFT_EMIT_CWL_H
#define WEFT_EMIT_CWL_H

#include "emit/js.h"
#include "emit/target.h"
#include "emit/yaml.h"

/* A node, and of a task the number of the output + 1. */
typedef uint64_t Leaf;
typedef VEC(Leaf) Leaves;
static inline Leaf leaf_of(Node node) { return (Leaf)node << 32; }
static inline Leaf leaf_port(Node task, uint32_t port) { return (Leaf)task << 32 | (port + 1); }
static inline Node leaf_node(Leaf leaf) { return (Node)(leaf >> 32); }
static inline uint32_t leaf_field(Leaf leaf) { return (uint32_t)leaf; }

#define STEP_NONE UINT32_MAX

/* Names that are taken in one process. */
typedef struct Names {
  Map next; /* of a name: which number to try next */
} Names;

/* What the emitter knows of a step of the plan. */
typedef struct CwlStep {
  const char *id;    /* of the step of the document; NULL: there is none */
  const char *other; /* BRANCH: of the other arm */
  uint32_t uses;     /* EVAL, COPY: by steps of its region */
  bool wanted;       /* there has to be a link to it */
  bool folded;       /* into the only step that uses it */
  uint32_t order_count;
  const Leaf *order; /* what has to have finished first, beside what it uses */
} CwlStep;

/* An input of a region's process. */
typedef struct Capture {
  Leaf leaf;
  const char *name;
} Capture;

typedef struct Export {
  uint32_t step; /* STEP_NONE: an arm has no such export */
  const char *name;
} Export;

/* An expression that has a step of its own though it is none of the plan. */
typedef struct Made {
  Node node;
  bool range; /* the array of all numbers below it */
  const char *id;
} Made;

typedef struct CwlRegion {
  const char *id; /* of its process */
  CwlStep *steps;
  VEC(Capture) captures;
  Map capture_at; /* leaf to place + 1 */
  Export *exports;
  VEC(Made) made;
  Map made_at; /* node to place + 1 */
  Names names;
  const char *around,
      *level;        /* of rounds: the process that does all of them; one that makes pairs of a tree */
  uint32_t only;     /* the step of the one task that it is */
  bool plain;        /* an arm that hands out what is there outside */
  const char *after; /* the input for what comes before it; NULL: there is nothing */
} CwlRegion;

typedef struct CwlTask {
  const char *id;
  const char *after; /* the input for what comes before it; NULL: never */
  const char *out;   /* the name of the file for standard output; NULL: it is not kept */
} CwlTask;

typedef struct Cwl {
  const Plan *plan;
  const Graph *graph;
  const EmitOptions *options;
  Session *session;
  Arena *arena;
  Js *js;
  CwlRegion *regions;
  CwlTask *tasks;
  const char *
      *input_steps; /* of the root's inputs: where the default is an expression, the step that fills it in */
  Map input_of;     /* name to number + 1 */
  uint32_t *stamp, visit;                     /* by node: the walk that has seen it */
  Names names;                                /* of processes */
  uint32_t task;                              /* the one under way */
  Yaml yaml;                                  /* the processes */
  bool scatters, subworkflows, picks, values; /* features in use */
  bool loops;                                 /* cwltool:Loop */
  bool renaming;                              /* types of inputs are being written */
  bool failed;
} Cwl;

/* ---- cwl_name.c ---- */

/* `wanted`, or, if it is taken, with a number behind it. Taken from now on. */
const char *names_take(Cwl *cwl, Names *names, const char *wanted);
/* Give ids to processes, steps, inputs, outputs. */
void cwl_name_all(Cwl *cwl);
/* What a person would call it. */
const char *cwl_leaf_name(const Cwl *cwl, Leaf leaf);

/* ---- cwl_type.c ---- */

/* A port or field that is nothing but its type; `optional`: or null. */
void cwl_port(Cwl *cwl, Yaml *yaml, const char *name, TypeId type, bool optional);
/* `type: …`, `items: …` */
void cwl_type(Cwl *cwl, Yaml *yaml, const char *key, TypeId type, bool optional);
TypeId cwl_leaf_type(const Cwl *cwl, Leaf leaf);
/* A record's field in inputs of the workflow: `id_` for `id`, which engines would read as an address. */
const char *cwl_field(const Cwl *cwl, Sym name);
bool cwl_is_renamed(const Cwl *cwl, TypeId id);
bool cwl_is_optional(const Cwl *cwl, TypeId type);
/* Append a closed value as JSON; false: it is no literal. */
bool cwl_constant(const Cwl *cwl, Node node, Text *into);
/* `key:` a doc comment, unless there is none. */
void cwl_doc(const Cwl *cwl, Yaml *yaml, Sym doc);

/* ---- cwl_leaf.c ---- */

/* The node without what leaves a value as it is. */
Node cwl_strip(const Cwl *cwl, Node node);
/* Whether a node is a leaf, seen from a step (STEP_NONE: from none) of a region. */
bool cwl_leaf(const Cwl *cwl, uint32_t region, uint32_t self, Node node, Leaf *leaf);
/* Append all leaves that an expression is made of. */
void cwl_leaves(Cwl *cwl, uint32_t region, uint32_t self, Node root, Leaves *into);
/* The step of the region itself that makes a leaf, or STEP_NONE. */
uint32_t cwl_home(const Cwl *cwl, uint32_t region, Leaf leaf);
/* Whether the region binds the variable that a leaf is, or is an element by. */
bool cwl_binds(const Cwl *cwl, uint32_t region, Leaf leaf);

/* Where a leaf comes from, as `source` says it; several: the first that is there. */
typedef struct Link {
  const char *sources[2];
  uint32_t count;
} Link;
Link cwl_link(Cwl *cwl, uint32_t region, Leaf leaf);
/* Of a node that is a leaf or has been made a step. */
Link cwl_link_node(Cwl *cwl, uint32_t region, uint32_t self, Node node);
Link cwl_link_made(Cwl *cwl, uint32_t region, Node node, bool range);

/* ---- cwl_survey.c ---- */

/* Find what every region needs from outside, and which expressions need steps of their own. */
void cwl_survey(Cwl *cwl);
/* Whether a MAP has to be scattered over its indices also. */
bool cwl_needs_range(const Cwl *cwl, uint32_t region);

/* ---- cwl_ins.c: what goes into one step ---- */

typedef enum InKind { IN_LINK, IN_VALUE, IN_CONSTANT, IN_RANGE } InKind;
typedef struct In {
  uint8_t kind; /* InKind */
  bool scattered;
  const char *name;
  Leaf leaf;        /* LINK; RANGE: the region that is scattered */
  Node node;        /* VALUE, CONSTANT */
  const char *text; /* LINK: a source that is no leaf; VALUE: the expression */
} In;
typedef struct Ins {
  Cwl *cwl;
  uint32_t region; /* the step's */
  uint32_t scope;  /* in which its values are computed: `region`, or a region inside that is one task */
  uint32_t self;   /* the step as seen from the scope */
  VEC(In) list;
  Map at; /* leaf to place + 1 */
  Names names;
  Node condition; /* it is run when this, a node of `region`, is `arm`; NODE_NONE: always */
  bool arm;
  const char *when;
} Ins;

void ins_end(Ins *ins);
/* An input of what is run. */
void ins_port(Ins *ins, const char *name, Node node);
void ins_capture(Ins *ins, const char *name, Leaf leaf);
void ins_add(Ins *ins, In in);
/* What an expression uses. */
void ins_value(Ins *ins, Node node);
/* The same of all expressions among what goes in, and of the condition; after the ports. */
void ins_values(Ins *ins);
/* What has to have finished before. */
void ins_order(Ins *ins, const char *name, const CwlStep *step, const CwlStep *around);
/* `when`, `scatter` and `in`. */
void ins_write(Ins *ins, Yaml *yaml);
/* An expression over the step's inputs, as JavaScript. */
const char *ins_code(Ins *ins, Node node);

/* ---- cwl_step.c, cwl_workflow.c, cwl_rounds.c ---- */

Ins ins_begin(Cwl *cwl, uint32_t region, uint32_t self);
/* `run: "#id"`, `out: [a, b]` */
void cwl_run(Yaml *yaml, const char *id);
void cwl_out(Yaml *yaml, const char *const *names, uint32_t count);
/* A step that is an expression: `id:` and what it runs, an ExpressionTool, up to its inputs; and behind these all else
 * of what it runs: outputs of one type, and the expression. */
void cwl_tool_begin(Yaml *yaml, const char *id);
void cwl_tool_end(Cwl *cwl, Yaml *yaml, const char *const *outs, uint32_t count, TypeId type,
                  const char *code);
/* `key: a`, or of several the first that is there. */
void cwl_source(Cwl *cwl, Yaml *yaml, const char *key, const char *const *sources, uint32_t count);
/* The steps of a region, in the order of the plan. */
void cwl_steps(Cwl *cwl, Yaml *yaml, uint32_t region);
/* The next process: class, id. */
void cwl_process(Cwl *cwl, const char *class_, const char *id);
/* Inputs of a region's process; `own`: also what the region itself binds. */
void cwl_inputs(Cwl *cwl, Yaml *yaml, uint32_t region, bool own);
/* What `main` is, behind its requirements. */
void cwl_main(Cwl *cwl);
/* The process of a region; of rounds, of one. */
void cwl_workflow(Cwl *cwl, uint32_t region);
/* The step that does all rounds, and the process that it runs. */
void cwl_rounds_step(Cwl *cwl, Yaml *yaml, uint32_t region, uint32_t number);
void cwl_rounds(Cwl *cwl, uint32_t region);

/* ---- cwl_task.c, cwl_output.c ---- */

void cwl_task(Cwl *cwl, uint32_t number);
/* Expressions over the inputs of the task under way. */
JsScope cwl_task_scope(Cwl *cwl);
/* `outputs:` of the task under way. */
void cwl_outputs(Cwl *cwl, Yaml *yaml);
/* Whether its outputs use what the command prints; by input, whether they read what it holds. */
bool cwl_uses_stdout(Cwl *cwl, const Task *task);
const bool *cwl_inputs_read(Cwl *cwl, const Task *task);

/* ---- cwl_job.c ---- */

/* The job file beside the document, of the flags that the options hold; 0, or 1 after one line on standard error. */
int cwl_job(Cwl *cwl);

/* ---- cwl.c ---- */

/* One line on standard error: CWL cannot say what stands there, for that reason. */
void cwl_refuse(Cwl *cwl, Span span, const char *reason);
/* The same, unless the reason is NULL. */
void cwl_told(Cwl *cwl, const char *reason, Span span);
/* Append an expression, or JavaScript without "$(" and ")". */
void cwl_expression(Cwl *cwl, const JsScope *scope, Node node, Text *into);
void cwl_code(Cwl *cwl, const JsScope *scope, Node node, Text *into);

#endif
