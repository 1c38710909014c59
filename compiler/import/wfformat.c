/* wfformat.c: WfCommons' WfFormat (wfcommons.org/format), JSON, versions 1.0 to 1.5. */
#include "import/import.h"
#include "import/json.h"

#include <math.h>
#include <string.h>

enum { MOST_NOTE_DEPTH = 8, SCRIPT_FROM = 200 };

typedef struct Reader {
  Dag *dag;
  Json json;
  DagJob job; /* the one under way */
  Sym category;
  VEC(DagLink) links; /* of the job, whose id may still come: 0 stands for it */
} Reader;

bool wfformat_recognise(const char *text, size_t size) {
  const char *at = text, *end = text + size;
  if (size >= 3 && !memcmp(at, "\xef\xbb\xbf", 3)) at += 3;
  while (at < end && strchr(" \t\r\n", *at) && *at) at++;
  if (at == end || *at != '{') return false;
  size_t rest = (size_t)(end - at);
  return memmem(at, rest, "\"schemaVersion\"", 15) || memmem(at, rest, "\"workflow\"", 10);
}

/* ---- values ---- */

static Sym sym_of(const Reader *reader, const JsonText *text) {
  return intern(reader->dag->session->names, text->data, text->len);
}

static Sym read_sym(Reader *reader) {
  JsonText text;
  return json_string(&reader->json, &text) ? sym_of(reader, &text) : 0;
}

/* Scalars of any depth, one after another: `name rafsilva, email …`. */
static void note_value(Reader *reader, Text *into, int depth) {
  Json *json = &reader->json;
  JsonText text;
  double number;
  char next = json_peek(json);
  if (next == '{' && depth < MOST_NOTE_DEPTH) {
    json_object(json);
    while (json_member(json, &text)) {
      if (into->len && into->data[into->len - 1] != ' ') text_puts(into, ", ");
      text_add(into, text.data, text.len);
      text_putc(into, ' ');
      note_value(reader, into, depth + 1);
    }
  } else if (next == '[' && depth < MOST_NOTE_DEPTH) {
    json_array(json);
    for (bool first = true; json_element(json); first = false) {
      if (!first) text_puts(into, ", ");
      note_value(reader, into, depth + 1);
    }
  } else if (next == '"') {
    if (json_string(json, &text)) text_add(into, text.data, text.len);
  } else if (next == '-' || (next >= '0' && next <= '9')) {
    if (json_number(json, &number)) text_addf(into, "%.15g", number);
  } else {
    json_skip(json);
  }
}

static void read_note(Reader *reader, const char *key) {
  Text text = {0};
  note_value(reader, &text, 0);
  if (text.len) dag_note(reader->dag, key, text.data, text.len);
  text_free(&text);
}

static void read_notes(Reader *reader, const char *key) {
  if (json_array(&reader->json))
    while (json_element(&reader->json)) read_note(reader, key);
}

static void unknown(Reader *reader, const char *what, const JsonText *key) {
  dag_unknown(reader->dag, what, key->data, key->len, key->span);
  json_skip(&reader->json);
}

/* ---- tasks ---- */

static void read_id(Reader *reader) {
  JsonText text;
  if (!json_string(&reader->json, &text)) return;
  reader->job.id = sym_of(reader, &text);
  reader->job.span = text.span;
}

static void read_name(Reader *reader) {
  JsonText text;
  if (!json_string(&reader->json, &text)) return;
  reader->job.name = sym_of(reader, &text);
  if (!reader->job.span.hi) reader->job.span = text.span;
}

/* All are jobs; that one stages files or cleans up is told by its program. */
static void read_type(Reader *reader) {
  JsonText text;
  if (json_string(&reader->json, &text) && !json_is(&text, "compute"))
    dag_unknown(reader->dag, "a task's type", text.data, text.len, text.span);
}

/* What a planner calls a class of jobs: good where nothing is said of a program. */
static void read_category(Reader *reader) { reader->category = read_sym(reader); }

/* A program's name, or what a shell is given: some engines write a whole script there. */
static void read_program(Reader *reader) {
  JsonText text;
  if (!json_string(&reader->json, &text) || !text.len) return;
  bool script = text.len > SCRIPT_FROM;
  for (size_t i = 0; i < text.len; i++) script |= strchr(" \t\n|&;<>$`", text.data[i]) != NULL;
  *(script ? &reader->job.script : &reader->job.program) = sym_of(reader, &text);
}

static void read_arguments(Reader *reader) {
  if (json_array(&reader->json))
    while (json_element(&reader->json)) {
      JsonText text;
      if (json_string(&reader->json, &text)) dag_word(reader->dag, &reader->job, sym_of(reader, &text));
    }
}

