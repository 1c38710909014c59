/* roll_reads.c: what the jobs of a class read of each class of files. */
#include "import/rolling.h"

static uint32_t class_of_file(const Writer *writer, uint32_t vertex) {
  const DagClasses *classes = &writer->order.classes;
  uint32_t outputs = writer->dag->outputs.len;
  return vertex < outputs ? classes->output[vertex] : classes->outside[vertex - outputs];
}

static int by_number(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static void end_job(Writer *writer) {
  uint32_t from = vec_last(&writer->first), len = writer->numbers.len - from;
  if (len > 1) qsort(writer->numbers.data + from, len, sizeof(uint32_t), by_number);
  vec_push(&writer->first, writer->numbers.len);
}

static void begin_reads(Writer *writer) {
  writer->first.len = writer->numbers.len = 0;
  vec_push(&writer->first, 0);
}

static void gather_files(Writer *writer, uint32_t class, uint32_t file_class) {
  const Dag *dag = writer->dag;
  begin_reads(writer);
  for (uint32_t p = 0; p < job_class(writer, class)->count; p++) {
    uint32_t job = member(writer, class, p);
    for (uint32_t i = dag->first_input.data[job]; i < dag->first_input.data[job + 1]; i++) {
      uint32_t vertex = dag_vertex(dag, &dag->inputs.data[i]);
      if (class_of_file(writer, vertex) == file_class)
        vec_push(&writer->numbers, writer->order.file_at[vertex]);
    }
    end_job(writer);
  }
}

static void gather_after(Writer *writer, uint32_t class, uint32_t other) {
  const Dag *dag = writer->dag;
  begin_reads(writer);
  for (uint32_t p = 0; p < job_class(writer, class)->count; p++) {
    uint32_t job = member(writer, class, p);
    for (uint32_t i = dag->first_after.data[job]; i < dag->first_after.data[job + 1]; i++)
      if (writer->order.classes.job[dag->after.data[i]] == other)
        vec_push(&writer->numbers, writer->order.job_at[dag->after.data[i]]);
    end_job(writer);
  }
}

static Fit fit_reads(Writer *writer, uint32_t length) {
  writer->count.reads++;
  return roll_fit(writer->first.len - 1, writer->first.data, writer->numbers.data, length);
}

/* The classes that the first job of a class reads of: those of all its jobs. In order, each once. */
static uint32_t sources_of(const Writer *writer, uint32_t class, bool after, uint32_t **found) {
  const Dag *dag = writer->dag;
  uint32_t job = member(writer, class, 0), kept = 0, len = 0;
  const uint32_t *first = after ? dag->first_after.data : dag->first_input.data;
  uint32_t *list = *found = mem_alloc((first[job + 1] - first[job] + 1) * sizeof *list);
  for (uint32_t i = first[job]; i < first[job + 1]; i++)
    list[len++] = after ? writer->order.classes.job[dag->after.data[i]]
                        : class_of_file(writer, dag_vertex(dag, &dag->inputs.data[i]));
  if (len > 1) qsort(list, len, sizeof *list, by_number);
  for (uint32_t k = 0; k < len; k++)
    if (!k || list[k] != list[k - 1]) list[kept++] = list[k];
  return kept;
}

/* Of files from outside nobody else says how many there are. */
static void put_outside(const char *array, uint32_t length, Text *into) {
  text_addf(into, "(for k in range(%u) { %s[k] })", length, array);
}

/* `[a[i], b] + c`: single files in brackets, then arrays. */
void roll_put_files(Writer *writer, uint32_t class, Text *into) {
  uint32_t *sources, count = sources_of(writer, class, false, &sources);
  Text singles = {0}, arrays = {0};
  for (uint32_t s = 0; s < count; s++) {
    const FileName *name = &writer->files[sources[s]];
    Text one = {0};
    bool single;
    gather_files(writer, class, sources[s]);
    Fit fit = fit_reads(writer, writer->order.file_class[sources[s]].count);
    const RollClass *class_read = &writer->order.file_class[sources[s]];
    bool outside = writer->order.files[class_read->first] >= writer->dag->outputs.len;
    if (outside && !name->one && fit.kind == FIT_ALL)
      single = false, put_outside(text_of(writer, name->name), class_read->count, &one);
    else
      roll_put_fit(writer, text_of(writer, name->name), &fit, name->one, &single, &one);
    Text *to = single ? &singles : &arrays;
    text_addf(to, to->len ? single ? ", %s" : " + %s" : "%s", one.data);
    vec_free(&fit.sizes);
    text_free(&one);
  }
  if (singles.len || !arrays.len) text_addf(into, "[%s]", singles.len ? singles.data : "");
  if (arrays.len) text_addf(into, singles.len ? " + %s" : "%s", arrays.data);
  text_free(&singles);
  text_free(&arrays);
  free(sources);
}

void roll_put_after(Writer *writer, uint32_t class, Text *into) {
  uint32_t *sources, count = sources_of(writer, class, true, &sources);
  for (uint32_t s = 0; s < count; s++) {
    const Step *step = &writer->steps[sources[s]];
    bool single;
    gather_after(writer, class, sources[s]);
    Fit fit = fit_reads(writer, job_class(writer, sources[s])->count);
    text_puts(into, s ? ", " : " after ");
    roll_put_fit(writer, text_of(writer, step->name), &fit, job_class(writer, sources[s])->count == 1,
                 &single, into);
    vec_free(&fit.sizes);
  }
  free(sources);
}
