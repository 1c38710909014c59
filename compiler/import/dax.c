/* dax.c: Pegasus' DAX, XML, versions 2 and 3. */
#include "base/load.h"
#include "import/import.h"
#include "import/pegasus.h"
#include "import/xml.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { MOST_DEPTH = 64, LONGEST_TEXT = 16 << 20, RELEASE_EACH = 4 << 20 };

typedef struct Reader {
  Dag *dag;
  const Source *source;
  size_t released;
  uint32_t depth;
  bool failed, in_job, in_argument, in_profile;
  DagJob job;
  Sym child; /* of the `child` element that is open, or 0 */
  Span child_span;
  Sym space, key; /* of the profile that is open */
  Text text;      /* of the argument or the profile that is open */
} Reader;

bool dax_recognise(const char *text, size_t size) {
  const char *tag = memmem(text, size, "adag", 4), *first = memchr(text, '<', size);
  bool begins = tag && first && first < tag && (tag[-1] == '<' || tag[-1] == ':');
  return begins && tag + 4 < text + size && strchr(" \t\r\n>/", tag[4]);
}

/* ---- attributes ---- */

typedef struct Element {
  const char *name;
  const XmlAttribute *attributes;
  int count;
  Span span;
} Element;

static const XmlAttribute *attribute(const Element *element, const char *name) {
  for (int k = 0; k < element->count; k++)
    if (!strcmp(element->attributes[k].name, name)) return &element->attributes[k];
  return NULL;
}

static Sym sym_of(const Reader *reader, const XmlAttribute *value) {
  return value ? intern(reader->dag->session->names, value->value, value->len) : 0;
}

static Sym sym_attribute(const Reader *reader, const Element *element, const char *name) {
  return sym_of(reader, attribute(element, name));
}

/* The same where it has to be there; 0: told. */
static Sym needed(Reader *reader, const Element *element, const char *name) {
  Sym value = sym_attribute(reader, element, name);
  if (!value)
    diag(reader->dag->session->diags, DIAG_DOCUMENT, element->span, "`%s` without `%s`", element->name, name);
  return value;
}

static bool value_is(const XmlAttribute *value, const char *word) {
  return value->len == strlen(word) && !memcmp(value->value, word, value->len);
}

/* A number, or NAN where there is none. */
static double number_of(Reader *reader, const Element *element, const char *name) {
  const XmlAttribute *value = attribute(element, name);
  char text[64], *end;
  if (!value) return NAN;
  snprintf(text, sizeof text, "%.*s", (int)(value->len < 63 ? value->len : 63), value->value);
  double number = strtod(text, &end);
  if (end != text && !*end && isfinite(number)) return number;
  diag(reader->dag->session->diags, DIAG_DOCUMENT, element->span, "`%s` of `%s` is no number", name,
       element->name);
  return NAN;
}

/* ---- jobs ---- */

/* What is said of a program beside its name. */
static Sym program_note(const Reader *reader, const Element *element) {
  const char *space = name_of(reader->dag->session, sym_attribute(reader, element, "namespace"));
  const char *version = name_of(reader->dag->session, sym_attribute(reader, element, "version"));
  if (!*space && !*version) return 0;
  const char *name = name_of(reader->dag->session, sym_attribute(reader, element, "name"));
  const char *note = arena_format(reader->dag->session->arena, "%s%s%s%s%s", space, *space ? "::" : "", name,
                                  *version ? " " : "", version);
  return intern(reader->dag->session->names, note, strlen(note));
}

static void start_job(Reader *reader, const Element *element) {
  bool inner = !strcmp(element->name, "dax") || !strcmp(element->name, "dag"); /* a workflow of its own */
  reader->in_job = true;
  reader->job = dag_draft();
  reader->job.span = element->span;
  reader->job.id = needed(reader, element, "id");
  reader->job.name = sym_attribute(reader, element, "name");
  reader->job.program = inner ? intern(reader->dag->session->names, element->name, 3)
                              : needed(reader, element, "name");
  reader->job.note = program_note(reader, element);
  if (inner)
    dag_unknown(reader->dag, "what a job plans", element->name, strlen(element->name), element->span);
  reader->job.metrics[METRIC_TIME] = number_of(reader, element, "runtime");
  reader->job.metrics[METRIC_CPUS] = number_of(reader, element, "cores");
}

static void end_job(Reader *reader) {
  reader->in_job = false;
  if (reader->job.id && reader->job.program) dag_commit(reader->dag, &reader->job, true);
}

/* 2: `file`, 3: `name`. */
static Sym file_name(Reader *reader, const Element *element) {
  Sym name = sym_attribute(reader, element, "file");
  return name ? name : needed(reader, element, "name");
}

