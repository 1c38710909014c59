/* cwl_process.c: a process as a declaration, for the inputs that it is given. */
#include "import/cwl.h"

#include <string.h>

enum { DEEPEST_CALLS = 60 };

void cwl_unsupported(Cwl *cwl, Span span, const char *what) {
  cwl->unsupported = true;
  diag(cwl->session->diags, DIAG_CWL_UNSUPPORTED, span, "`%s` cannot be expressed", what);
}

const char *cwl_mark(Cwl *cwl, Span span) { return CWL_FORMAT(cwl, "\x01%08x%08x", span.lo, span.hi); }

/* ---- files that stand in the document ---- */

static void add_file(Made *made, uint32_t file) {
  for (uint32_t i = 0; i < made->files.len; i++)
    if (made->files.data[i] == file) return;
  vec_push(&made->files, file);
}

uint32_t cwl_use_file(Cwl *cwl, Made *made, const Tree *node) {
  uint32_t at = 0;
  while (at < cwl->files.len && cwl->files.data[at].node != node) at++;
  if (at == cwl->files.len) {
    const char *wf = cwl_global(cwl, CWL_FORMAT(cwl, "file_%u", at + 1));
    bool is_dir = tree_is(tree_get(node, "class"), "Directory");
    vec_push(&cwl->files, (FixedFile){wf, is_dir, node});
  }
  add_file(made, at);
  return at;
}

void cwl_put_file_args(Cwl *cwl, const Made *callee, Made *caller, bool first, Text *into) {
  for (uint32_t i = 0; i < callee->files.len; i++) {
    const char *wf = cwl->files.data[callee->files.data[i]].wf;
    add_file(caller, callee->files.data[i]);
    text_addf(into, "%s%s: %s", first ? "" : ", ", wf, wf);
    first = false;
  }
}

/* ---- inputs ---- */

static bool holds_file(const Tree *value) {
  if (tree_is_scalar(value)) return false;
  const char *class_name = tree_get_text(value, "class");
  if (class_name && (!strcmp(class_name, "File") || !strcmp(class_name, "Directory"))) return true;
  for (const Tree *child = value->first; child; child = child->next)
    if (holds_file(child)) return true;
  return false;
}

/* A value that is there: its own, or the default. */
static CPort with_default(Cwl *cwl, Made *made, CPort port, const Tree *fallback) {
  if (!fallback || port.type->kind != C_OPTION) return port;
  port.wf = CWL_FORMAT(cwl, "(%s ?? %s)", port.wf, cwl_literal(cwl, fallback, port.type->elem, made));
  port.type = port.type->elem;
  return port;
}

static void add_input(Cwl *cwl, Made *made, Map *taken, CPort port, CType *given, bool entry) {
  const Tree *fallback = tree_given(port.node, "default");
  if (fallback && given && given->kind == C_ANY) port.type = ctype_option(cwl, port.type);
  CPort seen = port;
  if (given && given->kind != C_NULL) {
    if (!entry || given != port.type) port.type = ctype_refine(cwl, port.type, given);
    if (fallback && entry)
      port.type = holds_file(fallback) ? ctype_option(cwl, port.type) : ctype_present(port.type);
    if (fallback && ctype_open(port.type))
      port.type = ctype_refine(cwl, port.type, ctype_of_value(cwl, fallback));
    port.wf = cwl_local(cwl, taken, port.name);
    made->ins[made->in_count++] = port;
    seen = with_default(cwl, made, port, fallback);
  } else if (fallback) {
    if (ctype_open(seen.type)) seen.type = ctype_refine(cwl, seen.type, ctype_of_value(cwl, fallback));
    seen.type = ctype_present(seen.type);
    seen.wf = cwl_literal(cwl, fallback, seen.type, made);
  } else {
    bool optional = port.type->kind == C_OPTION || port.type->kind == C_NULL;
    if (!optional)
      diag(cwl->session->diags, DIAG_MISSING_ARG, tree_place(port.node), "the input `%s` is not given",
           port.name);
    seen.wf = NULL;
  }
  made->seen[made->seen_count++] = seen;
}

static bool same_name(const CPort *ports, uint32_t count, const char *name) {
  for (uint32_t i = 0; i < count; i++)
    if (!strcmp(ports[i].name, name)) return true;
  return false;
}

static void twice(Cwl *cwl, const Entry *entry) {
  diag(cwl->session->diags, DIAG_DUPLICATE, entry->span, "`%s` is there twice", entry->name);
}