static void read_command(Reader *reader) {
  JsonText key;
  if (!json_object(&reader->json)) return;
  while (json_member(&reader->json, &key)) {
    if (json_is(&key, "program"))
      read_program(reader);
    else if (json_is(&key, "arguments"))
      read_arguments(reader);
    else
      unknown(reader, "a command", &key);
  }
}

static void read_file_names(Reader *reader, UseRole role) {
  if (json_array(&reader->json))
    while (json_element(&reader->json)) {
      JsonText text;
      if (!json_string(&reader->json, &text)) continue;
      dag_use(reader->dag, &reader->job, dag_file(reader->dag, sym_of(reader, &text), text.span), role,
              text.span);
    }
}

static void read_input_files(Reader *reader) { read_file_names(reader, USE_IN); }
static void read_output_files(Reader *reader) { read_file_names(reader, USE_OUT); }

typedef struct FileEntry {
  Sym name;
  Span name_span, link_span;
  double size;
  bool input, output, linked;
} FileEntry;

static void read_link(Reader *reader, FileEntry *entry) {
  JsonText text;
  if (!json_string(&reader->json, &text)) return;
  entry->linked = true;
  entry->input = json_is(&text, "input") || json_is(&text, "inout");
  entry->output = json_is(&text, "output") || json_is(&text, "inout");
  if (entry->input || entry->output) return;
  diag(reader->dag->session->diags, DIAG_DOCUMENT, text.span,
       "a file's link is `input`, `output` or `inout`");
}

static void read_file_name(Reader *reader, FileEntry *entry) {
  JsonText text;
  if (!json_string(&reader->json, &text)) return;
  entry->name = sym_of(reader, &text);
  entry->name_span = text.span;
}

/* An entry of a list of files; false: it is none. */
static bool read_file(Reader *reader, FileEntry *entry) {
  Json *json = &reader->json;
  JsonText key;
  *entry = (FileEntry){.size = NAN, .name_span = json_place(json)};
  if (!json_object(json)) return false;
  while (json_member(json, &key)) {
    if (json_is(&key, "name") || json_is(&key, "id"))
      read_file_name(reader, entry);
    else if (json_is(&key, "link"))
      read_link(reader, entry);
    else if (json_is(&key, "size") || json_is(&key, "sizeInBytes"))
      json_number(json, &entry->size);
    else
      unknown(reader, "a file", &key);
  }
  if (json->failed) return false;
  if (!entry->name)
    diag(reader->dag->session->diags, DIAG_DOCUMENT, entry->name_span, "a file without a name");
  return entry->name != 0;
}

static uint32_t take_file(Reader *reader, const FileEntry *entry) {
  uint32_t file = dag_file(reader->dag, entry->name, entry->name_span);
  if (!isnan(entry->size)) reader->dag->files.data[file].size = entry->size;
  return file;
}

static void read_files(Reader *reader) {
  FileEntry entry;
  if (json_array(&reader->json))
    while (json_element(&reader->json)) {
      if (!read_file(reader, &entry)) continue;
      uint32_t file = take_file(reader, &entry);
      if (!entry.linked)
        diag(reader->dag->session->diags, DIAG_DOCUMENT, entry.name_span, "a file of a task without a link");
      if (entry.input) dag_use(reader->dag, &reader->job, file, USE_IN, entry.name_span);
      if (entry.output) dag_use(reader->dag, &reader->job, file, USE_OUT, entry.name_span);
    }
}

static void read_links(Reader *reader, bool parents) {
  if (json_array(&reader->json))
    while (json_element(&reader->json)) {
      JsonText text;
      if (!json_string(&reader->json, &text)) continue;
      Sym other = sym_of(reader, &text);
      vec_push(&reader->links, (DagLink){parents ? 0 : other, parents ? other : 0, text.span});
    }
}

static void read_parents(Reader *reader) { read_links(reader, true); }
static void read_children(Reader *reader) { read_links(reader, false); }

static void read_machine(Reader *reader) {
  JsonText text;
  if (!json_string(&reader->json, &text)) return;
  const char *note = arena_format(reader->dag->session->arena, "on %.*s",
                                  (int)(text.len < 80 ? text.len : 80), text.data);
  reader->job.note = intern(reader->dag->session->names, note, strlen(note));
}

static void read_machines(Reader *reader) {
  if (json_array(&reader->json))
    while (json_element(&reader->json)) read_machine(reader);
}

typedef struct MetricField {
  const char *name;
  Metric metric;
  double factor;
} MetricField;
static const MetricField metric_fields[] = {
#define METRIC_FIELD(name, metric, factor) {name, metric, factor},
#define TASK_FIELD(name, function)
#include "import/wfformat.def"
#undef METRIC_FIELD
#undef TASK_FIELD
};

typedef struct TaskField {
  const char *name;
  void (*read)(Reader *reader);
} TaskField;
static const TaskField task_fields[] = {
#define METRIC_FIELD(name, metric, factor)
#define TASK_FIELD(name, function) {name, function},
#include "import/wfformat.def"
#undef METRIC_FIELD
#undef TASK_FIELD
};