static void use_file(Reader *reader, const Element *element) {
  const XmlAttribute *link = attribute(element, "link");
  Sym name = file_name(reader, element);
  if (!name) return;
  uint32_t file = dag_file(reader->dag, name, element->span);
  double size = number_of(reader, element, "size");
  if (!isnan(size)) reader->dag->files.data[file].size = size;
  bool both = link && value_is(link, "inout"), in = both || (link && value_is(link, "input")),
       out = both || (link && value_is(link, "output"));
  if (in) dag_use(reader->dag, &reader->job, file, USE_IN, element->span);
  if (out) dag_use(reader->dag, &reader->job, file, USE_OUT, element->span);
  if (in || out) return;
  if (!link || value_is(link, "none")) /* a program that has to be there, as a rule */
    dag_unknown(reader->dag, "a job's uses", name_of(reader->dag->session, name),
                sym_len(reader->dag->session->names, name), element->span);
  else
    diag(reader->dag->session->diags, DIAG_DOCUMENT, element->span,
         "a link is `input`, `output`, `inout` or `none`");
}

static void use_stream(Reader *reader, const Element *element, UseRole role) {
  Sym name = file_name(reader, element);
  if (name)
    dag_use(reader->dag, &reader->job, dag_file(reader->dag, name, element->span), role, element->span);
}

/* A file in an argument: by its name, which is found again when the argument is cut into words. */
static void put_file(Reader *reader, const Element *element) {
  Sym name = file_name(reader, element);
  text_add(&reader->text, name_of(reader->dag->session, name), sym_len(reader->dag->session->names, name));
}

static void end_argument(Reader *reader) {
  const char *at = reader->text.data, *end = at + reader->text.len;
  reader->in_argument = false;
  while (at < end) {
    while (at < end && isspace((unsigned char)*at)) at++;
    const char *word = at;
    while (at < end && !isspace((unsigned char)*at)) at++;
    if (at > word)
      dag_word(reader->dag, &reader->job, intern(reader->dag->session->names, word, (size_t)(at - word)));
  }
}

/* ---- profiles ---- */

typedef struct ProfileMetric {
  const char *space, *key;
  Metric metric;
  double factor;
} ProfileMetric;
static const ProfileMetric profile_metrics[] = {
    {"pegasus", "memory", METRIC_MEMORY, 1048576}, {"pegasus", "cores", METRIC_CPUS, 1},
    {"pegasus", "runtime", METRIC_TIME, 1},        {"globus", "maxmemory", METRIC_MEMORY, 1048576},
    {"condor", "request_cpus", METRIC_CPUS, 1},    {"condor", "request_memory", METRIC_MEMORY, 1048576},
    {"condor", "priority", METRIC_PRIORITY, 1},
};

/* Whether an environment can have a variable of that name, and has not yet. */
static bool is_new_variable(const Dag *dag, const DagJob *job, Sym key) {
  const char *name = name_of(dag->session, key);
  if (!isalpha((unsigned char)*name) && *name != '_') return false;
  for (; *name; name++)
    if (!isalnum((unsigned char)*name) && *name != '_') return false;
  for (uint32_t i = 0; i < job->env.count; i++)
    if (dag->env.data[job->env.first + i].name == key) return false;
  return true;
}

bool pegasus_profile(Dag *dag, DagJob *job, const char *space, Sym key, const char *value, Span span) {
  const char *name = name_of(dag->session, key);
  char *end;
  double number = strtod(value, &end);
  for (size_t i = 0; i < sizeof profile_metrics / sizeof *profile_metrics; i++) {
    const ProfileMetric *row = &profile_metrics[i];
    if (strcmp(row->space, space) != 0 || strcasecmp(row->key, name) != 0 || end == value || *end) continue;
    job->metrics[row->metric] = number * row->factor;
    return true;
  }
  if (!strcmp(space, "env") && is_new_variable(dag, job, key)) {
    dag_env(dag, job, key, intern(dag->session->names, value, strlen(value)));
    return true;
  }
  const char *what = arena_format(dag->session->arena, "%s.%s", space, name);
  dag_unknown(dag, "a profile", what, strlen(what), span);
  return false;
}

static void end_profile(Reader *reader, Span span) {
  Text *text = &reader->text;
  reader->in_profile = false;
  size_t from = 0;
  while (text->len && isspace((unsigned char)text->data[text->len - 1])) text->len--;
  while (from < text->len && isspace((unsigned char)text->data[from])) from++;
  const char *value = arena_text(reader->dag->session->arena, text->data ? text->data + from : "",
                                 text->len - from);
  pegasus_profile(reader->dag, &reader->job, name_of(reader->dag->session, reader->space), reader->key, value,
                  span);
}

/* ---- elements ---- */

static void unknown(Reader *reader, const Element *element, const char *where) {
  dag_unknown(reader->dag, where, element->name, strlen(element->name), element->span);
}

