/* import.h: workflows of other engines as graphs.  One row a format in formats.def. */
#ifndef WEFT_IMPORT_IMPORT_H
#define WEFT_IMPORT_IMPORT_H

#include "import/dag.h"

typedef struct Format {
  const char *name, *title;
  /* Whether a file that begins like this is of the format. */
  bool (*recognise)(const char *text, size_t size);
  /* What a document says.  What is wrong is told as diagnostics. */
  void (*read)(Dag *dag, const Source *source);
  /* Instead of it: the document as source in the language, whose messages name the places in the document; NULL: told. */
  Source *(*translate)(Session *session, const Source *source);
} Format;
extern const Format formats[];
extern const size_t format_count;

/* The format of a text, by what stands in it; NULL: none of these, so it is taken for `.wf`. `size` may be that of the
 * beginning alone, of IMPORT_LOOK bytes or more. */
const Format *import_recognise(const char *text, size_t size);
/* The format of that name; NULL: there is none. */
const Format *import_named(const char *name);
enum { IMPORT_LOOK = 1 << 14 };

/* What a document says, with all names resolved; NULL: told as diagnostics. */
Dag *import_dag(Session *session, const Source *source, const Format *format);
typedef struct ImportOptions {
  const RuleRow *rules; /* of the graph: simplify_rules, or NULL for one as it is said */
  bool template;        /* not the workflow itself but what it is an instance of; see dag_template */
} ImportOptions;

/* The workflow of a document; NULL: told as diagnostics. */
Graph *import_graph(Session *session, Types *types, const Source *source, const Format *format,
                    ImportOptions options);

#endif