static void read_field(Reader *reader, const JsonText *key) {
  for (size_t i = 0; i < sizeof task_fields / sizeof *task_fields; i++)
    if (json_is(key, task_fields[i].name)) {
      task_fields[i].read(reader);
      return;
    }
  for (size_t i = 0; i < sizeof metric_fields / sizeof *metric_fields; i++) {
    double number;
    if (!json_is(key, metric_fields[i].name)) continue;
    if (json_number(&reader->json, &number))
      reader->job.metrics[metric_fields[i].metric] = number * metric_fields[i].factor;
    return;
  }
  unknown(reader, "a task", key);
}

static void read_task(Reader *reader, bool declares) {
  JsonText key;
  reader->job = dag_draft();
  reader->links.len = 0;
  reader->category = 0;
  Span place = json_place(&reader->json);
  if (!json_object(&reader->json)) return;
  while (json_member(&reader->json, &key)) read_field(reader, &key);
  if (reader->json.failed) return;
  if (!reader->job.id) reader->job.id = reader->job.name;
  if (!reader->job.program && !reader->job.script) reader->job.program = reader->category;
  if (!reader->job.id) {
    diag(reader->dag->session->diags, DIAG_DOCUMENT, place, "a task without a name");
    return;
  }
  for (uint32_t i = 0; i < reader->links.len; i++) {
    const DagLink *link = &reader->links.data[i];
    dag_link(reader->dag, link->child ? link->child : reader->job.id,
             link->parent ? link->parent : reader->job.id, link->span);
  }
  dag_commit(reader->dag, &reader->job, declares);
}

static void read_tasks(Reader *reader, bool declares) {
  if (json_array(&reader->json))
    while (json_element(&reader->json)) read_task(reader, declares);
}

/* ---- the document ---- */

static void read_sizes(Reader *reader) {
  FileEntry entry;
  if (json_array(&reader->json))
    while (json_element(&reader->json))
      if (read_file(reader, &entry)) take_file(reader, &entry);
}

static void read_specification(Reader *reader) {
  JsonText key;
  if (!json_object(&reader->json)) return;
  while (json_member(&reader->json, &key)) {
    if (json_is(&key, "tasks"))
      read_tasks(reader, true);
    else if (json_is(&key, "files"))
      read_sizes(reader);
    else
      unknown(reader, "a specification", &key);
  }
}

/* What is told of the whole and has no place in a graph. */
static bool is_note(const JsonText *key) {
  static const char *const names[] = {"name", "description",   "createdAt", "schemaVersion",     "author",
                                      "wms",  "runtimeSystem", "makespan",  "makespanInSeconds", "executedAt",
                                      "repo", "runName"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (json_is(key, names[i])) return true;
  return false;
}

static void read_execution(Reader *reader) {
  JsonText key;
  if (!json_object(&reader->json)) return;
  while (json_member(&reader->json, &key)) {
    if (json_is(&key, "tasks"))
      read_tasks(reader, false);
    else if (json_is(&key, "machines"))
      read_notes(reader, "machine");
    else if (is_note(&key))
      read_note(reader, name_of(reader->dag->session, sym_of(reader, &key)));
    else
      unknown(reader, "an execution", &key);
  }
}

static void read_workflow(Reader *reader) {
  JsonText key;
  if (!json_object(&reader->json)) return;
  while (json_member(&reader->json, &key)) {
    if (json_is(&key, "tasks") || json_is(&key, "jobs"))
      read_tasks(reader, true);
    else if (json_is(&key, "specification"))
      read_specification(reader);
    else if (json_is(&key, "execution"))
      read_execution(reader);
    else if (json_is(&key, "machines"))
      read_notes(reader, "machine");
    else if (is_note(&key))
      read_note(reader, name_of(reader->dag->session, sym_of(reader, &key)));
    else
      unknown(reader, "a workflow", &key);
  }
}

static void read_document(Reader *reader) {
  JsonText key;
  bool found = false;
  Span place = json_place(&reader->json);
  if (!json_object(&reader->json)) return;
  while (json_member(&reader->json, &key)) {
    if (json_is(&key, "workflow"))
      found = true, read_workflow(reader);
    else if (is_note(&key))
      read_note(reader, name_of(reader->dag->session, sym_of(reader, &key)));
    else
      unknown(reader, "a document", &key);
  }
  if (!found && !reader->json.failed)
    diag(reader->dag->session->diags, DIAG_DOCUMENT, place, "there is no `workflow` in this document");
}

void wfformat_read(Dag *dag, const Source *source) {
  Reader reader = {.dag = dag};
  json_open(&reader.json, dag->session, source);
  read_document(&reader);
  json_close(&reader.json);
  vec_free(&reader.links);
}