/* An input of the workflow may be of any of several types: the job says which. */
static CType *entry_type(Cwl *cwl, CType *declared, const char *name) {
  const Tree *value = tree_given(cwl->job, name);
  if (!value) return declared;
  CType *inner = declared;
  while (inner->kind == C_OPTION || inner->kind == C_ARRAY) inner = inner->elem;
  bool open = ctype_open(declared) || inner->kind == C_FILE || inner->kind == C_RECORD;
  return open ? ctype_refine(cwl, declared, ctype_of_value(cwl, value)) : declared;
}

static void read_inputs(Cwl *cwl, Made *made, Map *taken, const Reqs *reqs, CType *const *given, bool entry) {
  const Tree *inputs = tree_get(made->process, "inputs"), *at = NULL;
  Entry each;
  uint32_t count = inputs ? inputs->count : 0;
  made->ins = ARENA_ARRAY(cwl->session->arena, CPort, count);
  made->seen = ARENA_ARRAY(cwl->session->arena, CPort, count);
  for (uint32_t i = 0; cwl_next(cwl, inputs, "id", &at, &each); i++) {
    if (same_name(made->seen, made->seen_count, each.name)) {
      twice(cwl, &each);
      continue;
    }
    CType *type = ctype_port(cwl, reqs, each.node);
    add_input(cwl, made, taken, (CPort){each.name, NULL, type, each.node},
              entry ? entry_type(cwl, type, each.name) : given[i], entry);
  }
}

static void read_outputs(Cwl *cwl, Made *made, Map *taken, const Reqs *reqs) {
  const Tree *outputs = tree_get(made->process, "outputs"), *at = NULL;
  Entry entry;
  made->outs = ARENA_ARRAY(cwl->session->arena, CPort, outputs ? outputs->count : 0);
  while (cwl_next(cwl, outputs, "id", &at, &entry)) {
    if (same_name(made->outs, made->out_count, entry.name)) {
      twice(cwl, &entry);
      continue;
    }
    CType *type = ctype_port(cwl, reqs, entry.node);
    made->outs[made->out_count++] = (CPort){entry.name, cwl_local(cwl, taken, entry.name), type, entry.node};
  }
}

static const char *default_of(Cwl *cwl, const CPort *port) {
  const Tree *fallback = tree_given(port->node, "default");
  if (port->type->kind == C_OPTION || port->type->kind == C_NULL) return " = none";
  if (!fallback || holds_file(fallback)) return "";
  return CWL_FORMAT(cwl, " = %s", cwl_literal(cwl, fallback, port->type, NULL));
}

void cwl_put_ins(Cwl *cwl, const Made *made, bool entry, Text *body) {
  text_putc(body, '(');
  for (uint32_t i = 0; i < made->in_count; i++) {
    const CPort *port = &made->ins[i];
    Span span = tree_place(port->node);
    text_addf(body, "%s%s%s: %s%s", i ? ", " : "", cwl_mark(cwl, span), port->wf, ctype_text(cwl, port->type),
              entry ? default_of(cwl, port) : "");
  }
  for (uint32_t i = 0; i < made->files.len; i++) {
    const FixedFile *file = &cwl->files.data[made->files.data[i]];
    text_addf(body, "%s%s: %s", i || made->in_count ? ", " : "", file->wf, file->is_dir ? "Dir" : "File");
  }
  text_putc(body, ')');
}

/* ---- requirements ---- */

static const char *const known[] = {"InlineJavascriptRequirement",
                                    "SchemaDefRequirement",
                                    "DockerRequirement",
                                    "SoftwareRequirement",
                                    "InitialWorkDirRequirement",
                                    "EnvVarRequirement",
                                    "ShellCommandRequirement",
                                    "ResourceRequirement",
                                    "WorkReuse",
                                    "NetworkAccess",
                                    "ToolTimeLimit",
                                    "SubworkflowFeatureRequirement",
                                    "ScatterFeatureRequirement",
                                    "MultipleInputFeatureRequirement",
                                    "StepInputExpressionRequirement",
                                    "LoadListingRequirement",
                                    NULL};

static bool is_known(const char *name) {
  for (uint32_t i = 0; known[i]; i++)
    if (!strcmp(known[i], name)) return true;
  return false;
}

static void check_requirements(Cwl *cwl, const Tree *list) {
  const Tree *at = NULL;
  Entry entry;
  while (cwl_next(cwl, list, "class", &at, &entry))
    if (!is_known(entry.name)) cwl_unsupported(cwl, entry.span, entry.name);
}

