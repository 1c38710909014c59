/* cwl_flow.c: a Workflow as a flow. */
#include "import/cwl.h"

#include <stdlib.h>
#include <string.h>

/* An output of a step: an expression, known once the step has been written. */
typedef struct StepOut {
  const char *name, *wf;
  CType *type;
} StepOut;

typedef struct Step {
  Entry entry;
  const char *wf;
  Reqs reqs;
  StepOut *outs;
  uint32_t out_count;
  uint32_t waits, sweep; /* how many sources are not placed yet; through the document, before it is written */
  VEC(uint32_t) feeds;   /* the places of those that wait for it */
} Step;

typedef struct Flow {
  Cwl *cwl;
  Made *made;
  const Reqs *reqs;
  Step *steps;
  uint32_t count;
  Map taken, step_of; /* names; by name of a step: place + 1 */
  Text *body;
} Flow;

/* ---- what sources mean ---- */

/* `step/out`, however much stands before it. NULL: it is an input. */
static Step *step_of(const Flow *flow, const char *source, const char **out) {
  const char *hash = strrchr(source, '#');
  if (hash) source = hash + 1;
  const char *slash = strrchr(source, '/');
  *out = slash ? slash + 1 : source;
  if (!slash) return NULL;
  const char *from = slash;
  while (from > source && from[-1] != '/') from--;
  uint32_t at = map_get(&flow->step_of, cwl_key_of(flow->cwl, from, (size_t)(slash - from)));
  return at ? &flow->steps[at - 1] : NULL;
}

static void unknown(const Flow *flow, const Tree *source) {
  Diag *told = diag(flow->cwl->session->diags, DIAG_UNKNOWN_NAME, source->span,
                    "there is nothing called `%s`", source->text);
  Suggestion near = {.name = source->text};
  for (uint32_t i = 0; i < flow->made->seen_count; i++) suggest(&near, flow->made->seen[i].name);
  for (uint32_t i = 0; i < flow->count; i++) {
    const Tree *outs = tree_get(flow->steps[i].entry.node, "out");
    for (const Tree *out = outs ? outs->first : NULL; out; out = out->next) {
      const char *id = out->kind == TREE_MAP ? tree_get_text(out, "id") : tree_text(out);
      if (id) suggest(&near, CWL_FORMAT(flow->cwl, "%s/%s", flow->steps[i].entry.name, cwl_id(id)));
    }
  }
  if (near.best) diag_help(flow->cwl->session->diags, told, "did you mean `%s`?", near.best);
}

static Value source_value(const Flow *flow, const Tree *source) {
  const char *name;
  const char *text = tree_text(source);
  const Step *step = text ? step_of(flow, text, &name) : NULL;
  for (uint32_t i = 0; step && i < step->out_count; i++)
    if (!strcmp(step->outs[i].name, name)) return (Value){step->outs[i].wf, step->outs[i].type};
  for (uint32_t i = 0; text && !step && i < flow->made->seen_count; i++) {
    const CPort *port = &flow->made->seen[i];
    if (!strcmp(port->name, name))
      return (Value){port->wf, port->wf ? port->type : ctype_new(flow->cwl, C_NULL)};
  }
  if (text && (!step || step->outs))
    unknown(flow, source); /* of a step that is broken itself, that was told */
  return (Value){0};
}

static CType *joined(Cwl *cwl, CType *a, CType *b) {
  if (!a || a->kind == C_NULL) return a ? ctype_option(cwl, b) : b;
  if (b->kind == C_NULL) return ctype_option(cwl, a);
  if (a->kind == C_FLOAT && b->kind == C_INT) return a;
  if (b->kind == C_OPTION && a->kind != C_OPTION) return b;
  if (a->kind == C_INT && b->kind == C_FLOAT) return b;
  return a;
}

static const char *as_array(Cwl *cwl, Value value, bool *array) {
  *array = value.type && ctype_present(value.type)->kind == C_ARRAY;
  const char *wf = value.wf ? value.wf : "none";
  if (*array && value.type->kind == C_OPTION) return CWL_FORMAT(cwl, "(%s ?? [])", wf);
  return *array ? wf : CWL_FORMAT(cwl, "[%s]", wf);
}

