/* cwl_job.c: what flags of the workflow's executable say, as a job file: one value an input. */
#include "emit/cwl_job.h"
#include "emit/listing.h"

/* ---- tables ---- */

/* A cell, up to what separates it; *end: it is the last of its line. */
static void take_cell(const char **at, char separator, Text *cell, bool *end) {
  cell->len = 0;
  text_puts(cell, "");
  bool quoted = separator == ',' && **at == '"';
  if (quoted) (*at)++;
  while (**at && (quoted || (**at != separator && **at != '\n'))) {
    if (quoted && **at == '"' && (*at)[1] != '"') {
      quoted = false;
      (*at)++;
      continue;
    }
    if (quoted && **at == '"') (*at)++;
    if (quoted || **at != '\r') text_putc(cell, **at);
    (*at)++;
  }
  *end = **at != separator;
  if (**at) (*at)++;
}

typedef VEC(uint32_t) Columns;

static bool put_row(const Job *job, const Type *type, const Columns *columns, const char **at, char separator,
                    Text *into) {
  Text cell = {0};
  bool end = false, fine = true;
  text_puts(into, into->len ? ", {" : "{");
  for (uint32_t i = 0, put = 0; !end && fine; i++) {
    take_cell(at, separator, &cell, &end);
    uint32_t field = i < columns->len ? columns->data[i] : UINT32_MAX;
    if (field == UINT32_MAX) continue;
    if (!cell.len && type_kind(job->cwl->graph->types, type->args[field]) == T_OPTION) continue;
    text_addf(into, "%s%s: ", put++ ? ", " : "", cwl_field(job->cwl, type->names[field]));
    fine = job_scalar(job, type->args[field], cell.data, into);
  }
  text_putc(into, '}');
  text_free(&cell);
  return fine;
}

static bool put_table(const Job *job, TypeId element, const char *at, char separator, Text *into) {
  const Type *type = type_of(job->cwl->graph->types, element);
  if (type->kind != T_RECORD) return job_refuse(job, "a table is an array of records", "");
  Columns columns = {0};
  Text cell = {0};
  bool end = false, fine = true;
  while (!end) {
    take_cell(&at, separator, &cell, &end);
    vec_push(&columns, job_field(job, type, cell.data));
  }
  while (*at && fine) {
    if (*at == '\n' || *at == '\r')
      at++;
    else
      fine = put_row(job, type, &columns, &at, separator, into);
  }
  text_free(&cell);
  vec_free(&columns);
  return fine;
}

/* ---- inputs ---- */

static bool ends_with(const char *text, const char *end) {
  size_t len = strlen(text), tail = strlen(end);
  return len > tail && !strcmp(text + len - tail, end);
}

static const char *folder_of(const Job *job, const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? arena_text(job->cwl->arena, path, (size_t)(slash - path)) : "";
}

static const char *read_text(const Job *job, const char *path) {
  const char *reason;
  Source *source = sources_read(job->cwl->session->sources, path, &reason);
  if (source) return source->text;
  job_refuse(job, reason, path);
  return NULL;
}

/* An array as a file; paths in it begin in its folder. */
static bool give_file(Job *job, TypeId element, const char *path, Text *into) {
  const char *text = read_text(job, path), *folder = job->folder;
  if (!text) return false;
  job->folder = folder_of(job, path);
  bool fine = ends_with(path, ".json")
                  ? job_elements(job, element, &text, into)
                  : put_table(job, element, text, ends_with(path, ".tsv") ? '\t' : ',', into);
  job->folder = folder;
  return fine;
}

static bool give(Job *job, uint32_t number, const char *text) {
  const Types *types = job->cwl->graph->types;
  const Port *port = &job->cwl->graph->inputs.data[number];
  const Type *type = type_of(types, port->type);
  Text *into = &job->values[number];
  const char *at = text;
  job->flag = name_of(job->cwl->session, port->name);
  if (type->kind != T_ARRAY) {
    into->len = 0;
    bool compound = type->kind == T_RECORD || type->kind == T_OPTION ? *text == '{' || *text == '[' : false;
    return compound ? job_json(job, port->type, &at, into) || job_refuse(job, "not to be read", text)
                    : job_scalar(job, port->type, text, into);
  }
  job_skip(&at);
  text_puts(into, "");
  if (*at == '[')
    return job_elements(job, type->args[0], &at, into) || job_refuse(job, "no array in JSON", text);
  TypeKind element = type_kind(types, type->args[0]);
  bool named = element == T_FILE || element == T_DIR || element == T_STRING;
  if (!named && (ends_with(text, ".json") || ends_with(text, ".tsv") || ends_with(text, ".csv")))
    return give_file(job, type->args[0], text, into);
  if (into->len) text_puts(into, ", ");
  return job_scalar(job, type->args[0], text, into);
}

