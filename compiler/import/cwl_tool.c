/* cwl_tool.c: a CommandLineTool as a task, an ExpressionTool as a function. */
#include "import/cwl.h"

#include <string.h>

/* ---- the command ---- */

typedef struct Part {
  int64_t position;
  const char *name; /* NULL: an argument, which comes before inputs */
  const char *text;
} Part;
typedef VEC(Part) Parts;

static bool comes_before(const Part *a, const Part *b) {
  if (a->position != b->position) return a->position < b->position;
  if (!a->name || !b->name) return !a->name && b->name;
  return strcmp(a->name, b->name) < 0;
}

static void add_part(Cwl *cwl, Parts *parts, Part part, const Text *text) {
  if (!text->len) return;
  part.text = arena_text(cwl->session->arena, text->data, text->len);
  vec_push(parts, part);
  for (uint32_t at = parts->len - 1; at && comes_before(&part, &parts->data[at - 1]); at--) {
    parts->data[at] = parts->data[at - 1];
    parts->data[at - 1] = part;
  }
}

static int64_t position_of(Cwl *cwl, const Tree *binding) {
  const Tree *position = tree_given(binding, "position");
  if (!position) return 0;
  if (position->kind != TREE_INT) cwl_unsupported(cwl, position->span, "position as an expression");
  return strtoll(position->text, NULL, 10);
}

static void bind_argument(Cwl *cwl, const Scope *scope, const Tree *argument, bool shell, Parts *parts) {
  Text text = {0};
  int64_t position = 0;
  if (argument->kind == TREE_MAP) {
    position = position_of(cwl, argument);
    cwl_bind(cwl, scope, (Value){0}, argument, shell, &text);
  } else {
    Tree binding = {.kind = TREE_MAP, .span = argument->span}, from = *argument;
    from.key = "valueFrom";
    from.next = NULL;
    if (from.kind != TREE_NULL) from.kind = TREE_STRING;
    binding.first = &from;
    cwl_bind(cwl, scope, (Value){0}, &binding, shell, &text);
  }
  add_part(cwl, parts, (Part){position, NULL, NULL}, &text);
  text_free(&text);
}

static bool has_binding(const CType *type) {
  if (type->binding) return true;
  if (type->kind == C_ARRAY || type->kind == C_OPTION) return has_binding(type->elem);
  for (uint32_t i = 0; type->kind == C_RECORD && i < type->count; i++)
    if (has_binding(type->fields[i].type) ||
        (type->fields[i].node && tree_get(type->fields[i].node, "inputBinding")))
      return true;
  return false;
}

static void bind_part(Cwl *cwl, const Scope *scope, Value value, const Tree *binding, const char *name,
                      bool shell, Parts *parts) {
  Text text = {0};
  cwl_bind(cwl, scope, value, binding, shell, &text);
  add_part(cwl, parts, (Part){position_of(cwl, binding), name, NULL}, &text);
  text_free(&text);
}

/* The fields of a record that is not bound itself stand where they say, among the other inputs. */
static void bind_fields(Cwl *cwl, const Scope *scope, Value value, bool shell, Parts *parts) {
  for (uint32_t i = 0; value.wf && i < value.type->count; i++) {
    const CField *field = &value.type->fields[i];
    const Tree *binding = field->node ? tree_get(field->node, "inputBinding") : NULL;
    if (!binding && !has_binding(field->type)) continue;
    Value own = {CWL_FORMAT(cwl, "%s.%s", value.wf, field->wf), field->type};
    bind_part(cwl, scope, own, binding, field->name, shell, parts);
  }
}

static void put_command(Cwl *cwl, const Made *made, const Scope *scope, bool shell, Text *into) {
  const Tree *base = tree_get(made->process, "baseCommand"),
             *arguments = tree_get(made->process, "arguments");
  Parts parts = {0};
  if (tree_text(base)) cwl_word(cwl, base->text, base->len, into);
  for (const Tree *word = base && base->kind == TREE_LIST ? base->first : NULL; word; word = word->next) {
    if (word != base->first) text_putc(into, ' ');
    cwl_word(cwl, word->text ? word->text : "", word->len, into);
  }
  for (const Tree *item = arguments && arguments->kind == TREE_LIST ? arguments->first : NULL; item;
       item = item->next)
    bind_argument(cwl, scope, item, shell, &parts);
  for (uint32_t i = 0; i < made->seen_count; i++) {
    const CPort *port = &made->seen[i];
    const Tree *binding = tree_get(port->node, "inputBinding");
    if (!binding && !has_binding(port->type)) continue;
    Value value = {port->wf, port->type};
    if (!binding && !port->type->binding && port->type->kind == C_RECORD)
      bind_fields(cwl, scope, value, shell, &parts);
    else
      bind_part(cwl, scope, value, binding, port->name, shell, &parts);
  }
  for (uint32_t i = 0; i < parts.len; i++)
    text_puts(into, parts.data[i].text + (!into->len && *parts.data[i].text == ' '));
  vec_free(&parts);
}

