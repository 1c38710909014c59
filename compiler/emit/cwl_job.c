/* cwl_job.c: what flags of the workflow's executable say, as a job file: JSON values, one an input. */
#include "emit/cwl.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <unistd.h>

typedef struct Job {
  Cwl *cwl;
  Text *values;       /* by input: the value; of an array, its elements with commas between */
  const char *folder; /* where relative paths begin */
  const char *flag;   /* the input under way */
} Job;

static bool refuse(const Job *job, const char *reason, const char *text) {
  fprintf(stderr, "weft: --%s: %s: `%.200s`\n", job->flag, reason, text);
  return false;
}

/* ---- scalars ---- */

static bool put_number(Text *into, double value) {
  char text[40];
  if (!isfinite(value)) return false;
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) break;
  }
  text_puts(into, text);
  return true;
}

static bool put_int(const char *text, Text *into) {
  char *end;
  errno = 0;
  long long value = strtoll(text, &end, 10);
  if (end == text || *end || errno || llabs(value) > (1LL << 53) - 1) return false;
  text_addf(into, "%lld", value);
  return true;
}

static bool put_scalar(const Job *job, TypeId id, const char *text, Text *into);

/* In the base unit. */
static bool put_quantity(const Type *type, const char *text, Text *into) {
  char *end;
  int8_t unit[UNIT_COUNT];
  double factor, number = strtod(text, &end);
  if (end == text) return false;
  end += strspn(end, " ");
  bool under = *end == '/'; /* 10 /s */
  if (!unit_find(end + under, strlen(end + under), unit, &factor)) return false;
  for (int i = 0; under && i < UNIT_COUNT; i++) unit[i] = (int8_t)-unit[i];
  if (memcmp(unit, type->unit, sizeof unit) != 0) return false;
  return put_number(into, under ? number / factor : number * factor);
}

/* `40 s ± 3 s`, or `40 s +- 3 s`; without it, sure. */
static bool put_uncertain(const Job *job, TypeId of, const char *text, Text *into) {
  const char *between = strstr(text, "\u00b1"), *after = between ? between + strlen("\u00b1") : NULL;
  if (!between && (between = strstr(text, "+-"))) after = between + 2;
  size_t len = between ? (size_t)(between - text) : strlen(text);
  while (len && text[len - 1] == ' ') len--;
  text_puts(into, "{mean: ");
  bool fine = put_scalar(job, of, arena_text(job->cwl->arena, text, len), into);
  text_puts(into, ", sd: ");
  if (after)
    fine = fine && put_scalar(job, of, after + strspn(after, " "), into);
  else
    text_putc(into, '0');
  text_putc(into, '}');
  return fine;
}

static bool put_path(const Job *job, const char *class_, const char *text, Text *into) {
  char here[PATH_MAX];
  Text path = {0};
  if (*text != '/') {
    if (*job->folder != '/') text_addf(&path, "%s/", getcwd(here, sizeof here) ? here : ".");
    if (*job->folder) text_addf(&path, "%s/", job->folder);
  }
  text_puts(&path, text);
  text_addf(into, "{class: %s, path: ", class_);
  text_json(into, path.data, path.len);
  text_putc(into, '}');
  text_free(&path);
  return *text != 0;
}

static bool put_scalar(const Job *job, TypeId id, const char *text, Text *into) {
  const Type *type = type_of(job->cwl->graph->types, id);
  char *end;
  bool fine = false;
  switch ((TypeKind)type->kind) {
    case T_BOOL:
      fine = !strcmp(text, "true") || !strcmp(text, "false");
      text_puts(into, text);
      break;
    case T_INT:
      fine = put_int(text, into);
      break;
    case T_FLOAT: {
      double number = strtod(text, &end);
      fine = end != text && !*end && put_number(into, number);
      break;
    }
    case T_QUANTITY:
      fine = put_quantity(type, text, into);
      break;
    case T_STRING:
      text_json(into, text, strlen(text));
      return true;
    case T_FILE:
      return put_path(job, "File", text, into);
    case T_DIR:
      return put_path(job, "Directory", text, into);
    case T_UNCERTAIN:
      return put_uncertain(job, type->args[0], text, into);
    case T_OPTION:
      return put_scalar(job, type->args[0], text, into);
    default:
      break;
  }
  return fine ||
         refuse(job, arena_format(job->cwl->arena, "not of type %s", type_text(job->cwl->graph->types, id)),
                text);
}

