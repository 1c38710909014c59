/* roll_made.c: what the jobs of a class make, class by class of files. */
#include "import/rolling.h"

void roll_gather_made(Writer *writer, uint32_t class, uint32_t file_class, bool *even) {
  const Dag *dag = writer->dag;
  writer->numbers.len = 0;
  *even = true;
  for (uint32_t p = 0; p < job_class(writer, class)->count; p++) {
    uint32_t job = member(writer, class, p), made = 0;
    for (uint32_t i = dag->first_output.data[job]; i < dag->first_output.data[job + 1]; i++)
      made += file_class == NODE_NONE || writer->order.classes.output[i] == file_class;
    vec_push(&writer->numbers, made);
    *even &= made == writer->numbers.data[0];
  }
}

/* A part of what a class of several outputs makes: from `offset` on; `starts` where that differs from job to job. */
static void put_part(Writer *writer, uint32_t class, uint32_t file_class, uint32_t offset,
                     const uint32_t *starts) {
  const Step *step = &writer->steps[class];
  const char *from = text_of(writer, step->name);
  uint32_t jobs = job_class(writer, class)->count;
  bool even, one = writer->order.file_class[file_class].count == 1;
  roll_gather_made(writer, class, file_class, &even);
  uint32_t made = writer->numbers.data[0];
  Text text = {0};
  if (!even || starts) {
    const char *sizes = roll_table(writer, "sizes", writer->numbers.data, jobs);
    text_addf(&text, "flatten(for i in range(%u) { for k in range(%s[i]) { %s[i][", jobs, sizes, from);
    if (starts)
      text_addf(&text, "%s[i] + k] } })", roll_table(writer, "starts", starts, jobs));
    else
      text_addf(&text, offset ? "%u + k] } })" : "k] } })", offset);
  } else if (jobs == 1 && made == 1)
    text_addf(&text, "%s[%u]", from, offset);
  else if (jobs == 1)
    text_addf(&text, "for k in range(%u) { %s[%u + k] }", made, from, offset);
  else if (made == 1)
    text_addf(&text, "for x in %s { x[%u] }", from, offset);
  else
    text_addf(&text, "flatten(for x in %s { for k in range(%u) { x[%u + k] } })", from, made, offset);
  Sym name = new_name(writer, arena_format(writer->dag->session->arena, "%s_files", from));
  text_addf(writer->out, "  %s = %s\n", text_of(writer, name), text.data);
  name_file(writer, file_class, name, one);
  text_free(&text);
}

static int by_number(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* The classes of files that a class of jobs makes, each once. */
static uint32_t parts_of(const Writer *writer, uint32_t class, uint32_t **found) {
  uint32_t job = member(writer, class, 0), len = 0, kept = 0;
  uint32_t *list = *found = mem_alloc((made_by(writer->dag, job) + 1) * sizeof *list);
  for (uint32_t i = writer->dag->first_output.data[job]; i < writer->dag->first_output.data[job + 1]; i++)
    list[len++] = writer->order.classes.output[i];
  if (len > 1) qsort(list, len, sizeof *list, by_number);
  for (uint32_t k = 0; k < len; k++)
    if (!k || list[k] != list[k - 1]) list[kept++] = list[k];
  return kept;
}

void roll_put_parts(Writer *writer, uint32_t class) {
  const Step *step = &writer->steps[class];
  uint32_t *parts, count = parts_of(writer, class, &parts), jobs = job_class(writer, class)->count,
                   offset = 0;
  uint32_t *starts = mem_zero((jobs + 1) * sizeof *starts);
  bool uneven = false, even;
  if (count == 1 && (!step->many || jobs == 1)) {
    name_file(writer, parts[0], step->name, !step->many && jobs == 1);
  } else if (count == 1) {
    Sym name = new_name(writer,
                        arena_format(writer->dag->session->arena, "%s_files", text_of(writer, step->name)));
    text_addf(writer->out, "  %s = flatten(%s)\n", text_of(writer, name), text_of(writer, step->name));
    name_file(writer, parts[0], name, false);
  } else {
    for (uint32_t k = 0; k < count; k++) {
      put_part(writer, class, parts[k], offset, uneven ? starts : NULL);
      roll_gather_made(writer, class, parts[k], &even);
      for (uint32_t p = 0; p < jobs; p++) starts[p] += writer->numbers.data[p];
      offset += writer->numbers.data[0];
      uneven |= !even;
    }
  }
  free(starts);
  free(parts);
}
