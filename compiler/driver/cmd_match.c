/* cmd_match.c: where a pattern occurs. */
#include "canonical.h"
#include "front/parse.h"
#include "ir/lower.h"
#include "match_report.h"

#include <string.h>

typedef struct Search {
  const Options *options;
  const char *pattern;
  bool is_file, json;
  uint32_t searched, found;
  char *trouble; /* what the pattern's first errors were, where it had some; on malloc */
  size_t trouble_len;
  Text report;
  Status worst;
} Search;

static bool names_file(const char *pattern) {
  size_t len = strlen(pattern);
  return len > 3 && !strcmp(pattern + len - 3, ".wf");
}

static Source *pattern_source(const Search *search, Session *session) {
  if (search->is_file) return driver_read(session, search->pattern);
  return sources_add(session->sources, "pattern", search->pattern, strlen(search->pattern));
}

/* The pattern's graph as lowered; *own gets the program that it is of, if that is one of its own. */
static Graph *lower_pattern(const Search *search, Canonical *canonical, Program **own) {
  Session *session = canonical->session;
  Source *source = pattern_source(search, session);
  if (!source) return NULL;
  if (!search->is_file) {
    Decl *decl = check_pattern(canonical->program, source);
    return decl ? lower_flow(canonical->program, decl) : NULL;
  }
  *own = check_pattern_file(canonical->program, source, driver_library(session));
  Decl *decl = diags_errors(session->diags) ? NULL : program_pattern(*own);
  return decl ? lower_flow(*own, decl) : NULL;
}

/* A pattern that means nothing in one file may mean something in others: only if it does nowhere is it told why. */
static void note_trouble(Search *search, const Session *session) {
  if (search->trouble) return;
  FILE *out = open_memstream(&search->trouble, &search->trouble_len);
  if (!out) return;
  diags_print(session->diags, out, DIAG_TEXT, driver_color(search->options));
  fclose(out);
}

static void report(Search *search, const Graph *target, const Matches *matches, const char *path) {
  if (search->json)
    match_json(target, matches, path, !search->found, &search->report);
  else
    match_text(target, matches, path, &search->report);
  search->found += matches->all.len;
  if (matches->exhausted)
    complain(STATUS_OK, "%s: the search was given up after many steps: there may be more occurrences", path);
}

static void search_graph(Search *search, Canonical *canonical, Graph *lowered, const char *path) {
  Graph *pattern = normal_form(lowered);
  Matches matches = {0};
  Session *session = canonical->session;
  if (!match_is_pattern(pattern)) {
    diag(session->diags, DIAG_PATTERN, pattern->span, "this pattern is made of holes alone");
    note_trouble(search, session);
  } else {
    search->searched++;
    match_find(pattern, canonical->normal, &matches);
    match_keep_instances(canonical->normal, &matches);
    report(search, canonical->normal, &matches, path);
  }
  matches_free(&matches);
  graph_free(pattern);
}

static void search_file(Search *search, const char *path) {
  Canonical canonical;
  Program *own = NULL;
  if (canonical_open(&canonical, search->options, path) &&
      (canonical.program || canonical_as_source(&canonical, search->options, path))) {
    Graph *lowered = lower_pattern(search, &canonical, &own);
    if (lowered)
      search_graph(search, &canonical, lowered, path);
    else
      note_trouble(search, canonical.session);
    graph_free(lowered);
    if (own) program_free(own);
  } else {
    search->worst = STATUS_USAGE;
  }
  canonical_close(&canonical);
}

/* Errors of the grammar do not depend on the files. */
static bool can_be_parsed(const Search *search, Session *session) {
  if (search->is_file) return true;
  Source *source = pattern_source(search, session);
  if (source) parse_pattern(session, source);
  return driver_report(session, search->options);
}

int cmd_match(Session *session, const Options *options) {
  const char *format = option_value(options, "format");
  Search search = {.options = options,
                   .pattern = options->operands[0],
                   .is_file = names_file(options->operands[0]),
                   .json = format && !strcmp(format, "json")};
  if (!can_be_parsed(&search, session)) return STATUS_USAGE;
  if (search.json) text_puts(&search.report, "{\"occurrences\": [");
  for (int i = 1; i < options->operand_count; i++) search_file(&search, options->operands[i]);
  if (search.json) text_puts(&search.report, "]}\n");
  if (!search.searched && search.trouble) {
    fputs(search.trouble, stderr);
    search.worst = STATUS_USAGE;
  }
  free(search.trouble);
  int status = search.report.len ? output_text(&search.report) : STATUS_OK;
  if (search.worst != STATUS_OK) return search.worst;
  return status != STATUS_OK ? status : search.found ? STATUS_OK : STATUS_FAILED;
}