/* ---- JSON ---- */

static void skip(const char **at) { *at += strspn(*at, " \t\r\n"); }

static bool take(const char **at, char c) {
  skip(at);
  if (**at != c) return false;
  (*at)++;
  skip(at);
  return true;
}

static void put_rune(Text *into, unsigned rune) {
  if (rune < 0x80) {
    text_putc(into, (char)rune);
  } else if (rune < 0x800) {
    text_putc(into, (char)(0xc0 | rune >> 6));
    text_putc(into, (char)(0x80 | (rune & 63)));
  } else if (rune < 0x10000) {
    text_putc(into, (char)(0xe0 | rune >> 12));
    text_putc(into, (char)(0x80 | (rune >> 6 & 63)));
    text_putc(into, (char)(0x80 | (rune & 63)));
  } else {
    text_putc(into, (char)(0xf0 | rune >> 18));
    text_putc(into, (char)(0x80 | (rune >> 12 & 63)));
    text_putc(into, (char)(0x80 | (rune >> 6 & 63)));
    text_putc(into, (char)(0x80 | (rune & 63)));
  }
}

static bool take_escape(const char **at, Text *into) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  const char *known = **at ? strchr(from, **at) : NULL;
  unsigned rune, low;
  if (known) {
    text_putc(into, to[known - from]);
    (*at)++;
    return true;
  }
  if (sscanf(*at, "u%4x", &rune) != 1) return false;
  *at += 5;
  if (rune >= 0xd800 && rune < 0xdc00 && sscanf(*at, "\\u%4x", &low) == 1) {
    rune = 0x10000 + ((rune - 0xd800) << 10) + (low - 0xdc00);
    *at += 6;
  }
  put_rune(into, rune);
  return true;
}

/* A string, or a word up to what ends it. */
static bool take_text(const char **at, Text *into) {
  into->len = 0;
  text_puts(into, "");
  if (**at != '"') {
    size_t len = strcspn(*at, ",]}: \t\r\n");
    text_add(into, *at, len);
    *at += len;
    return len > 0;
  }
  for ((*at)++; **at && **at != '"';) {
    if (**at != '\\')
      text_putc(into, *(*at)++);
    else if (++*at, !take_escape(at, into))
      return false;
  }
  return take(at, '"');
}

static bool put_json(const Job *job, TypeId id, const char **at, Text *into);

static bool put_elements(const Job *job, TypeId element, const char **at, Text *into) {
  if (!take(at, '[')) return false;
  for (bool first = true; !take(at, ']'); first = false) {
    if (!first && !take(at, ',')) return false;
    if (into->len) text_puts(into, ", ");
    if (!put_json(job, element, at, into)) return false;
  }
  return true;
}

static uint32_t field_of(const Job *job, const Type *type, const char *name) {
  for (uint32_t i = 0; i < type->count; i++)
    if (!strcmp(name_of(job->cwl->session, type->names[i]), name)) return i;
  return UINT32_MAX;
}

static bool put_record(const Job *job, const Type *type, const char **at, Text *into) {
  Text key = {0};
  bool fine = take(at, '{');
  text_putc(into, '{');
  for (bool first = true; fine && !take(at, '}'); first = false) {
    if (!first) {
      fine = take(at, ',');
      text_puts(into, ", ");
    }
    fine = fine && take_text(at, &key) && take(at, ':');
    uint32_t field = fine ? field_of(job, type, key.data) : UINT32_MAX;
    fine = field != UINT32_MAX;
    if (!fine) break;
    text_addf(into, "%s: ", cwl_field(job->cwl, type->names[field]));
    fine = put_json(job, type->args[field], at, into);
  }
  text_putc(into, '}');
  text_free(&key);
  return fine;
}