/* Several sources, as they are merged. */
static Value merged(const Flow *flow, const Tree *sources, bool flat) {
  Cwl *cwl = flow->cwl;
  Text text = {0};
  CType *elem = NULL;
  text_puts(&text, flat ? "(" : "[");
  for (const Tree *source = sources->first; source; source = source->next) {
    Value value = source_value(flow, source);
    if (!value.type) value.type = ctype_new(cwl, C_NULL);
    bool array = false;
    const char *part = flat ? as_array(cwl, value, &array) : value.wf ? value.wf : "none";
    text_addf(&text, "%s%s", source == sources->first ? "" : flat ? " + " : ", ", part);
    elem = joined(cwl, elem, array ? ctype_present(value.type)->elem : value.type);
  }
  if (flat && !sources->first) text_puts(&text, "[]");
  text_puts(&text, flat ? ")" : "]");
  return (Value){text_keep(&text, cwl->session->arena),
                 ctype_array(cwl, elem ? elem : ctype_new(cwl, C_STRING))};
}

static Value picked(const Flow *flow, Value value, const Tree *pick) {
  Cwl *cwl = flow->cwl;
  if (!tree_text(pick)) return value;
  if (value.type && value.type->kind == C_OPTION && value.type->elem->kind == C_ARRAY)
    value = (Value){CWL_FORMAT(cwl, "(%s ?? [])", value.wf), value.type->elem};
  if (!value.type || value.type->kind != C_ARRAY) {
    diag(cwl->session->diags, DIAG_NOT_ARRAY, pick->span,
         "`pickValue` picks from several values, and here is one");
    return value;
  }
  CType *elem = ctype_present(value.type->elem);
  bool maybe = value.type->elem->kind == C_OPTION;
  const char *there = maybe ? CWL_FORMAT(cwl, "compact(%s)", value.wf) : value.wf;
  if (tree_is(pick, "all_non_null")) return (Value){there, ctype_array(cwl, elem)};
  if (tree_is(pick, "first_non_null")) return (Value){CWL_FORMAT(cwl, "%s[0]", there), elem};
  return (Value){CWL_FORMAT(cwl, "%s[if length(%s) == 1 { 0 } else { -1 }]", there, there), elem};
}

static Value linked(const Flow *flow, const Tree *node, const Tree *source) {
  Value value = {0};
  if (!source || source->kind == TREE_NULL) return value;
  bool flat = tree_is(tree_get(node, "linkMerge"), "merge_flattened");
  bool nested = tree_is(tree_get(node, "linkMerge"), "merge_nested");
  if (source->kind == TREE_LIST && (source->count > 1 || flat || nested || tree_has(node, "pickValue")))
    value = merged(flow, source, flat);
  else
    value = source_value(flow, source->kind == TREE_LIST ? source->first : source);
  if ((flat || nested) && source->kind != TREE_LIST && value.type) {
    bool array = false;
    const char *wf = as_array(flow->cwl, value, &array);
    if (nested || !array)
      value = (Value){nested && array ? CWL_FORMAT(flow->cwl, "[%s]", wf) : wf,
                      ctype_array(flow->cwl, value.type)};
  }
  return picked(flow, value, tree_get(node, "pickValue"));
}

/* ---- a step ---- */

typedef struct StepIn {
  const char *name;
  Value value;          /* what flows in */
  Value element;        /* what is scattered over it, or the same */
  const Tree *node;     /* NULL: nothing but its source */
  const char *variable; /* of the loop over it, or NULL */
} StepIn;

typedef struct Work {
  Flow *flow;
  Step *step;
  const Tree *process, *when;
  StepIn *ins;
  uint32_t count, loops;
  StepIn **scatter;
  CType **given;
  Made *callee;
  const char *call;
} Work;

