/* slurm_site.c: what the source says of the cluster. */
#include "emit/slurm.h"

#include <string.h>

static const Expr *find(const Slurm *slurm, const char *name) {
  const Decl *site = slurm->options->site;
  for (uint32_t i = 0; site && i < site->attr_count; i++)
    if (!strcmp(name_of(slurm->graph->session, site->attrs[i].name), name)) return site->attrs[i].value;
  return NULL;
}

/* Names of partitions and accounts; nothing else may come into a script. */
static bool is_word(const char *text) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,:+-";
  return *text && *text != '-' && strspn(text, plain) == strlen(text);
}

const char *slurm_site_word(const Slurm *slurm, const char *name) {
  const Expr *value = find(slurm, name);
  if (!value || value->kind != EXPR_STRING || value->string.count != 1 || value->string.parts[0].expr)
    return NULL;
  const char *text = name_of(slurm->graph->session, value->string.parts[0].text);
  return is_word(text) ? text : NULL;
}

double slurm_site_number(const Slurm *slurm, const char *name) {
  const Expr *value = find(slurm, name);
  int8_t unit[UNIT_COUNT];
  double factor = 1;
  if (!value) return 0;
  if (value->kind == EXPR_INT) return (double)value->integer;
  if (value->kind != EXPR_FLOAT && value->kind != EXPR_QUANTITY) return 0;
  if (value->kind == EXPR_QUANTITY) {
    const char *text = name_of(slurm->graph->session, value->quantity.unit);
    if (!unit_find(text, strlen(text), unit, &factor)) return 0;
  }
  return value->quantity.number * factor;
}
