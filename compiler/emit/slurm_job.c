/* slurm_job.c: scripts for sbatch.  What a person may change stands in them; what only the run tells is added by
 * submit.sh on sbatch's command line (runtime/slurm_submit.c), as are resources that differ from call to call. */
#include "emit/slurm.h"

#include "ir/expr.h"

#include <math.h>
#include <string.h>

/* ---- attributes that are known ---- */

static bool literal(const Graph *graph, Node node, double *value) {
  while (graph_op(graph, node) == OP_CAST) node = graph_arg(graph, node, 0);
  if (graph_op(graph, node) != OP_LIT) return false;
  const Literal *of = graph_literal(graph, node);
  *value = of->kind == LIT_FLOAT ? of->number : (double)of->integer;
  return of->kind == LIT_FLOAT || of->kind == LIT_INT;
}

bool slurm_static(const Graph *graph, const Task *task, AttrKind attr, double *value, double *sd) {
  Node node = task->attrs[attr];
  if (node == NODE_NONE) return false;
  while (graph_op(graph, node) == OP_CAST) node = graph_arg(graph, node, 0);
  if (sd) *sd = 0;
  if (sd && graph_op(graph, node) == OP_UNCERTAIN_)
    return literal(graph, graph_arg(graph, node, 0), value) && literal(graph, graph_arg(graph, node, 1), sd);
  return literal(graph, node, value);
}

static void put(Text *into, const char *option, double value, const char *unit) {
  if (value > 0 && value < 1e15)
    text_addf(into, "#SBATCH --%s=%lld%s\n", option, (long long)ceil(value - 1e-9), unit);
}

static void put_attr(const Slurm *slurm, const Task *task, AttrKind attr, const char *option, double scale,
                     const char *unit, Text *into) {
  double value;
  if (slurm_static(slurm->graph, task, attr, &value, NULL)) put(into, option, value / scale, unit);
}

/* CPUs of each process where there are many. */
static void put_cpus(const Slurm *slurm, const Task *task, Text *into) {
  double cpus, ranks;
  if (!slurm_static(slurm->graph, task, ATTR_CPUS, &cpus, NULL)) return;
  if (task->attrs[ATTR_RANKS] == NODE_NONE)
    ranks = 1;
  else if (!slurm_static(slurm->graph, task, ATTR_RANKS, &ranks, NULL) || ranks < 1)
    return;
  put(into, "cpus-per-task", cpus / ranks, "");
}

/* The mean and two standard deviations, in minutes, for each try. */
static void put_time(const Slurm *slurm, const Task *task, Text *into) {
  const Graph *graph = slurm->graph;
  double mean, sd, tries = 0;
  if (task->attrs[ATTR_RETRIES] != NODE_NONE && !slurm_static(graph, task, ATTR_RETRIES, &tries, NULL))
    return;
  if (slurm_static(graph, task, ATTR_TIME, &mean, &sd))
    put(into, "time", ceil((mean + 2 * sd) * (tries + 1) / 60 - 1e-9), "");
  else if (task->attrs[ATTR_TIME] != NODE_NONE)
    return;
  else if (slurm_static(graph, task, ATTR_TIMEOUT, &mean, NULL))
    put(into, "time", ceil(mean * (tries + 1) / 60 - 1e-9), "");
  else if (task->attrs[ATTR_TIMEOUT] == NODE_NONE)
    put(into, "time", floor(slurm_site_number(slurm, "time") / 60), "");
}

static void put_resources(const Slurm *slurm, const Task *task, Text *into) {
  put_cpus(slurm, task, into);
  put_attr(slurm, task, ATTR_MEMORY, "mem", 1048576, "M", into);
  put_attr(slurm, task, ATTR_GPUS, "gpus", 1, "", into);
  put_attr(slurm, task, ATTR_DISK, "tmp", 1048576, "M", into);
  put_attr(slurm, task, ATTR_NODES, "nodes", 1, "", into);
  put_attr(slurm, task, ATTR_RANKS, "ntasks", 1, "", into);
  put_time(slurm, task, into);
}

