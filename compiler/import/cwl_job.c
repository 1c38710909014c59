#include "import/cwl_job.h"

#include "import/cwl_files.h"

#include <string.h>
#include <unistd.h>

/* ---- inputs ---- */

typedef struct Job {
  Cwl *cwl;
  const char *folder;
  Text *json;
  const Tree *port; /* whose secondaryFiles may be looked for */
} Job;

static void put_string(const Job *job, const char *text) { text_json(job->json, text, strlen(text)); }

static void missing_file(const Job *job, const Tree *value, const char *path) {
  diag(job->cwl->session->diags, DIAG_DOCUMENT_MISSING, value->span, "cannot read `%s`",
       path ? path : "the file");
}

static void put_given(const Job *job, const Tree *list, bool *first) {
  for (const Tree *item = list->first; item; item = item->next) {
    if (tree_is(tree_get(item, "class"), "Directory")) continue;
    const char *path = cwl_file_of(job->cwl, item, job->folder);
    if (!path) continue;
    text_puts(job->json, *first ? "" : ", ");
    put_string(job, path);
    *first = false;
  }
}

static void look_for(const Job *job, const Tree *value, const char *primary, const Tree *pattern,
                     bool *first) {
  const char *text = pattern->kind == TREE_MAP ? tree_get_text(pattern, "pattern") : tree_text(pattern);
  if (!text || strstr(text, "$(") || strstr(text, "${")) return;
  const char *path = cwl_beside(job->cwl, primary, text);
  bool needed = text[strlen(text) - 1] != '?' && !tree_is(tree_get(pattern, "required"), "false");
  if (access(path, R_OK)) {
    if (needed) missing_file(job, value, path);
    return;
  }
  text_puts(job->json, *first ? "" : ", ");
  put_string(job, path);
  *first = false;
}

static void put_file(const Job *job, const Tree *value, const CType *type) {
  const char *path = cwl_file_of(job->cwl, value, job->folder);
  if (!path || access(path, R_OK)) {
    missing_file(job, value, path);
    path = "";
  }
  if (!type->secondary) {
    put_string(job, path);
    return;
  }
  const Tree *given = tree_get(value, "secondaryFiles"), *wanted = tree_get(job->port, "secondaryFiles");
  bool first = true;
  text_puts(job->json, "{\"primary\": ");
  put_string(job, path);
  text_puts(job->json, ", \"secondary\": [");
  if (given && given->kind == TREE_LIST)
    put_given(job, given, &first);
  else if (wanted && wanted->kind == TREE_LIST)
    for (const Tree *item = wanted->first; item; item = item->next) look_for(job, value, path, item, &first);
  else if (wanted)
    look_for(job, value, path, wanted, &first);
  text_puts(job->json, "]}");
}

static void put_value(Job *job, const Tree *value, const CType *type);

static void put_record(Job *job, const Tree *value, const CType *type) {
  const Tree *port = job->port;
  text_putc(job->json, '{');
  for (uint32_t i = 0, put = 0; i < type->count; i++) {
    const Tree *own = tree_given(value, type->fields[i].name);
    if (!own) continue;
    text_puts(job->json, put++ ? ", " : "");
    put_string(job, type->fields[i].wf);
    text_puts(job->json, ": ");
    if (type->fields[i].node) job->port = type->fields[i].node;
    put_value(job, own, type->fields[i].type);
    job->port = port;
  }
  text_putc(job->json, '}');
}

static bool is_symbol(const CType *type, const Tree *value) {
  for (const Tree *symbol = type->symbols->first; symbol; symbol = symbol->next)
    if (tree_text(symbol) && !strcmp(cwl_id(symbol->text), value->text)) return true;
  return false;
}

static bool fits(const Tree *value, const CType *type) {
  switch ((CKind)type->kind) {
    case C_BOOL:
      return value->kind == TREE_BOOL;
    case C_INT:
      return value->kind == TREE_INT;
    case C_FLOAT:
      return value->kind == TREE_INT || value->kind == TREE_FLOAT;
    case C_STRING:
      return value->kind == TREE_STRING && (!type->symbols || is_symbol(type, value));
    case C_FILE:
    case C_DIR:
    case C_RECORD:
      return value->kind == TREE_MAP;
    case C_ARRAY:
      return value->kind == TREE_LIST;
    default:
      return false;
  }
}

static void put_value(Job *job, const Tree *value, const CType *type) {
  if (type->kind == C_OPTION && value->kind != TREE_NULL) type = type->elem;
  if (type->kind == C_UNION)
    type = ctype_refine(job->cwl, (CType *)(uintptr_t)type, ctype_of_value(job->cwl, value));
  if (value->kind == TREE_NULL && (type->kind == C_OPTION || type->kind == C_NULL)) {
    text_puts(job->json, "null");
  } else if (!fits(value, type)) {
    diag(job->cwl->session->diags, DIAG_TYPE, value->span, "a value of type %s is needed here",
         ctype_text(job->cwl, type));
  } else if (type->kind == C_FILE || type->kind == C_DIR) {
    put_file(job, value, type);
  } else if (type->kind == C_ARRAY) {
    text_putc(job->json, '[');
    for (const Tree *item = value->first; item; item = item->next) {
      text_puts(job->json, item == value->first ? "" : ", ");
      put_value(job, item, type->elem);
    }
    text_putc(job->json, ']');
  } else if (type->kind == C_RECORD) {
    put_record(job, value, type);
  } else {
    tree_json(value, job->json);
  }
}

bool cwl_job_inputs(Cwl *cwl, const char *folder, Text *json) {
  Job job = {.cwl = cwl, .folder = folder, .json = json};
  uint32_t errors = diags_errors(cwl->session->diags), put = 0;
  text_putc(json, '{');
  for (uint32_t i = 0; i < cwl->main->in_count; i++) {
    const CPort *port = &cwl->main->ins[i];
    const Tree *value = tree_given(cwl->job, port->name);
    bool needed = port->type->kind != C_OPTION && port->type->kind != C_NULL &&
                  !tree_has(port->node, "default");
    if (!value && needed)
      diag(cwl->session->diags, DIAG_MISSING_ARG, tree_place(port->node), "the input `%s` is not given",
           port->name);
    if (!value) continue;
    text_puts(json, put++ ? ",\n " : "");
    text_addf(json, "\"%s\": ", port->wf);
    job.port = port->node;
    put_value(&job, value, port->type);
  }
  for (uint32_t i = 0; i < cwl->main->files.len; i++) {
    const FixedFile *file = &cwl->files.data[cwl->main->files.data[i]];
    const CType type = {.kind = file->is_dir ? C_DIR : C_FILE};
    text_puts(json, put++ ? ",\n " : "");
    text_addf(json, "\"%s\": ", file->wf);
    put_file(&job, file->node, &type);
  }
  text_puts(json, "}\n");
  return diags_errors(cwl->session->diags) == errors;
}
