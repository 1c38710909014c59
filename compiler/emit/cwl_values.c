/* cwl_values.c: values of the command line and of JSON as values of a job file. */
#include "emit/cwl_job.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <unistd.h>

bool job_refuse(const Job *job, const char *reason, const char *text) {
  fprintf(stderr, "weft: --%s: %s: `%.200s`\n", job->flag, reason, text);
  return false;
}

/* ---- scalars ---- */

static bool put_number(Text *into, double value) {
  if (!isfinite(value)) return false;
  text_double(into, value);
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
  bool fine = job_scalar(job, of, arena_text(job->cwl->arena, text, len), into);
  text_puts(into, ", sd: ");
  if (after)
    fine = fine && job_scalar(job, of, after + strspn(after, " "), into);
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

bool job_scalar(const Job *job, TypeId id, const char *text, Text *into) {
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
      return job_scalar(job, type->args[0], text, into);
    default:
      break;
  }
  return fine ||
         job_refuse(job,
                    arena_format(job->cwl->arena, "not of type %s", type_text(job->cwl->graph->types, id)),
                    text);
}

/* ---- JSON ---- */

void job_skip(const char **at) { *at += strspn(*at, " \t\r\n"); }

bool job_take(const char **at, char c) {
  job_skip(at);
  if (**at != c) return false;
  (*at)++;
  job_skip(at);
  return true;
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
  text_rune(into, rune);
  return true;
}

/* A string, or a word up to what ends it. */
bool job_take_text(const char **at, Text *into) {
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
  return job_take(at, '"');
}

bool job_elements(const Job *job, TypeId element, const char **at, Text *into) {
  if (!job_take(at, '[')) return false;
  for (bool first = true; !job_take(at, ']'); first = false) {
    if (!first && !job_take(at, ',')) return false;
    if (into->len) text_puts(into, ", ");
    if (!job_json(job, element, at, into)) return false;
  }
  return true;
}

uint32_t job_field(const Job *job, const Type *type, const char *name) {
  for (uint32_t i = 0; i < type->count; i++)
    if (!strcmp(name_of(job->cwl->session, type->names[i]), name)) return i;
  return UINT32_MAX;
}

static bool put_record(const Job *job, const Type *type, const char **at, Text *into) {
  Text key = {0};
  bool fine = job_take(at, '{');
  text_putc(into, '{');
  for (bool first = true; fine && !job_take(at, '}'); first = false) {
    if (!first) {
      fine = job_take(at, ',');
      text_puts(into, ", ");
    }
    fine = fine && job_take_text(at, &key) && job_take(at, ':');
    uint32_t field = fine ? job_field(job, type, key.data) : UINT32_MAX;
    fine = field != UINT32_MAX;
    if (!fine) break;
    text_addf(into, "%s: ", cwl_field(job->cwl, type->names[field]));
    fine = job_json(job, type->args[field], at, into);
  }
  text_putc(into, '}');
  text_free(&key);
  return fine;
}

/* Recurses over the nesting of a type. */
bool job_json(const Job *job, TypeId id, const char **at, Text *into) {
  const Type *type = type_of(job->cwl->graph->types, id);
  job_skip(at);
  if (type->kind == T_OPTION) {
    if (strncmp(*at, "null", 4) != 0) return job_json(job, type->args[0], at, into);
    *at += 4;
    text_puts(into, "null");
    return true;
  }
  if (type->kind == T_RECORD) return put_record(job, type, at, into);
  if (type->kind == T_ARRAY) {
    Text elements = {0};
    bool fine = job_elements(job, type->args[0], at, &elements);
    text_addf(into, "[%s]", elements.len ? elements.data : "");
    text_free(&elements);
    return fine;
  }
  Text text = {0};
  bool fine = job_take_text(at, &text) && job_scalar(job, id, text.data, into);
  job_skip(at);
  text_free(&text);
  return fine;
}