/* A hint may be left out, but not in silence: once for each name. */
static void check_hints(Cwl *cwl, const Tree *list) {
  const Tree *at = NULL;
  Entry entry;
  while (cwl_next(cwl, list, "class", &at, &entry)) {
    uint64_t key = cwl_key(cwl, entry.name);
    if (is_known(entry.name) || map_get(&cwl->told, key)) continue;
    map_put(&cwl->told, key, 1);
    diag(cwl->session->diags, DIAG_NO_PLACE, entry.span, "the hint `%s` has no place in a workflow",
         entry.name);
  }
}

/* ---- declarations ---- */

static void put_doc(const Tree *process, Text *head) {
  const char *label = tree_get_text(process, "label");
  const Tree *doc = tree_get(process, "doc");
  if (doc && doc->kind == TREE_LIST) doc = doc->first;
  const char *text = tree_text(doc);
  for (int i = 0; i < 2; i++, label = text) {
    for (const char *at = label; at && *at;) {
      size_t len = strcspn(at, "\n");
      text_puts(head, "## ");
      text_add(head, at, len);
      text_putc(head, '\n');
      at += len + (at[len] == '\n');
    }
  }
}

static const char *base_name(Cwl *cwl, const Tree *process) {
  const char *id = tree_get_text(process, "id");
  if (id && *cwl_id(id)) return cwl_id(id);
  const Source *source = sources_at(cwl->session->sources,
                                    process->first ? process->first->key_span : process->span);
  const char *slash = source ? strrchr(source->path, '/') : NULL, *name = slash    ? slash + 1
                                                                          : source ? source->path
                                                                                   : "process";
  size_t len = strcspn(name, ".");
  return arena_text(cwl->session->arena, name, len);
}

/* The same declaration as an earlier one, or this. */
static Made *unique(Cwl *cwl, Made *made, bool entry) {
  for (uint32_t i = 0; i < cwl->made.len; i++) {
    Made *old = cwl->made.data[i];
    if (old->process == made->process && !strcmp(old->body, made->body) && !strcmp(old->head, made->head))
      return old;
  }
  vec_push(&cwl->made, made);
  made->name = cwl_global(cwl, entry ? "main" : base_name(cwl, made->process));
  return made;
}

static void write(Cwl *cwl, Made *made, const Reqs *reqs, const char *class_name, Text *body) {
  if (!strcmp(class_name, "Workflow"))
    cwl_flow(cwl, made, reqs, body);
  else if (!strcmp(class_name, "CommandLineTool"))
    cwl_tool(cwl, made, reqs, body);
  else if (!strcmp(class_name, "ExpressionTool"))
    cwl_expression_tool(cwl, made, reqs, body);
  else
    cwl_unsupported(cwl, made->process->span, class_name);
}

Made *cwl_make(Cwl *cwl, const Tree *process, const Reqs *up, CType *const *given, bool entry) {
  const char *class_name = tree_get_text(process, "class");
  if (!class_name) {
    diag(cwl->session->diags, DIAG_DOCUMENT, process->span,
         "a process has a `class`: CommandLineTool, ExpressionTool or Workflow");
    return NULL;
  }
  if (cwl->depth > DEEPEST_CALLS) {
    diag(cwl->session->diags, DIAG_DOCUMENT_CYCLE, process->span, "this process runs itself");
    return NULL;
  }
  Made *made = ARENA_NEW(cwl->session->arena, Made);
  Reqs reqs = {tree_get(process, "requirements"), tree_get(process, "hints"), up};
  Reqs demanded = {entry ? tree_get(cwl->job, "cwl:requirements") : NULL, NULL, &reqs};
  Text head = {0}, body = {0};
  Map taken = {0};
  made->process = process;
  check_requirements(cwl, reqs.requirements);
  check_hints(cwl, reqs.hints);
  cwl->depth++;
  read_inputs(cwl, made, &taken, &demanded, given, entry);
  read_outputs(cwl, made, &taken, &demanded);
  map_free(&taken);
  put_doc(process, &head);
  write(cwl, made, &demanded, class_name, &body);
  cwl->depth--;
  made->head = CWL_FORMAT(cwl, "%s%s", head.data ? head.data : "", made->head ? made->head : "");
  made->body = text_keep(&body, cwl->session->arena);
  text_free(&head);
  return unique(cwl, made, entry && !strcmp(class_name, "Workflow"));
}