static uint32_t find_input(const Job *job, const char *flag, size_t len) {
  for (uint32_t i = 0; i < job->cwl->graph->inputs.len; i++) {
    const char *name = name_of(job->cwl->session, job->cwl->graph->inputs.data[i].name);
    bool same = strlen(name) == len;
    for (size_t k = 0; same && k < len; k++) same = name[k] == flag[k] || (name[k] == '_' && flag[k] == '-');
    if (same) return i;
  }
  return UINT32_MAX;
}

static bool give_document(Job *job, const char *path) {
  const char *at = read_text(job, path), *folder = job->folder;
  Text key = {0};
  if (!at) return false;
  job->folder = folder_of(job, path);
  bool fine = job_take(&at, '{');
  for (bool first = true; fine && !job_take(&at, '}'); first = false) {
    fine = (first || job_take(&at, ',')) && job_take_text(&at, &key) && job_take(&at, ':');
    uint32_t number = fine ? find_input(job, key.data, key.len) : UINT32_MAX;
    fine = number != UINT32_MAX;
    if (!fine) break;
    TypeId type = job->cwl->graph->inputs.data[number].type;
    job->values[number].len = 0;
    text_puts(&job->values[number], "");
    fine = type_kind(job->cwl->graph->types, type) == T_ARRAY
               ? job_elements(job, type_of(job->cwl->graph->types, type)->args[0], &at, &job->values[number])
               : job_json(job, type, &at, &job->values[number]);
  }
  job->folder = folder;
  text_free(&key);
  return fine || job_refuse(job, "no object of inputs in JSON", path);
}

static bool read_flag(Job *job, char *const *args, int count, int *at) {
  const char *arg = args[(*at)++];
  job->flag = "inputs";
  if (strncmp(arg, "--", 2) != 0) return job_refuse(job, "no input: write --NAME VALUE", arg);
  const char *equals = strchr(arg, '=');
  size_t len = equals ? (size_t)(equals - arg - 2) : strlen(arg + 2);
  uint32_t number = find_input(job, arg + 2, len);
  const char *value = equals ? equals + 1 : *at < count ? args[*at] : NULL;
  bool truth = value && (!strcmp(value, "true") || !strcmp(value, "false"));
  bool switched = number != UINT32_MAX &&
                  type_kind(job->cwl->graph->types, job->cwl->graph->inputs.data[number].type) == T_BOOL;
  if (switched && !truth) return give(job, number, "true");
  if (number == UINT32_MAX && !strncmp(arg, "--no-", 5)) {
    number = find_input(job, arg + 5, strlen(arg + 5));
    if (number != UINT32_MAX) return give(job, number, "false");
  }
  if (!value) return job_refuse(job, "needs a value", arg);
  *at += !equals;
  if (number != UINT32_MAX) return give(job, number, value);
  return len == 6 && !strncmp(arg + 2, "inputs", 6) ? give_document(job, value)
                                                    : job_refuse(job, "no such input", arg);
}

/* ---- the file ---- */

static void write_job(const Job *job, Text *into) {
  const Graph *graph = job->cwl->graph;
  for (uint32_t i = 0; i < graph->inputs.len; i++) {
    const Text *value = &job->values[i];
    if (!value->data) continue;
    bool array = type_kind(graph->types, graph->inputs.data[i].type) == T_ARRAY;
    text_addf(into, array ? "%s: [%s]\n" : "%s: %s\n", name_of(job->cwl->session, graph->inputs.data[i].name),
              value->data);
  }
}

/* `flow.job.yml` beside `flow.cwl`. */
static const char *job_path(const Cwl *cwl) {
  const char *path = cwl->options->output;
  size_t len = strlen(path) - (ends_with(path, ".cwl") ? 4 : 0);
  return arena_format(cwl->arena, "%.*s.job.yml", (int)len, path);
}

int cwl_job(Cwl *cwl) {
  uint32_t count = cwl->graph->inputs.len;
  Job job = {.cwl = cwl, .values = mem_alloc((count + 1) * sizeof(Text)), .folder = ""};
  Text text = {0};
  bool fine = true;
  for (uint32_t i = 0; i < count; i++) job.values[i] = (Text){0};
  for (int at = !strcmp(cwl->options->args[0], "--"); fine && at < cwl->options->arg_count;)
    fine = read_flag(&job, cwl->options->args, cwl->options->arg_count, &at);
  write_job(&job, &text);
  int status = fine ? listing_write(job_path(cwl), &text) : 1;
  for (uint32_t i = 0; i < count; i++) text_free(&job.values[i]);
  free(job.values);
  text_free(&text);
  return status;
}