static Value step_input(Work *work, const Tree *node) {
  const Tree *source = node->kind == TREE_MAP ? tree_get(node, "source") : node;
  const Tree *fallback = tree_given(node, "default");
  Value value = linked(work->flow, node, source);
  if (!fallback) return value;
  Cwl *cwl = work->flow->cwl;
  if (value.wf && value.type->kind == C_ANY) {
    CType *type = ctype_option(cwl, ctype_of_value(cwl, fallback));
    value = (Value){cwl_convert(cwl, value, type), type};
  }
  bool maybe = !value.wf || value.type->kind == C_OPTION || value.type->kind == C_NULL;
  if (!maybe) return value;
  CType *type = value.wf && value.type->kind == C_OPTION ? value.type->elem : ctype_of_value(cwl, fallback);
  const char *literal = cwl_literal(cwl, fallback, type, work->flow->made);
  return (Value){
      value.wf && value.type->kind == C_OPTION ? CWL_FORMAT(cwl, "(%s ?? %s)", value.wf, literal) : literal,
      type};
}

static StepIn *find_in(Work *work, const char *name) {
  for (uint32_t i = 0; i < work->count; i++)
    if (!strcmp(work->ins[i].name, name)) return &work->ins[i];
  return NULL;
}

static void read_ins(Work *work) {
  Cwl *cwl = work->flow->cwl;
  const Tree *all = tree_get(work->step->entry.node, "in"), *at = NULL;
  Entry entry;
  work->ins = ARENA_ARRAY(cwl->session->arena, StepIn, all ? all->count : 0);
  while (cwl_next(cwl, all, "id", &at, &entry)) {
    if (find_in(work, entry.name)) {
      diag(cwl->session->diags, DIAG_DUPLICATE, entry.span, "`%s` is there twice", entry.name);
      continue;
    }
    StepIn in = {.name = entry.name, .node = entry.node};
    in.value = in.element = step_input(work, entry.node);
    work->ins[work->count++] = in;
  }
}

static void scatter_over(Work *work, const Tree *name) {
  Cwl *cwl = work->flow->cwl;
  StepIn *in = tree_text(name) ? find_in(work, cwl_id(name->text)) : NULL;
  if (!in || !in->value.wf) {
    diag(cwl->session->diags, DIAG_UNKNOWN_NAME, name->span, "the step has no input `%s` to scatter over",
         name->text ? name->text : "");
    return;
  }
  if (in->value.type->kind == C_OPTION)
    in->value = (Value){cwl_convert(cwl, in->value, in->value.type->elem), in->value.type->elem};
  if (in->value.type->kind != C_ARRAY) {
    diag(cwl->session->diags, DIAG_NOT_ARRAY, name->span, "`%s` is scattered over, and is %s", in->name,
         ctype_text(cwl, in->value.type));
    return;
  }
  in->element = (Value){cwl_local(cwl, &work->flow->taken, in->name), in->value.type->elem};
  in->variable = in->element.wf;
  work->scatter[work->loops++] = in;
}

static void read_scatter(Work *work) {
  const Tree *scatter = tree_given(work->step->entry.node, "scatter");
  if (!scatter) return;
  work->scatter = ARENA_ARRAY(work->flow->cwl->session->arena, StepIn *, scatter->count + 1);
  if (scatter->kind != TREE_LIST) {
    scatter_over(work, scatter);
    return;
  }
  for (const Tree *name = scatter->first; name; name = name->next) scatter_over(work, name);
}

/* What expressions of the step see: its inputs as they are now. */
static Scope scope_of(const Work *work) {
  Cwl *cwl = work->flow->cwl;
  CPort *seen = ARENA_ARRAY(cwl->session->arena, CPort, work->count);
  for (uint32_t i = 0; i < work->count; i++) {
    const StepIn *in = &work->ins[i];
    seen[i] = (CPort){in->name, in->element.wf, in->element.type ? in->element.type : ctype_new(cwl, C_NULL),
                      in->node};
  }
  return (Scope){.inputs = seen, .count = work->count, .reqs = &work->step->reqs};
}

/* The type of an input of the process; NULL: of any. */
static CType *declared(const Work *work, const char *name) {
  Cwl *cwl = work->flow->cwl;
  const Tree *inputs = tree_get(work->process, "inputs"), *at = NULL;
  Reqs own = {tree_get(work->process, "requirements"), tree_get(work->process, "hints"), &work->step->reqs};
  CType *type = NULL;
  Entry entry;
  while (cwl_next(cwl, inputs, "id", &at, &entry))
    if (!strcmp(entry.name, name)) type = ctype_port(cwl, &own, entry.node);
  return type && !ctype_open(type) ? type : NULL;
}

