#include "import/dag.h"

#include <math.h>
#include <string.h>

Dag *dag_new(Session *session) {
  Dag *dag = mem_alloc(sizeof *dag);
  *dag = (Dag){.session = session};
  return dag;
}

void dag_free(Dag *dag) {
  if (!dag) return;
  text_free(&dag->doc);
  vec_free(&dag->jobs);
  vec_free(&dag->words);
  vec_free(&dag->uses);
  vec_free(&dag->env);
  vec_free(&dag->links);
  vec_free(&dag->files);
  map_free(&dag->job_of);
  map_free(&dag->file_of);
  map_free(&dag->told);
  vec_free(&dag->order);
  vec_free(&dag->first_input);
  vec_free(&dag->first_output);
  vec_free(&dag->first_after);
  vec_free(&dag->first_piece);
  vec_free(&dag->inputs);
  vec_free(&dag->outputs);
  vec_free(&dag->after);
  vec_free(&dag->pieces);
  vec_free(&dag->kind);
  free(dag->job_place);
  free(dag->output_place);
  free(dag->file_place);
  free(dag);
}

uint32_t dag_file(Dag *dag, Sym name, Span span) {
  uint32_t known = map_get(&dag->file_of, name);
  if (known) return known - 1;
  vec_push(&dag->files, (DagFile){name, NAN, span});
  map_put(&dag->file_of, name, dag->files.len);
  return dag->files.len - 1;
}

DagJob dag_draft(void) {
  DagJob job = {0};
  for (int k = 0; k < METRIC_COUNT; k++) job.metrics[k] = NAN;
  return job;
}

/* One more at the end of a range, which lies at the end of its vector. */
static void extend(DagRange *range, uint32_t end) {
  if (!range->count) range->first = end;
  range->count++;
}

void dag_use(Dag *dag, DagJob *draft, uint32_t file, UseRole role, Span span) {
  extend(&draft->uses, dag->uses.len);
  vec_push(&dag->uses, (DagUse){file, (uint8_t)role, span});
}

void dag_word(Dag *dag, DagJob *draft, Sym word) {
  extend(&draft->arguments, dag->words.len);
  vec_push(&dag->words, word);
}

void dag_env(Dag *dag, DagJob *draft, Sym name, Sym value) {
  extend(&draft->env, dag->env.len);
  vec_push(&dag->env, (Named){name, value});
}

static void merge_sym(Sym *known, Sym more) {
  if (more) *known = more;
}

static void merge_range(DagRange *known, DagRange more) {
  if (more.count) *known = more;
}

static void merge(DagJob *job, const DagJob *more) {
  merge_sym(&job->name, more->name);
  merge_sym(&job->program, more->program);
  merge_sym(&job->script, more->script);
  merge_sym(&job->image, more->image);
  merge_sym(&job->note, more->note);
  merge_range(&job->arguments, more->arguments);
  merge_range(&job->uses, more->uses);
  merge_range(&job->env, more->env);
  for (int k = 0; k < METRIC_COUNT; k++)
    if (!isnan(more->metrics[k])) job->metrics[k] = more->metrics[k];
}

void dag_commit(Dag *dag, const DagJob *draft, bool declares) {
  uint32_t known = map_get(&dag->job_of, draft->id);
  if (!known) {
    vec_push(&dag->jobs, *draft);
    vec_last(&dag->jobs).declared = declares;
    map_put(&dag->job_of, draft->id, dag->jobs.len);
    return;
  }
  DagJob *job = &dag->jobs.data[known - 1];
  if (declares && job->declared) {
    Diag *told = diag(dag->session->diags, DIAG_JOB_TWICE, draft->span, "there is a job `%s` already",
                      name_of(dag->session, draft->id));
    diag_note(dag->session->diags, told, job->span, "the other one");
    return;
  }
  if (declares) job->span = draft->span;
  job->declared |= declares;
  merge(job, draft);
}

void dag_link(Dag *dag, Sym child, Sym parent, Span span) {
  vec_push(&dag->links, (DagLink){child, parent, span});
}

void dag_note(Dag *dag, const char *key, const char *value, size_t len) {
  if (dag->doc.len) text_putc(&dag->doc, '\n');
  text_puts(&dag->doc, key);
  text_puts(&dag->doc, ": ");
  for (size_t i = 0; i < len; i++) text_putc(&dag->doc, (unsigned char)value[i] < ' ' ? ' ' : value[i]);
}

void dag_unknown(Dag *dag, const char *what, const char *name, size_t len, Span span) {
  uint64_t key = hash_add(hash_bytes(what, strlen(what)), hash_bytes(name, len));
  if (map_get(&dag->told, key)) return;
  map_put(&dag->told, key, 1);
  diag(dag->session->diags, DIAG_NO_PLACE, span, "`%.*s` of %s has no place in a workflow",
       (int)(len < 80 ? len : 80), name, what);
}
