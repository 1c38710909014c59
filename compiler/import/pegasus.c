/* pegasus.c: the workflows of Pegasus 5, YAML. */
#include "import/pegasus.h"

#include "import/import.h"
#include "import/yaml.h"

#include <math.h>
#include <string.h>

typedef struct Reader {
  Dag *dag;
  Yaml yaml;
  DagJob job; /* the one under way */
  Sym space, version;
  bool inner; /* it is a workflow of its own */
} Reader;

/* Whether a line begins with this. */
static bool has_line(const char *text, size_t size, const char *begin) {
  size_t len = strlen(begin);
  for (const char *at = text, *end = text + size; at && (size_t)(end - at) > len;) {
    if (!memcmp(at, begin, len)) return true;
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    at = newline ? newline + 1 : NULL;
  }
  return false;
}

bool pegasus_recognise(const char *text, size_t size) {
  return has_line(text, size, "pegasus:") || has_line(text, size, "x-pegasus:");
}

/* ---- values ---- */

static Sym sym_of(const Reader *reader, const YamlText *text) {
  return intern(reader->dag->session->names, text->data, text->len);
}

static Sym read_sym(Reader *reader) {
  YamlText text;
  return yaml_scalar(&reader->yaml, &text) ? sym_of(reader, &text) : 0;
}

static void unknown(Reader *reader, const char *where, const YamlText *key) {
  dag_unknown(reader->dag, where, key->data, key->len, key->span);
  yaml_skip(&reader->yaml);
}

static void read_note(Reader *reader, const YamlText *key) {
  const char *name = name_of(reader->dag->session, sym_of(reader, key));
  YamlText text;
  if (yaml_scalar(&reader->yaml, &text)) dag_note(reader->dag, name, text.data, text.len);
}

/* `createdBy: …` and the like, a line each. */
static void read_notes(Reader *reader) {
  YamlText key;
  if (yaml_mapping(&reader->yaml))
    while (yaml_member(&reader->yaml, &key)) read_note(reader, &key);
}

/* ---- jobs ---- */

typedef struct UseEntry {
  Sym name;
  Span span;
  double size;
  int role; /* UseRole; -1: not told */
} UseEntry;

static void read_size(Reader *reader, UseEntry *entry) {
  YamlText key, text;
  if (yaml_mapping(&reader->yaml))
    while (yaml_member(&reader->yaml, &key)) {
      if (!yaml_is(&key, "size")) {
        unknown(reader, "a file's metadata", &key);
      } else if (yaml_scalar(&reader->yaml, &text)) {
        char copy[64];
        snprintf(copy, sizeof copy, "%.*s", (int)(text.len < 63 ? text.len : 63), text.data);
        entry->size = strtod(copy, NULL);
      }
    }
}

static void read_role(Reader *reader, UseEntry *entry) {
  YamlText text;
  if (!yaml_scalar(&reader->yaml, &text)) return;
  entry->role = yaml_is(&text, "input") ? USE_IN : yaml_is(&text, "output") ? USE_OUT : -1;
  if (entry->role >= 0) return;
  if (yaml_is(&text, "checkpoint"))
    entry->role = USE_OUT;
  else
    diag(reader->dag->session->diags, DIAG_DOCUMENT, text.span,
         "a file's type is `input`, `output` or `checkpoint`");
}

