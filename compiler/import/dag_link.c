/* dag_link.c: what the names in a document mean: which job makes a file that another one reads, and what else has to come
 * before what. */
#include "import/dag_order.h"
#include "import/dag_words.h"

#include <string.h>

enum { SEVERAL = UINT32_MAX, MOST_WORK = 1 << 28 };

typedef struct Linker {
  Dag *dag;
  DagEdges edges;
  Parents said;                  /* by parents and children */
  bool ordered;                  /* whether the document says anything of that kind */
  uint32_t *first_maker, *maker; /* of each file: the outputs that are it */
  uint32_t *mark, *place;        /* of each file: the last job that has named it, and where */
  uint32_t *parent_mark;
} Linker;

/* ---- jobs ---- */

/* Ids are looked at first; names are good where only one job has them. */
static Map names_of_jobs(const Dag *dag) {
  Map names = {0};
  for (uint32_t j = 0; j < dag->jobs.len; j++) {
    Sym name = dag->jobs.data[j].name;
    map_put(&names, name, map_get(&names, name) ? SEVERAL : j + 1);
  }
  return names;
}

static bool find_job(const Dag *dag, const Map *names, Sym name, Span span, uint32_t *job) {
  uint32_t at = map_get(&dag->job_of, name);
  if (!at) at = map_get(names, name);
  *job = at - 1;
  if (at && at != SEVERAL) return true;
  Diag *told = diag(dag->session->diags, DIAG_JOB_UNKNOWN, span,
                    at ? "several jobs are called `%s`" : "there is no job `%s`",
                    name_of(dag->session, name));
  Suggestion suggestion = {.name = name_of(dag->session, name)};
  for (uint32_t j = 0; !at && j < dag->jobs.len && j < 10000; j++)
    suggest(&suggestion, name_of(dag->session, dag->jobs.data[j].id));
  if (suggestion.best) diag_help(dag->session->diags, told, "did you mean `%s`?", suggestion.best);
  if (at) diag_help(dag->session->diags, told, "refer to jobs by their ids");
  return false;
}

static void take_links(Linker *linker) {
  Dag *dag = linker->dag;
  Map names = names_of_jobs(dag);
  for (uint32_t i = 0; i < dag->links.len; i++) {
    const DagLink *link = &dag->links.data[i];
    uint32_t child, parent;
    bool known = find_job(dag, &names, link->child, link->span, &child);
    if (!find_job(dag, &names, link->parent, link->span, &parent) || !known) continue;
    vec_push(&linker->edges, (DagEdge){child, parent, link->span});
  }
  map_free(&names);
}

/* ---- files ---- */

/* Whether this job has not named the file yet; if it has, what it reads or writes as a standard stream counts. */
static bool is_new(Linker *linker, uint32_t job, const DagUse *use, uint32_t next) {
  uint32_t file = use->file;
  if (linker->mark[file] != job + 1) {
    linker->mark[file] = job + 1;
    linker->place[file] = next;
    return true;
  }
  return false;
}

static void take_outputs(Linker *linker) {
  Dag *dag = linker->dag;
  for (uint32_t j = 0; j < dag->jobs.len; j++) {
    DagRange uses = dag->jobs.data[j].uses;
    vec_push(&dag->first_output, dag->outputs.len);
    for (uint32_t i = 0; i < uses.count; i++) {
      const DagUse *use = &dag->uses.data[uses.first + i];
      if (!use_is_output((UseRole)use->role)) continue;
      if (is_new(linker, j, use, dag->outputs.len))
        vec_push(&dag->outputs, (DagOutput){j, use->file, use->role, false});
      else if (use->role != USE_OUT)
        dag->outputs.data[linker->place[use->file]].role = use->role;
    }
  }
  vec_push(&dag->first_output, dag->outputs.len);
}

static void find_makers(Linker *linker) {
  const Dag *dag = linker->dag;
  uint32_t count = dag->files.len;
  uint32_t *first = linker->first_maker = mem_alloc((count + 2) * sizeof *first);
  linker->maker = mem_alloc((dag->outputs.len + 1) * sizeof *linker->maker);
  memset(first, 0, (count + 2) * sizeof *first);
  for (uint32_t i = 0; i < dag->outputs.len; i++) first[dag->outputs.data[i].file + 2]++;
  for (uint32_t f = 2; f < count + 2; f++) first[f] += first[f - 1];
  for (uint32_t i = 0; i < dag->outputs.len; i++) linker->maker[first[dag->outputs.data[i].file + 1]++] = i;
}

static void add_input(Linker *linker, uint32_t job, const DagUse *use, uint32_t output) {
  Dag *dag = linker->dag;
  vec_push(&dag->inputs, (DagInput){use->file, output, use->role});
  if (output == NODE_NONE) return;
  dag->outputs.data[output].used = true;
  vec_push(&linker->edges, (DagEdge){job, dag->outputs.data[output].job, use->span});
}

/* Those makers of a file that come before the job; where parents are among them, they alone. */
static uint32_t add_makers(Linker *linker, uint32_t job, const DagUse *use, bool only_parents) {
  const Dag *dag = linker->dag;
  Parents *said = &linker->said;
  uint32_t found = 0;
  for (uint32_t i = linker->first_maker[use->file]; i < linker->first_maker[use->file + 1]; i++) {
    uint32_t output = linker->maker[i], maker = dag->outputs.data[output].job;
    if (maker == job) continue;
    bool before = !linker->ordered || (only_parents ? linker->parent_mark[maker] == job + 1
                                                    : said->level[maker] < said->level[job] &&
                                                          parents_reach(said, maker, job, false));
    if (before) add_input(linker, job, use, output), found++;
  }
  return found;
}

