#include "import/import.h"

#include "import/dag_class.h"

#include <string.h>

#define FORMAT(name, title, recognise, read)     \
  bool recognise(const char *text, size_t size); \
  void read(Dag *dag, const Source *source);
#define LANGUAGE(name, title, recognise, translate) \
  bool recognise(const char *text, size_t size);    \
  Source *translate(Session *session, const Source *source);
#include "import/formats.def"
#undef FORMAT
#undef LANGUAGE

const Format formats[] = {
#define FORMAT(name, title, recognise, read) {name, title, recognise, read, NULL},
#define LANGUAGE(name, title, recognise, translate) {name, title, recognise, NULL, translate},
#include "import/formats.def"
#undef FORMAT
#undef LANGUAGE
};
const size_t format_count = sizeof formats / sizeof *formats;

const Format *import_recognise(const char *text, size_t size) {
  for (size_t i = 0; i < format_count; i++)
    if (formats[i].recognise(text, size)) return &formats[i];
  return NULL;
}

const Format *import_named(const char *name) {
  for (size_t i = 0; i < format_count; i++)
    if (!strcmp(formats[i].name, name)) return &formats[i];
  return NULL;
}

Dag *import_dag(Session *session, const Source *source, const Format *format) {
  Dag *dag = dag_new(session);
  dag->span = (Span){source->base, source->base + 1};
  format->read(dag, source);
  if (dag_finish(dag)) return dag;
  dag_free(dag);
  return NULL;
}

Graph *import_graph(Session *session, Types *types, const Source *source, const Format *format,
                    ImportOptions options) {
  Dag *dag = import_dag(session, source, format);
  if (dag && options.template) {
    Dag *whole = dag;
    dag = dag_template(whole);
    dag_free(whole);
  }
  Graph *graph = dag ? dag_graph(dag, types, options.rules) : NULL;
  dag_free(dag);
  return graph;
}