/* `valueFrom` sees all inputs as they were before it. */
static void apply_values(Work *work) {
  Scope scope = scope_of(work);
  for (uint32_t i = 0; i < work->count; i++) {
    StepIn *in = &work->ins[i];
    const Tree *from = tree_get(in->node, "valueFrom");
    if (!tree_text(from)) continue;
    scope.self = in->element;
    in->element = cwl_value(work->flow->cwl, &scope, from, declared(work, in->name));
  }
}

static void find_given(Work *work) {
  Cwl *cwl = work->flow->cwl;
  const Tree *inputs = tree_get(work->process, "inputs"), *at = NULL;
  Entry entry;
  work->given = ARENA_ARRAY(cwl->session->arena, CType *, inputs ? inputs->count : 0);
  for (uint32_t i = 0; cwl_next(cwl, inputs, "id", &at, &entry); i++) {
    const StepIn *in = find_in(work, entry.name);
    work->given[i] = in && in->element.wf ? in->element.type : NULL;
  }
}

static void write_call(Work *work) {
  Cwl *cwl = work->flow->cwl;
  Text text = {0};
  text_addf(&text, "%s(", work->callee->name);
  for (uint32_t i = 0; i < work->callee->in_count; i++) {
    const CPort *port = &work->callee->ins[i];
    const StepIn *in = find_in(work, port->name);
    Span span = in && in->node ? in->node->span : work->step->entry.span;
    text_addf(&text, "%s%s%s: %s", i ? ", " : "", cwl_mark(cwl, span), port->wf,
              in ? cwl_convert(cwl, in->element, port->type) : "none");
  }
  cwl_put_file_args(cwl, work->callee, work->flow->made, !work->callee->in_count, &text);
  text_putc(&text, ')');
  work->call = text_keep(&text, cwl->session->arena);
}

/* ---- around the call: loops and conditions ---- */

static const char *condition(const Work *work) {
  if (!work->when) return NULL;
  Scope scope = scope_of(work);
  return cwl_value(work->flow->cwl, &scope, work->when, ctype_new(work->flow->cwl, C_BOOL)).wf;
}

static bool has_method(const Work *work, const char *method) {
  return tree_is(tree_get(work->step->entry.node, "scatterMethod"), method);
}

/* How many arrays are around what the call gives. */
static uint32_t depth_of(const Work *work) {
  return has_method(work, "nested_crossproduct") ? work->loops : work->loops ? 1 : 0;
}

static void put_around(Work *work, const char *inner, const char *when, Text *into) {
  bool nested = has_method(work, "nested_crossproduct"), flat = has_method(work, "flat_crossproduct");
  for (uint32_t i = 0; i < work->loops; i++) {
    const char *before = i == 0 ? "for" : nested ? "{ for" : flat ? " for" : ",";
    text_addf(into, "%s %s in %s%s", before, work->scatter[i]->variable, work->scatter[i]->value.wf,
              nested ? " " : "");
  }
  if (work->loops) text_puts(into, " { ");
  if (when) text_addf(into, "if %s { ", when);
  text_puts(into, inner);
  if (when) text_puts(into, " }");
  for (uint32_t i = 0; i < depth_of(work); i++) text_puts(into, " }");
}

static CType *around_type(const Work *work, CType *type) {
  Cwl *cwl = work->flow->cwl;
  if (work->when) type = ctype_option(cwl, type);
  for (uint32_t i = 0; i < depth_of(work); i++) type = ctype_array(cwl, type);
  return type;
}

static const char *out_of(const Work *work, const CPort *port, const char *call) {
  return work->callee->out_count == 1 ? call : CWL_FORMAT(work->flow->cwl, "%s.%s", call, port->wf);
}