static void warn_of_order(Linker *linker, uint32_t job, const DagUse *use) {
  Dag *dag = linker->dag;
  const DagJob *maker = NULL;
  for (uint32_t i = linker->first_maker[use->file]; i < linker->first_maker[use->file + 1]; i++) {
    uint32_t other = dag->outputs.data[linker->maker[i]].job;
    if (other != job && !maker) maker = &dag->jobs.data[other];
  }
  Sym name = dag->files.data[use->file].name;
  if (!maker || map_get(&dag->told, name)) return;
  map_put(&dag->told, name, 1);
  Diag *told = diag(dag->session->diags, DIAG_FILE_ORDER, use->span,
                    "`%s` is written by `%s`, which does not come before `%s`", name_of(dag->session, name),
                    name_of(dag->session, maker->id), name_of(dag->session, dag->jobs.data[job].id));
  diag_help(dag->session->diags, told, "it is taken for an input of the workflow");
}

static void resolve(Linker *linker, uint32_t job, const DagUse *use) {
  uint32_t from = linker->first_maker[use->file], to = linker->first_maker[use->file + 1];
  uint32_t found = from < to ? add_makers(linker, job, use, true) : 0;
  if (!found && linker->ordered && from < to) found = add_makers(linker, job, use, false);
  if (found) return;
  if (from < to) warn_of_order(linker, job, use);
  add_input(linker, job, use, NODE_NONE);
}

static void take_inputs(Linker *linker) {
  Dag *dag = linker->dag;
  const Parents *said = &linker->said;
  memset(linker->mark, 0, (dag->files.len + 1) * sizeof *linker->mark);
  for (uint32_t j = 0; j < dag->jobs.len; j++) {
    DagRange uses = dag->jobs.data[j].uses;
    vec_push(&dag->first_input, dag->inputs.len);
    for (uint32_t i = said->first[j]; i < said->first[j + 1]; i++) linker->parent_mark[said->to[i]] = j + 1;
    for (uint32_t i = 0; i < uses.count; i++) {
      const DagUse *use = &dag->uses.data[uses.first + i];
      if (use_is_output((UseRole)use->role)) continue;
      if (is_new(linker, j, use, dag->inputs.len))
        resolve(linker, j, use);
      else if (use->role != USE_IN)
        dag->inputs.data[linker->place[use->file]].role = use->role;
    }
  }
  vec_push(&dag->first_input, dag->inputs.len);
}

/* ---- what comes before although no file says so ---- */

/* An edge that a path implies says nothing (law 71). */
static void take_after(Linker *linker, Parents *all) {
  Dag *dag = linker->dag;
  const Parents *said = &linker->said;
  for (uint32_t j = 0; j < dag->jobs.len; j++) {
    vec_push(&dag->first_after, dag->after.len);
    for (uint32_t i = dag->first_input.data[j]; i < dag->first_input.data[j + 1]; i++)
      if (dag->inputs.data[i].output != NODE_NONE)
        linker->parent_mark[dag->outputs.data[dag->inputs.data[i].output].job] = j + 1;
    for (uint32_t i = said->first[j]; i < said->first[j + 1]; i++) {
      uint32_t parent = said->to[i];
      if (linker->parent_mark[parent] == j + 1) continue;
      bool implied = all->level[parent] + 1 < all->level[j] && all->work < MOST_WORK &&
                     parents_reach(all, parent, j, true);
      if (!implied) vec_push(&dag->after, parent);
    }
  }
  vec_push(&dag->first_after, dag->after.len);
  dag->exhausted |= all->work >= MOST_WORK;
}

/* ---- the whole ---- */

static bool link_files(Linker *linker) {
  Dag *dag = linker->dag;
  uint32_t files = dag->files.len + 1, jobs = dag->jobs.len + 1;
  linker->mark = mem_zero(files * sizeof(uint32_t));
  linker->place = mem_alloc(files * sizeof(uint32_t));
  linker->parent_mark = mem_zero(jobs * sizeof(uint32_t));
  take_outputs(linker);
  find_makers(linker);
  take_inputs(linker);
  Parents all = parents_of(dag->jobs.len, &linker->edges);
  bool fine = parents_order(dag, &all, dag->order.data);
  memset(linker->parent_mark, 0, jobs * sizeof(uint32_t));
  if (fine) take_after(linker, &all);
  parents_free(&all);
  return fine;
}

/* Each job that something is told of is there, and is called something. */
static bool check_jobs(Dag *dag) {
  for (uint32_t j = 0; j < dag->jobs.len; j++) {
    DagJob *job = &dag->jobs.data[j];
    if (!job->name) job->name = job->id;
    if (job->declared) continue;
    diag(dag->session->diags, DIAG_JOB_UNKNOWN, job->span, "there is no job `%s`",
         name_of(dag->session, job->id));
  }
  return !diags_errors(dag->session->diags);
}

bool dag_finish(Dag *dag) {
  Linker linker = {.dag = dag};
  if (diags_errors(dag->session->diags) || !check_jobs(dag)) return false;
  take_links(&linker);
  linker.ordered = linker.edges.len > 0;
  for (uint32_t j = 0; j <= dag->jobs.len; j++) vec_push(&dag->order, 0);
  dag->order.len = dag->jobs.len;
  linker.said = parents_of(dag->jobs.len, &linker.edges);
  bool fine = parents_order(dag, &linker.said, dag->order.data) && !diags_errors(dag->session->diags) &&
              link_files(&linker);
  if (fine) dag_words(dag);
  parents_free(&linker.said);
  vec_free(&linker.edges);
  free(linker.first_maker);
  free(linker.maker);
  free(linker.mark);
  free(linker.place);
  free(linker.parent_mark);
  return fine;
}
