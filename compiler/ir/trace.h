/* trace.h: what rewriting did, as facts that can be checked one by one.
 *
 * A graph with a trace records each law that was applied (this node is the same as that one) and each replacement
 * of variables (in this scope this node is that one).  Facts only refer to nodes and to facts before them; see
 * canon/certificate.h for what checking them takes. */
#ifndef WEFT_IR_TRACE_H
#define WEFT_IR_TRACE_H

#include "ir/graph.h"

typedef enum Law {
  LAW_NONE,
#define LAW(law, ...) law,
#include "canon/laws.def"
  LAW_COUNT
} Law;

typedef enum FactKind {
  FACT_SCOPE,  /* scope `id` is `parent` with `from` replaced by `to` as well */
  FACT_IMAGE,  /* in scope `id`, `from` is `to` */
  FACT_LAW,    /* by one application of `law` to all of `from`, it is `to` */
  FACT_END,    /* an end of the graph was `from`, and is its image in scope `id` from now on, `to` */
  FACT_EFFECT, /* the next effect is `from` before those that are certain anyway are left out */
  FACT_NOTE    /* lowering has settled something by `law`; `from` and `to` say nothing */
} FactKind;

typedef struct Fact {
  uint8_t kind; /* FactKind */
  uint8_t law;  /* Law */
  uint32_t id;
  uint32_t parent; /* of a scope: the one around it; of a binder's image: the scope of its variables */
  Node from, to;
  Span span; /* where the node was written */
} Fact;

enum { TRACE_MOST = 1 << 22 }; /* facts; beyond it the graph is `full` */

typedef struct Trace {
  VEC(Fact) facts;
  uint32_t scopes; /* numbers given so far; 0: no scope */
} Trace;

/* What is set aside while one law is applied, so that a trace sees it as one step: what it makes stays as it is said. Of
 * a graph without a trace nothing is. */
typedef struct LawStep {
  Trace *trace;
  const RuleRow *rules, *more;
} LawStep;

LawStep law_step_begin(Graph *graph);
void law_step_end(Graph *graph, LawStep step);

/* Record a law; for rules outside of graph_make. */
void trace_law(Graph *graph, Law law, Node from, Node to);
/* A scope inside of another (0: none); its number. */
uint32_t trace_scope(Graph *graph, uint32_t parent, Node from, Node to);
/* `inner`: the scope of a binder's own variables, or 0.  Laws recorded just before belong to it. */
void trace_image(Graph *graph, uint32_t scope, uint32_t inner, Node from, Node to);
void trace_end(Graph *graph, uint32_t scope, Node from, Node to);
void trace_effect(Graph *graph, Node effect);
void trace_note(Graph *graph, Law law, Span span);
Trace *trace_new(void);
void trace_free(Trace *trace);

#endif