static void put_redirect(const char *sign, const char *name, Text *into) {
  if (name) text_addf(into, " %s ~{%s}", sign, name);
}

/* ---- the folder before the command ---- */

static void stage_value(Cwl *cwl, Value value, const char *name, bool writable, Text *before) {
  const char *how = writable ? "cp -rL" : "ln -sfn";
  if (!value.wf || value.type->kind == C_NULL) return;
  if (value.type->kind == C_OPTION)
    value = (Value){CWL_FORMAT(cwl, "compact([%s])", value.wf), ctype_array(cwl, value.type->elem)};
  if (value.type->kind == C_ARRAY && value.type->elem->kind == C_ARRAY)
    value = (Value){CWL_FORMAT(cwl, "flatten(%s)", value.wf), value.type->elem};
  if (value.type->kind == C_ARRAY) {
    text_addf(before, "for f in ~{for x in %s { %s }}; do %s \\\"$f\\\" .; done\\n", value.wf,
              cwl_string(cwl, (Value){"x", value.type->elem}), how);
  } else if (value.type->kind == C_FILE || value.type->kind == C_DIR) {
    const char *path = cwl_string(cwl, value);
    text_addf(before, "%s ~{%s} ~{%s}\\n", how, path, name ? name : CWL_FORMAT(cwl, "basename(%s)", path));
    if (value.type->secondary)
      text_addf(before, "for f in ~{for x in %s.secondary { path(x) }}; do %s \\\"$f\\\" .; done\\n",
                value.wf, how);
  } else {
    text_addf(before, "mkdir -p ~{\"./\" + %s}; rmdir ~{\"./\" + %s}; printf %%s ~{%s} > ~{%s}\\n", name,
              name, cwl_string(cwl, value), name);
  }
}

static bool is_writable(const Tree *entry) { return tree_is(tree_get(entry, "writable"), "true"); }

static void stage_entry(Cwl *cwl, const Scope *scope, const Tree *item, Text *before) {
  const Tree *entry = tree_get(item, "entry"), *name = tree_get(item, "entryname");
  CType *string = ctype_new(cwl, C_STRING);
  if (item->kind == TREE_MAP && entry) {
    const char *named = name ? cwl_value(cwl, scope, name, string).wf : NULL;
    Value value = cwl_value(cwl, scope, entry, NULL);
    bool file = value.wf && value.type->kind >= C_FILE;
    if (value.wf && !file && !named)
      cwl_unsupported(cwl, entry->span, "InitialWorkDirRequirement with computed files");
    else
      stage_value(cwl, value, named, is_writable(item), before);
  } else if (cwl_is_expression(item)) {
    Value value = cwl_value(cwl, scope, item, NULL);
    if (value.wf && value.type->kind < C_FILE)
      cwl_unsupported(cwl, item->span, "InitialWorkDirRequirement with computed files");
    else
      stage_value(cwl, value, NULL, false, before);
  } else {
    cwl_unsupported(cwl, item->span, "InitialWorkDirRequirement with a literal");
  }
}

static void mark_staged(Cwl *cwl, const Made *made, const Tree *listing, Map *staged) {
  for (const Tree *item = listing && listing->kind == TREE_LIST ? listing->first : NULL; item;
       item = item->next) {
    const Tree *entry = item->kind == TREE_MAP ? tree_get(item, "entry") : item;
    if (item->kind == TREE_MAP && tree_get(item, "entryname")) continue;
    for (uint32_t i = 0; entry && i < made->seen_count; i++) {
      const char *name = made->seen[i].name;
      if (tree_is(entry, CWL_FORMAT(cwl, "$(inputs.%s)", name))) map_put(staged, cwl_key(cwl, name), 1);
    }
  }
}

static void put_listing(Cwl *cwl, const Scope *scope, const Tree *listing, Text *before) {
  if (!listing) return;
  if (tree_is_scalar(listing)) {
    Value value = cwl_value(cwl, scope, listing, NULL);
    bool files = value.wf && strncmp(value.wf, "js ", 3) != 0;
    if (!files) cwl_unsupported(cwl, listing->span, "InitialWorkDirRequirement with a computed listing");
    if (files) stage_value(cwl, value, NULL, false, before);
    return;
  }
  for (const Tree *item = listing->first; item; item = item->next) stage_entry(cwl, scope, item, before);
}

/* ---- attributes ---- */