static void start_in_job(Reader *reader, const Element *element) {
  const char *name = element->name;
  if (reader->in_argument)
    put_file(reader, element);
  else if (!strcmp(name, "argument"))
    reader->in_argument = true, reader->text.len = 0;
  else if (!strcmp(name, "uses"))
    use_file(reader, element);
  else if (!strcmp(name, "stdin"))
    use_stream(reader, element, USE_STDIN);
  else if (!strcmp(name, "stdout"))
    use_stream(reader, element, USE_STDOUT);
  else if (!strcmp(name, "stderr"))
    use_stream(reader, element, USE_STDERR);
  else if (!strcmp(name, "profile")) {
    reader->in_profile = true, reader->text.len = 0;
    reader->space = sym_attribute(reader, element, "namespace");
    reader->key = sym_attribute(reader, element, "key");
  } else
    unknown(reader, element, "a job");
}

static void start_root(Reader *reader, const Element *element) {
  if (strcmp(element->name, "adag") != 0)
    diag(reader->dag->session->diags, DIAG_DOCUMENT, element->span, "expected `adag`, not `%s`",
         element->name);
  reader->dag->span = element->span;
  for (int k = 0; k < element->count; k++) {
    const XmlAttribute *at = &element->attributes[k];
    if (!strcmp(at->name, "name") || !strcmp(at->name, "version"))
      dag_note(reader->dag, at->name, at->value, at->len);
  }
}

/* What stands at the top beside jobs and their order: catalogs of files and programs, and hooks. */
static void start_top(Reader *reader, const Element *element) {
  const char *name = element->name;
  if (!strcmp(name, "job") || !strcmp(name, "dax") || !strcmp(name, "dag"))
    start_job(reader, element);
  else if (!strcmp(name, "child"))
    reader->child = needed(reader, element, "ref"), reader->child_span = element->span;
  else if (!strcmp(name, "filename"))
    file_name(reader, element);
  else
    unknown(reader, element, "a workflow");
}

static void on_start(void *self, const char *name, const XmlAttribute *attributes, int count, size_t place) {
  Reader *reader = self;
  uint32_t lo = reader->source->base + (uint32_t)place;
  Element element = {name, attributes, count, {lo, lo + (uint32_t)strlen(name)}};
  if (reader->failed) return;
  if (++reader->depth > MOST_DEPTH) {
    diag(reader->dag->session->diags, DIAG_DOCUMENT_LIMIT, element.span, "nested too deeply");
    reader->failed = true;
  } else if (reader->depth == 1)
    start_root(reader, &element);
  else if (reader->in_job)
    start_in_job(reader, &element);
  else if (reader->depth == 2)
    start_top(reader, &element);
  else if (reader->child && !strcmp(name, "parent")) {
    Sym parent = needed(reader, &element, "ref");
    if (parent) dag_link(reader->dag, reader->child, parent, element.span);
  }
}

static void on_end(void *self, const char *name) {
  Reader *reader = self;
  if (reader->failed) return;
  reader->depth--;
  if (reader->in_argument && !strcmp(name, "argument"))
    end_argument(reader);
  else if (reader->in_profile && !strcmp(name, "profile"))
    end_profile(reader, reader->job.span);
  else if (reader->in_job && reader->depth == 1)
    end_job(reader);
  else if (reader->depth == 1)
    reader->child = 0;
}

static void on_text(void *self, const char *bytes, size_t len) {
  Reader *reader = self;
  if (reader->failed || !(reader->in_argument || reader->in_profile)) return;
  if (reader->text.len + len > LONGEST_TEXT) {
    diag(reader->dag->session->diags, DIAG_DOCUMENT_LIMIT, reader->job.span, "a text that is too long");
    reader->failed = true;
  } else
    text_add(&reader->text, bytes, len);
}

static void on_error(void *self, const char *message, size_t place) {
  Reader *reader = self;
  uint32_t lo = reader->source->base + (uint32_t)place;
  if (!reader->failed) diag(reader->dag->session->diags, DIAG_DOCUMENT, (Span){lo, lo + 1}, "%s", message);
  reader->failed = true;
}

static void on_passed(void *self, size_t place) {
  Reader *reader = self;
  if (place - reader->released < RELEASE_EACH) return;
  source_release(reader->source, (uint32_t)place);
  reader->released = place;
}

void dax_read(Dag *dag, const Source *source) {
  Reader reader = {.dag = dag, .source = source};
  XmlHandler handler = {&reader, on_start, on_end, on_text, on_error, on_passed};
  void *symbol = load_symbol("weft-xml.so", "xml_sax_read");
  if (!symbol) {
    diag(dag->session->diags, DIAG_READ, (Span){0}, "XML cannot be read without weft-xml.so");
    return;
  }
  XmlRead *read;
  memcpy(&read, &symbol, sizeof read);
  read(source->text, source->size, &handler);
  text_free(&reader.text);
}