/* ---- the command, for people ---- */

static void put_command(const Slurm *slurm, const Task *task, Text *into) {
  Text command = {0};
  for (uint32_t i = 0; i < task->piece_count; i++) {
    const Piece *piece = &task->pieces[i];
    if (piece->node == NODE_NONE) {
      text_puts(&command, name_of(slurm->graph->session, piece->text));
    } else if (graph_op(slurm->graph, piece->node) == OP_LIT &&
               graph_literal(slurm->graph, piece->node)->kind == LIT_STRING) {
      text_puts(&command, name_of(slurm->graph->session, graph_literal(slurm->graph, piece->node)->text));
    } else {
      text_puts(&command, "~{");
      expr_print(slurm->graph, piece->node, task, &command);
      text_puts(&command, "}");
    }
    if (task->direct && piece->ends_word && i + 1 < task->piece_count) text_putc(&command, ' ');
  }
  text_puts(into, "\n#\n#     ");
  for (size_t i = 0; i < command.len; i++) {
    unsigned char c = (unsigned char)command.data[i];
    if (c == '\n')
      text_puts(into, i + 1 < command.len ? "\n#     " : "");
    else
      text_putc(into, (c < 0x20 && c != '\t') || c == 0x7f ? '?' : (char)c);
  }
  text_puts(into, "\n#\n");
  text_free(&command);
}

/* ---- scripts ---- */

void slurm_site_lines(const Slurm *slurm, Text *into) {
  const char *queue = slurm_site_word(slurm, "queue"), *account = slurm_site_word(slurm, "account");
  if (queue) text_addf(into, "#SBATCH --partition=%s\n", queue);
  if (account) text_addf(into, "#SBATCH --account=%s\n", account);
}

void slurm_job(const Slurm *slurm, const Task *task, const char *class, Text *into) {
  text_addf(into, "#!/bin/sh\n# Task %s: each element of the array is one call of it.", class);
  put_command(slurm, task, into);
  text_puts(into, "# Lines for your site, such as --partition or --account, can be added and changed.\n");
  text_addf(into, "#SBATCH --job-name=%s\n", class);
  put_resources(slurm, task, into);
  slurm_site_lines(slurm, into);
  text_puts(into,
            "#SBATCH --requeue\n#SBATCH --kill-on-invalid-dep=yes\n\n"
            "exec \"$1\" --element \"$2\" \"$SLURM_ARRAY_TASK_ID\"\n");
}

void slurm_next(const Slurm *slurm, Text *into) {
  text_puts(into,
            "#!/bin/sh\n# When the jobs before it have ended: submits what can run then, or publishes the "
            "results.\n");
  text_addf(into, "#SBATCH --job-name=%s-go-on\n#SBATCH --cpus-per-task=1\n",
            name_of(slurm->graph->session, slurm->graph->name));
  slurm_site_lines(slurm, into);
  text_puts(into,
            "#SBATCH --requeue\n#SBATCH --kill-on-invalid-dep=yes\n\nexec \"$1\" --slurm next \"$2\"\n");
}

/* As much of a node as the site says that there is; all of one where it says nothing. */
void slurm_pilot(const Slurm *slurm, Text *into) {
  double cpus = slurm_site_number(slurm, "cpus"), memory = slurm_site_number(slurm, "memory");
  text_puts(into, "#!/bin/sh\n# The whole workflow as one job, for small tasks: --strategy pilot.\n");
  text_addf(into, "#SBATCH --job-name=%s\n#SBATCH --nodes=1\n#SBATCH --ntasks-per-node=1\n",
            name_of(slurm->graph->session, slurm->graph->name));
  if (cpus >= 1)
    put(into, "cpus-per-task", floor(cpus), "");
  else
    text_puts(into, "#SBATCH --exclusive\n");
  put(into, "mem", floor(memory / 1048576), "M");
  put(into, "time", floor(slurm_site_number(slurm, "time") / 60), "");
  slurm_site_lines(slurm, into);
  text_puts(into, "#SBATCH --requeue\n\nexec \"$1\" --slurm pilot \"$2\"\n");
}