static const char *number_of(Cwl *cwl, const Scope *scope, const Tree *req, const char *least,
                             const char *most) {
  const Tree *node = tree_given(req, least);
  if (!node) node = tree_given(req, most);
  if (!node) return NULL;
  Value value = cwl_value(cwl, scope, node, cwl_is_expression(node) ? ctype_new(cwl, C_FLOAT) : NULL);
  return value.wf;
}

static const char *whole(Cwl *cwl, const char *number) {
  return strspn(number, "0123456789") == strlen(number) ? number : CWL_FORMAT(cwl, "int(ceil(%s))", number);
}

static void put_env(Cwl *cwl, const Scope *scope, Text *body) {
  const Tree *all = tree_get(cwl_req(scope->reqs, "EnvVarRequirement"), "envDef"), *at = NULL;
  Entry entry;
  bool first = true;
  while (cwl_next(cwl, all, "envName", &at, &entry)) {
    const Tree *value = entry.node->kind == TREE_MAP ? tree_get(entry.node, "envValue") : entry.node;
    if (!value) continue;
    text_addf(body, "%s%s: %s", first ? "  env (" : ", ", entry.name,
              cwl_value(cwl, scope, value, ctype_new(cwl, C_STRING)).wf);
    first = false;
  }
  if (!first) text_puts(body, ")\n");
}

static void put_limits(Cwl *cwl, const Scope *scope, Text *body) {
  const Tree *limit = tree_get(cwl_req(scope->reqs, "ToolTimeLimit"), "timelimit");
  const Tree *docker = cwl_req(scope->reqs, "DockerRequirement");
  const char *image = tree_get_text(docker, "dockerPull");
  if (limit && !tree_is(limit, "0")) {
    Value value = cwl_value(cwl, scope, limit, ctype_new(cwl, C_INT));
    text_addf(body, "  timeout %s * 1 s\n", value.wf);
  }
  if (!image) image = tree_get_text(docker, "dockerImageId");
  if (image) text_addf(body, "  image %s\n", cwl_quoted(cwl, image));
}

static void put_accept(const Tree *process, Text *body) {
  const Tree *codes = tree_get(process, "successCodes");
  if (!codes || codes->kind != TREE_LIST || !codes->count) return;
  text_puts(body, "  accept [");
  for (const Tree *code = codes->first; code; code = code->next)
    text_addf(body, "%s%s", code == codes->first ? "" : ", ", code->text ? code->text : "0");
  text_puts(body, "]\n");
}

static void put_stdin(Cwl *cwl, const Made *made, const Scope *scope, Text *body) {
  const Tree *node = tree_get(made->process, "stdin");
  for (uint32_t i = 0; i < made->seen_count; i++) {
    const Tree *type = made->seen[i].node->kind == TREE_MAP ? tree_get(made->seen[i].node, "type")
                                                            : made->seen[i].node;
    if (tree_is(type, "stdin") && made->seen[i].wf) text_addf(body, "  stdin %s\n", made->seen[i].wf);
  }
  if (!node) return;
  const char *text = node->text;
  for (uint32_t i = 0; i < made->seen_count; i++) /* `$(inputs.x.path)` is the file itself */
    if (!strcmp(text, CWL_FORMAT(cwl, "$(inputs.%s.path)", made->seen[i].name)) && made->seen[i].wf &&
        made->seen[i].type->kind == C_FILE) {
      text_addf(body, "  stdin %s%s\n", made->seen[i].wf, made->seen[i].type->secondary ? ".primary" : "");
      return;
    }
  Value value = cwl_value(cwl, scope, node, ctype_new(cwl, C_STRING));
  text_addf(body, "  stdin js File(\"path\", (path: %s))\n", value.wf);
}

/* ---- the whole ---- */

/* What all expressions of a tool see. */
static Scope scope_of(const Made *made, const Reqs *reqs) {
  return (Scope){.inputs = made->seen, .count = made->seen_count, .reqs = reqs, .cores = "1", .ram = "1024"};
}

static void put_outputs(Cwl *cwl, Made *made, const Scope *scope, Text *body) {
  if (!made->out_count) return;
  text_puts(body, " -> (");
  for (uint32_t i = 0; i < made->out_count; i++) {
    CPort *port = &made->outs[i];
    const char *value = cwl_output(cwl, scope, &port->type, port->node, port->name);
    Span span = tree_place(port->node);
    text_addf(body, "%s%s%s: %s = %s", i ? ", " : "", cwl_mark(cwl, span), port->wf,
              ctype_text(cwl, port->type), value);
    if (port->type->kind == C_STDOUT || port->type->kind == C_STDERR) port->type = ctype_new(cwl, C_FILE);
  }
  text_putc(body, ')');
}

static bool writes_error(const Made *made) {
  for (uint32_t i = 0; i < made->out_count; i++)
    if (made->outs[i].type->kind == C_STDERR) return true;
  return tree_has(made->process, "stderr");
}