/* The names of the variables of loops are those of all its outputs. */
static void write_outs(Work *work) {
  Flow *flow = work->flow;
  Step *step = work->step;
  Made *callee = work->callee;
  bool plain = !work->loops && !work->when;
  const char *when = condition(work);
  const char *mark = cwl_mark(flow->cwl, step->entry.span);
  step->outs = ARENA_ARRAY(flow->cwl->session->arena, StepOut, callee->out_count);
  step->out_count = callee->out_count;
  if (plain && callee->out_count) text_addf(flow->body, "  %s%s = %s\n", mark, step->wf, work->call);
  for (uint32_t i = 0; i < callee->out_count; i++) {
    const CPort *port = &callee->outs[i];
    StepOut *out = &step->outs[i];
    *out = (StepOut){port->name, NULL, around_type(work, port->type)};
    if (plain) {
      out->wf = out_of(work, port, step->wf);
      continue;
    }
    out->wf = callee->out_count == 1
                  ? step->wf
                  : cwl_local(flow->cwl, &flow->taken, CWL_FORMAT(flow->cwl, "%s_%s", step->wf, port->wf));
    text_addf(flow->body, "  %s%s = ", mark, out->wf);
    put_around(work, out_of(work, port, work->call), when, flow->body);
    text_putc(flow->body, '\n');
  }
  if (callee->out_count) return;
  text_addf(flow->body, "  %s", mark);
  put_around(work, work->call, when, flow->body);
  text_putc(flow->body, '\n');
}

static void write_step(Flow *flow, Step *step) {
  Work work = {.flow = flow, .step = step};
  const Tree *run = tree_get(step->entry.node, "run");
  if (!run) {
    diag(flow->cwl->session->diags, DIAG_DOCUMENT, step->entry.span, "the step has no `run`");
    return;
  }
  work.process = cwl_referred(flow->cwl, run);
  if (!work.process) return;
  work.when = tree_get(step->entry.node, "when");
  if (work.when && !tree_text(work.when)) work.when = NULL;
  read_ins(&work);
  read_scatter(&work);
  apply_values(&work);
  find_given(&work);
  work.callee = cwl_make(flow->cwl, work.process, &step->reqs, work.given, false);
  if (!work.callee) return;
  write_call(&work);
  write_outs(&work);
}

/* ---- order ---- */

/* What a step says of where an input comes from: a source, or a list of them. */
static const Tree *sources_of(const Tree *all, const Tree *in) {
  return in->kind == TREE_MAP ? tree_get(in, "source") : all->kind == TREE_MAP ? in : NULL;
}

static void add_wait(Flow *flow, uint32_t place, const Tree *source) {
  const char *name, *text = tree_text(source);
  Step *from = text ? step_of(flow, text, &name) : NULL;
  if (!from) return;
  vec_push(&from->feeds, place);
  flow->steps[place].waits++;
}

static void find_waits(Flow *flow, uint32_t place) {
  const Tree *all = tree_get(flow->steps[place].entry.node, "in");
  for (const Tree *in = all && !tree_is_scalar(all) ? all->first : NULL; in; in = in->next) {
    const Tree *source = sources_of(all, in);
    bool several = source && source->kind == TREE_LIST;
    if (!several) add_wait(flow, place, source);
    for (const Tree *item = several ? source->first : NULL; item; item = item->next)
      add_wait(flow, place, item);
  }
}

/* Places and sweeps as one number each, those that wait for nothing first: a step is written in the first sweep through
 * the document that finds its sources written.  How many that are. */
static uint32_t order(Flow *flow, uint64_t *sorted) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < flow->count; i++) find_waits(flow, i);
  for (uint32_t i = 0; i < flow->count; i++)
    if (!flow->steps[i].waits) sorted[count++] = i;
  for (uint32_t at = 0; at < count; at++) {
    uint32_t place = (uint32_t)sorted[at];
    const Step *step = &flow->steps[place];
    for (uint32_t k = 0; k < step->feeds.len; k++) {
      Step *fed = &flow->steps[step->feeds.data[k]];
      uint32_t sweep = step->sweep + (step->feeds.data[k] < place);
      if (fed->sweep < sweep) fed->sweep = sweep;
      if (!--fed->waits) sorted[count++] = step->feeds.data[k];
    }
  }
  for (uint32_t i = 0; i < count; i++) sorted[i] |= (uint64_t)flow->steps[sorted[i]].sweep << 32;
  return count;
}