/* Recurses over the nesting of a type. */
static bool put_json(const Job *job, TypeId id, const char **at, Text *into) {
  const Type *type = type_of(job->cwl->graph->types, id);
  skip(at);
  if (type->kind == T_OPTION) {
    if (strncmp(*at, "null", 4) != 0) return put_json(job, type->args[0], at, into);
    *at += 4;
    text_puts(into, "null");
    return true;
  }
  if (type->kind == T_RECORD) return put_record(job, type, at, into);
  if (type->kind == T_ARRAY) {
    Text elements = {0};
    bool fine = put_elements(job, type->args[0], at, &elements);
    text_addf(into, "[%s]", elements.len ? elements.data : "");
    text_free(&elements);
    return fine;
  }
  Text text = {0};
  bool fine = take_text(at, &text) && put_scalar(job, id, text.data, into);
  skip(at);
  text_free(&text);
  return fine;
}

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
    fine = put_scalar(job, type->args[field], cell.data, into);
  }
  text_putc(into, '}');
  text_free(&cell);
  return fine;
}

static bool put_table(const Job *job, TypeId element, const char *at, char separator, Text *into) {
  const Type *type = type_of(job->cwl->graph->types, element);
  if (type->kind != T_RECORD) return refuse(job, "a table is an array of records", "");
  Columns columns = {0};
  Text cell = {0};
  bool end = false, fine = true;
  while (!end) {
    take_cell(&at, separator, &cell, &end);
    vec_push(&columns, field_of(job, type, cell.data));
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
  refuse(job, reason, path);
  return NULL;
}

/* An array as a file; paths in it begin in its folder. */
static bool give_file(Job *job, TypeId element, const char *path, Text *into) {
  const char *text = read_text(job, path), *folder = job->folder;
  if (!text) return false;
  job->folder = folder_of(job, path);
  bool fine = ends_with(path, ".json")
                  ? put_elements(job, element, &text, into)
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
    return compound ? put_json(job, port->type, &at, into) || refuse(job, "not to be read", text)
                    : put_scalar(job, port->type, text, into);
  }
  skip(&at);
  text_puts(into, "");
  if (*at == '[') return put_elements(job, type->args[0], &at, into) || refuse(job, "no array in JSON", text);
  TypeKind element = type_kind(types, type->args[0]);
  bool named = element == T_FILE || element == T_DIR || element == T_STRING;
  if (!named && (ends_with(text, ".json") || ends_with(text, ".tsv") || ends_with(text, ".csv")))
    return give_file(job, type->args[0], text, into);
  if (into->len) text_puts(into, ", ");
  return put_scalar(job, type->args[0], text, into);
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
  bool fine = take(&at, '{');
  for (bool first = true; fine && !take(&at, '}'); first = false) {
    fine = (first || take(&at, ',')) && take_text(&at, &key) && take(&at, ':');
    uint32_t number = fine ? find_input(job, key.data, key.len) : UINT32_MAX;
    fine = number != UINT32_MAX;
    if (!fine) break;
    TypeId type = job->cwl->graph->inputs.data[number].type;
    job->values[number].len = 0;
    text_puts(&job->values[number], "");
    fine = type_kind(job->cwl->graph->types, type) == T_ARRAY
               ? put_elements(job, type_of(job->cwl->graph->types, type)->args[0], &at, &job->values[number])
               : put_json(job, type, &at, &job->values[number]);
  }
  job->folder = folder;
  text_free(&key);
  return fine || refuse(job, "no object of inputs in JSON", path);
}

static bool read_flag(Job *job, char *const *args, int count, int *at) {
  const char *arg = args[(*at)++];
  job->flag = "inputs";
  if (strncmp(arg, "--", 2) != 0) return refuse(job, "no input: write --NAME VALUE", arg);
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
  if (!value) return refuse(job, "needs a value", arg);
  *at += !equals;
  if (number != UINT32_MAX) return give(job, number, value);
  return len == 6 && !strncmp(arg + 2, "inputs", 6) ? give_document(job, value)
                                                    : refuse(job, "no such input", arg);
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
  int status = fine ? cwl_write(&text, job_path(cwl)) : 1;
  for (uint32_t i = 0; i < count; i++) text_free(&job.values[i]);
  free(job.values);
  text_free(&text);
  return status;
}