/* Whether what a file is used for is the planner's business. */
static bool is_planning(const YamlText *key) {
  static const char *const names[] = {"stageOut",    "registerReplica", "registerType",
                                      "forPlanning", "bypass",          "optional"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (yaml_is(key, names[i])) return true;
  return false;
}

static void read_use(Reader *reader) {
  YamlText key, text;
  UseEntry entry = {.size = NAN, .span = reader->yaml.span, .role = -1};
  if (!yaml_mapping(&reader->yaml)) return;
  while (yaml_member(&reader->yaml, &key)) {
    if (yaml_is(&key, "lfn")) {
      if (yaml_scalar(&reader->yaml, &text)) entry.name = sym_of(reader, &text), entry.span = text.span;
    } else if (yaml_is(&key, "type"))
      read_role(reader, &entry);
    else if (yaml_is(&key, "metadata"))
      read_size(reader, &entry);
    else if (yaml_is(&key, "size"))
      unknown(reader, "a file", &key);
    else if (is_planning(&key))
      yaml_skip(&reader->yaml);
    else
      unknown(reader, "a file", &key);
  }
  if (reader->yaml.failed) return;
  if (!entry.name || entry.role < 0) {
    diag(reader->dag->session->diags, DIAG_DOCUMENT, entry.span, "a file needs `lfn` and `type`");
    return;
  }
  uint32_t file = dag_file(reader->dag, entry.name, entry.span);
  if (!isnan(entry.size)) reader->dag->files.data[file].size = entry.size;
  dag_use(reader->dag, &reader->job, file, (UseRole)entry.role, entry.span);
}

static void read_uses(Reader *reader) {
  if (yaml_sequence(&reader->yaml))
    while (yaml_element(&reader->yaml)) read_use(reader);
}

static void read_arguments(Reader *reader) {
  if (yaml_sequence(&reader->yaml))
    while (yaml_element(&reader->yaml)) {
      YamlText text;
      if (yaml_scalar(&reader->yaml, &text)) dag_word(reader->dag, &reader->job, sym_of(reader, &text));
    }
}

/* The name of a file, or an object with its `lfn`. */
static void read_stream(Reader *reader, UseRole role) {
  YamlText key, text;
  if (reader->yaml.kind == YAML_MAPPING) {
    yaml_mapping(&reader->yaml);
    while (yaml_member(&reader->yaml, &key)) {
      if (yaml_is(&key, "lfn"))
        read_stream(reader, role);
      else
        unknown(reader, "a file", &key);
    }
  } else if (yaml_scalar(&reader->yaml, &text))
    dag_use(reader->dag, &reader->job, dag_file(reader->dag, sym_of(reader, &text), text.span), role,
            text.span);
}

static void read_profiles(Reader *reader) {
  YamlText key, text;
  if (!yaml_mapping(&reader->yaml)) return;
  while (yaml_member(&reader->yaml, &key)) {
    const char *space = name_of(reader->dag->session, sym_of(reader, &key));
    if (!yaml_mapping(&reader->yaml)) continue;
    while (yaml_member(&reader->yaml, &key)) {
      Sym name = sym_of(reader, &key);
      Span span = key.span;
      if (yaml_scalar(&reader->yaml, &text))
        pegasus_profile(reader->dag, &reader->job, space, name,
                        name_of(reader->dag->session, sym_of(reader, &text)), span);
    }
  }
}

static void read_type(Reader *reader) {
  YamlText text;
  if (!yaml_scalar(&reader->yaml, &text)) return;
  reader->inner = !yaml_is(&text, "job");
  if (!reader->inner) return;
  reader->job.program = sym_of(reader, &text);
  dag_unknown(reader->dag, "what a job plans", text.data, text.len, text.span);
}

static void read_field(Reader *reader, const YamlText *key) {
  YamlText text;
  if (yaml_is(key, "id")) {
    if (yaml_scalar(&reader->yaml, &text))
      reader->job.id = sym_of(reader, &text), reader->job.span = text.span;
  } else if (yaml_is(key, "name"))
    reader->job.name = read_sym(reader);
  else if (yaml_is(key, "type"))
    read_type(reader);
  else if (yaml_is(key, "namespace"))
    reader->space = read_sym(reader);
  else if (yaml_is(key, "version"))
    reader->version = read_sym(reader);
  else if (yaml_is(key, "arguments"))
    read_arguments(reader);
  else if (yaml_is(key, "uses"))
    read_uses(reader);
  else if (yaml_is(key, "stdin"))
    read_stream(reader, USE_STDIN);
  else if (yaml_is(key, "stdout"))
    read_stream(reader, USE_STDOUT);
  else if (yaml_is(key, "stderr"))
    read_stream(reader, USE_STDERR);
  else if (yaml_is(key, "profiles"))
    read_profiles(reader);
  else if (yaml_is(key, "nodeLabel") || (reader->inner && yaml_is(key, "file")))
    reader->job.name = read_sym(reader);
  else
    unknown(reader, "a job", key);
}

static Sym program_note(const Reader *reader) {
  const char *space = name_of(reader->dag->session, reader->space);
  const char *version = name_of(reader->dag->session, reader->version);
  if (!*space && !*version) return 0;
  const char *note = arena_format(reader->dag->session->arena, "%s%s%s%s%s", space, *space ? "::" : "",
                                  name_of(reader->dag->session, reader->job.name), *version ? " " : "",
                                  version);
  return intern(reader->dag->session->names, note, strlen(note));
}

static void read_job(Reader *reader) {
  YamlText key;
  Span place = reader->yaml.span;
  reader->job = dag_draft();
  reader->space = reader->version = 0;
  reader->inner = false;
  if (!yaml_mapping(&reader->yaml)) return;
  while (yaml_member(&reader->yaml, &key)) read_field(reader, &key);
  if (reader->yaml.failed) return;
  if (!reader->inner) reader->job.program = reader->job.name;
  reader->job.note = program_note(reader);
  if (!reader->job.id || !reader->job.program)
    diag(reader->dag->session->diags, DIAG_DOCUMENT, place, "a job needs `id` and `name`");
  else
    dag_commit(reader->dag, &reader->job, true);
}

static void read_jobs(Reader *reader) {
  if (yaml_sequence(&reader->yaml))
    while (yaml_element(&reader->yaml)) read_job(reader);
}

/* ---- order ---- */

/* The children may come before the id. */
static void read_dependency(Reader *reader) {
  YamlText key, text;
  VEC(DagLink) links = {0};
  Sym parent = 0;
  Span place = reader->yaml.span;
  if (!yaml_mapping(&reader->yaml)) return;
  while (yaml_member(&reader->yaml, &key)) {
    if (yaml_is(&key, "id"))
      parent = read_sym(reader);
    else if (!yaml_is(&key, "children"))
      unknown(reader, "a dependency", &key);
    else if (yaml_sequence(&reader->yaml))
      while (yaml_element(&reader->yaml))
        if (yaml_scalar(&reader->yaml, &text))
          vec_push(&links, (DagLink){sym_of(reader, &text), 0, text.span});
  }
  if (!parent && !reader->yaml.failed)
    diag(reader->dag->session->diags, DIAG_DOCUMENT, place, "a dependency needs `id`");
  for (uint32_t i = 0; parent && i < links.len; i++)
    dag_link(reader->dag, links.data[i].child, parent, links.data[i].span);
  vec_free(&links);
}

static void read_dependencies(Reader *reader) {
  if (yaml_sequence(&reader->yaml))
    while (yaml_element(&reader->yaml)) read_dependency(reader);
}

/* ---- the document ---- */

void pegasus_read(Dag *dag, const Source *source) {
  Reader reader = {.dag = dag};
  YamlText key;
  bool found = false;
  yaml_open(&reader.yaml, dag->session, source);
  if (yaml_mapping(&reader.yaml))
    while (yaml_member(&reader.yaml, &key)) {
      if (yaml_is(&key, "jobs"))
        found = true, read_jobs(&reader);
      else if (yaml_is(&key, "jobDependencies"))
        read_dependencies(&reader);
      else if (yaml_is(&key, "metadata") || yaml_is(&key, "x-pegasus"))
        read_notes(&reader);
      else if (yaml_is(&key, "name") || yaml_is(&key, "pegasus"))
        read_note(&reader, &key);
      else
        unknown(&reader, "a workflow", &key);
    }
  if (!found && !reader.yaml.failed)
    diag(dag->session->diags, DIAG_DOCUMENT, (Span){source->base, source->base + 1},
         "there are no `jobs` in this document");
  yaml_close(&reader.yaml);
}