static int by_sweep(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

static void write_steps(Flow *flow) {
  uint64_t *sorted = mem_zero((flow->count + 1) * sizeof *sorted);
  uint32_t count = order(flow, sorted);
  qsort(sorted, count, sizeof *sorted, by_sweep);
  for (uint32_t i = 0; i < count; i++) write_step(flow, &flow->steps[(uint32_t)sorted[i]]);
  free(sorted);
  for (uint32_t i = 0; i < flow->count; i++) {
    if (!flow->steps[i].waits) continue;
    diag(flow->cwl->session->diags, DIAG_STEP_CYCLE, flow->steps[i].entry.span,
         "the step `%s` waits for itself", flow->steps[i].entry.name);
    break;
  }
}

static void read_steps(Flow *flow) {
  Cwl *cwl = flow->cwl;
  const Tree *all = tree_get(flow->made->process, "steps"), *at = NULL;
  Entry entry;
  flow->steps = ARENA_ARRAY(cwl->session->arena, Step, all ? all->count : 0);
  while (cwl_next(cwl, all, "id", &at, &entry)) {
    uint64_t key = cwl_key(flow->cwl, entry.name);
    if (map_get(&flow->step_of, key)) {
      diag(cwl->session->diags, DIAG_DUPLICATE, entry.span, "the step `%s` is there twice", entry.name);
      continue;
    }
    Reqs reqs = {tree_get(entry.node, "requirements"), tree_get(entry.node, "hints"), flow->reqs};
    flow->steps[flow->count++] = (Step){
        .entry = entry, .wf = cwl_local(cwl, &flow->taken, entry.name), .reqs = reqs};
    map_put(&flow->step_of, key, flow->count);
  }
}

/* ---- the whole ---- */

static void put_outs(Flow *flow, Text *signature) {
  Cwl *cwl = flow->cwl;
  text_puts(signature, " -> (");
  for (uint32_t i = 0; i < flow->made->out_count; i++) {
    CPort *port = &flow->made->outs[i];
    const Tree *source = tree_get(port->node, "outputSource");
    if (!source && port->node->kind != TREE_MAP) source = port->node;
    Value value = linked(flow, port->node, source);
    if (!value.type) value.type = ctype_new(cwl, C_NULL);
    CType *type = ctype_refine(cwl, port->type, value.type);
    if (value.type->kind == C_NULL) type = ctype_option(cwl, port->type);
    if (ctype_open(type)) type = value.type;
    Span span = tree_place(port->node);
    text_addf(signature, "%s%s%s: %s", i ? ", " : "", cwl_mark(cwl, span), port->wf, ctype_text(cwl, type));
    text_addf(flow->body, "  %s%s = %s\n", cwl_mark(cwl, source ? source->span : span), port->wf,
              cwl_convert(cwl, value, type));
    port->type = type;
  }
  text_putc(signature, ')');
}

void cwl_flow(Cwl *cwl, Made *made, const Reqs *reqs, Text *body) {
  Text steps = {0}, signature = {0};
  Flow flow = {.cwl = cwl, .made = made, .reqs = reqs, .body = &steps};
  made->head = "flow ";
  for (uint32_t i = 0; i < made->in_count; i++) map_put(&flow.taken, cwl_key(cwl, made->ins[i].wf), 1);
  for (uint32_t i = 0; i < made->out_count; i++) map_put(&flow.taken, cwl_key(cwl, made->outs[i].wf), 1);
  read_steps(&flow);
  write_steps(&flow);
  put_outs(&flow, &signature);
  cwl_put_ins(cwl, made, cwl->depth == 1, body);
  text_puts(body, made->out_count ? signature.data : "");
  text_addf(body, " {\n%s}\n", steps.data ? steps.data : "");
  for (uint32_t i = 0; i < flow.count; i++) vec_free(&flow.steps[i].feeds);
  map_free(&flow.taken);
  map_free(&flow.step_of);
  text_free(&steps);
  text_free(&signature);
}