static bool is_volatile(const Made *made, const Reqs *reqs) {
  return !made->out_count || tree_is(tree_get(cwl_req(reqs, "WorkReuse"), "enableReuse"), "false");
}

void cwl_tool(Cwl *cwl, Made *made, const Reqs *reqs, Text *body) {
  Map staged = {0};
  Scope scope = scope_of(made, reqs);
  const Tree *resources = cwl_req(reqs, "ResourceRequirement");
  const Tree *listing = tree_get(cwl_req(reqs, "InitialWorkDirRequirement"), "listing");
  const char *cpus = number_of(cwl, &scope, resources, "coresMin", "coresMax");
  const char *memory = number_of(cwl, &scope, resources, "ramMin", "ramMax");
  CType *string = ctype_new(cwl, C_STRING);
  bool shell = cwl_req(reqs, "ShellCommandRequirement") != NULL;
  if (cpus) scope.cores = whole(cwl, cpus);
  if (memory) scope.ram = whole(cwl, memory);
  mark_staged(cwl, made, listing, &staged);
  scope.staged = &staged;
  if (tree_has(made->process, "stdout"))
    scope.out_name = cwl_value(cwl, &scope, tree_get(made->process, "stdout"), string).wf;
  if (tree_has(made->process, "stderr"))
    scope.err_name = cwl_value(cwl, &scope, tree_get(made->process, "stderr"), string).wf;
  if (!scope.err_name && writes_error(made)) scope.err_name = "\"stderr.txt\"";
  Text ins = {0}, outs = {0}, command = {0}, attributes = {0}, before = {0};
  put_outputs(cwl, made, &scope, &outs);
  put_listing(cwl, &scope, listing, &before);
  put_command(cwl, made, &scope, shell, &command);
  bool grouped = shell && command.len;
  if (grouped) text_putc(&command, ')');
  put_redirect(">", scope.out_name, &command);
  put_redirect("2>", scope.err_name, &command);
  if (cpus) text_addf(&attributes, "  cpus %s\n", cpus);
  if (memory) text_addf(&attributes, "  memory %s * 1 MiB\n", memory);
  put_limits(cwl, &scope, &attributes);
  put_env(cwl, &scope, &attributes);
  put_stdin(cwl, made, &scope, &attributes);
  put_accept(made->process, &attributes);
  cwl_put_ins(cwl, made, false, &ins);
  made->head = is_volatile(made, reqs) ? "volatile task " : "task ";
  text_addf(body, "%s%s {\n%s  run \"%s%s%s%s\"\n}\n", ins.data, outs.data ? outs.data : "",
            attributes.data ? attributes.data : "", cwl_mark(cwl, made->process->first->key_span),
            before.data ? before.data : "", grouped ? "(set +eu\\n" : "",
            command.data ? command.data : "true");
  map_free(&staged);
  text_free(&ins);
  text_free(&outs);
  text_free(&command);
  text_free(&attributes);
  text_free(&before);
}

void cwl_expression_tool(Cwl *cwl, Made *made, const Reqs *reqs, Text *body) {
  Scope scope = scope_of(made, reqs);
  const Tree *expression = tree_get(made->process, "expression");
  CType *type = ctype_new(cwl, C_RECORD);
  type->fields = ARENA_ARRAY(cwl->session->arena, CField, made->out_count);
  type->count = made->out_count;
  for (uint32_t i = 0; i < made->out_count; i++)
    type->fields[i] = (CField){made->outs[i].name, made->outs[i].wf, made->outs[i].type, NULL};
  if (!expression || !tree_text(expression)) {
    diag(cwl->session->diags, DIAG_DOCUMENT, made->process->span, "`expression` is missing");
    return;
  }
  const char *source = cwl_script(cwl, &scope, expression);
  for (uint32_t i = 0; i < made->out_count; i++) {
    if (!ctype_open(made->outs[i].type)) continue;
    made->outs[i].type = type->fields[i].type = ctype_new(cwl, C_ANY);
    source = cwl_as_json(cwl, source, made->outs[i].name);
  }
  made->head = "flow ";
  Text outs = {0};
  for (uint32_t i = 0; i < made->out_count; i++)
    text_addf(&outs, "%s%s: %s", i ? ", " : "", made->outs[i].wf, ctype_text(cwl, made->outs[i].type));
  const char *js = cwl_js(cwl, &scope, source, type);
  cwl_put_ins(cwl, made, false, body);
  text_addf(body, " -> (%s) {\n  %sresult__ = %s\n", outs.data ? outs.data : "",
            cwl_mark(cwl, expression->span), js);
  for (uint32_t i = 0; i < made->out_count; i++)
    text_addf(body, "  %s = result__.%s\n", made->outs[i].wf, made->outs[i].wf);
  text_puts(body, "}\n");
  text_free(&outs);
}
