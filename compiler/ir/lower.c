#include "ir/lowering.h"

#include "front/fmt.h"
#include "ir/trace.h"

Node *lower_nodes(Lower *lower, uint32_t count) {
  return ARENA_ARRAY(lower->session->arena, Node, count + 1);
}

TypeId env_type(Lower *lower, const Env *env, TypeId type) {
  return env->binding_count ? type_substitute(lower->types, type, env->bindings, env->binding_count) : type;
}

void env_bind(Env *env, const Binding *binding, Value value) { env->slots[binding->slot] = value; }

static Sym source_text(Lower *lower, const Expr *expr) {
  Text text = {0};
  fmt_expr(lower->session, expr, &text);
  Sym result = intern(lower->session->names, text.data ? text.data : "", text.len);
  text_free(&text);
  return result;
}

/* The inputs of the program, and their defaults, which may use inputs before them. */
static Value *lower_inputs(Lower *lower, const Decl *flow) {
  Graph *graph = lower->graph;
  Value *ins = ARENA_ARRAY(lower->session->arena, Value, flow->in_count + 1);
  Env env = {.decl = flow, .slots = ARENA_ARRAY(lower->session->arena, Value, flow->slot_count + 1)};
  for (uint32_t i = 0; i < flow->in_count; i++) {
    const Param *param = &flow->ins[i];
    Node input = graph_raw(graph, OP_INPUT, param->type, param->name, NULL, 0, param->span);
    Node fallback = NODE_NONE;
    Sym text = 0;
    if (param->value) {
      fallback = lower_convert(lower, lower_expr(lower, &env, param->value), param->type, param->span);
      text = source_text(lower, param->value);
    }
    vec_push(&graph->inputs, (Port){param->name, param->doc, param->type, param->span, fallback, text});
    ins[i] = value_of(input);
    if (param->binding) env_bind(&env, param->binding, ins[i]);
  }
  return ins;
}

static void lower_outputs(Lower *lower, const Decl *flow, const Node *outs) {
  for (uint32_t i = 0; i < flow->out_count; i++) {
    Node node = lower_convert(lower, outs[i], flow->outs[i].type, flow->outs[i].span);
    vec_push(&lower->graph->outputs, (Output){flow->outs[i].name, node, flow->outs[i].span});
  }
  for (uint32_t i = 0; i < lower->effects.len; i++) vec_push(&lower->graph->effects, lower->effects.data[i]);
}

/* Calls that no end reaches; what a binder was made of stands where it stands. */
static void note_dead(const Lower *lower) {
  Graph *graph = lower->graph;
  Map alive = {0};
  if (!graph->trace) return;
  uint8_t *marks = graph_reachable(graph);
  for (Node node = 0; node < graph_count(graph); node++)
    if (marks[node] && graph_op(graph, node) == OP_TASK) map_put(&alive, graph_span(graph, node).lo, 1);
  for (Node node = 0; node < graph_count(graph); node++) {
    bool dead = !marks[node] && graph_op(graph, node) == OP_TASK && !graph->vars.data[node];
    if (dead && !map_get(&alive, graph_span(graph, node).lo))
      trace_note(graph, LAW_DEAD, graph_span(graph, node));
  }
  map_free(&alive);
  free(marks);
}

static void lower_free(Lower *lower) {
  map_free(&lower->tasks);
  map_free(&lower->memo_of);
  vec_free(&lower->memos);
  vec_free(&lower->context);
  vec_free(&lower->after);
  vec_free(&lower->effects);
}

static Graph *lower_with(Program *program, const Decl *flow, const RuleRow *rules, Trace *trace) {
  Session *session = program->session;
  Lower lower = {.session = session, .types = program->types, .graph = graph_new(session, program->types)};
  lower.graph->rules = rules;
  lower.graph->trace = trace;
  lower.graph->name = flow->name;
  lower.graph->doc = flow->doc;
  lower.graph->span = flow->name_span;
  uint32_t errors = diags_errors(session->diags);
  Value *ins = lower_inputs(&lower, flow);
  Node *outs = lower_nodes(&lower, flow->out_count);
  apply_decl(&lower, flow, ins, NULL, outs, flow->name_span);
  bool too_large = lower.too_large || lower.graph->full;
  if (!too_large) {
    lower_outputs(&lower, flow, outs);
    note_dead(&lower);
  }
  lower_free(&lower);
  if (too_large) {
    Diag *told = diag(session->diags, DIAG_TOO_LARGE, flow->name_span,
                      "`%s` grows too large when its flows are expanded", name_of(session, flow->name));
    diag_help(session->diags, told,
              "repetition is written `for`, `fold` or `loop`, not by flows that call others many times");
  }
  if (diags_errors(session->diags) == errors) return lower.graph;
  graph_free(lower.graph);
  return NULL;
}

Graph *lower_flow(Program *program, const Decl *flow) {
  return lower_with(program, flow, simplify_rules, NULL);
}

Graph *lower_flow_as_said(Program *program, const Decl *flow) {
  return lower_with(program, flow, NULL, NULL);
}

Graph *lower_flow_traced(Program *program, const Decl *flow) {
  return lower_with(program, flow, NULL, trace_new());
}
