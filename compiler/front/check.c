#include "front/checker.h"
#include "front/parse.h"
#include "front/walk.h"

#include <string.h>
#include <unistd.h>

/* ---- modules ---- */

static void module_decls(Checker *checker, Module *module) {
  for (uint32_t i = 0; i < module->decl_count; i++) {
    Decl *decl = module->decls[i];
    uint64_t key = ((uint64_t)module->id << 32) | decl->name;
    uint32_t before = map_get(&checker->decls, key);
    decl->module = module;
    decl->broken = module->broken && diags_touch(checker->session->diags, decl->span);
    decl->id = checker->all.len;
    vec_push(&checker->all, decl);
    if (!before) {
      map_put(&checker->decls, key, decl->id + 1);
      continue;
    }
    Diags *diags = checker->session->diags;
    Diag *told = diag(diags, DIAG_DUPLICATE, decl->name_span, "`%s` is declared twice",
                      name_of(checker->session, decl->name));
    diag_note(diags, told, checker->all.data[before - 1]->name_span, "declared here first");
  }
}

/* The parts of an import's path with `separator` between. */
static const char *import_text(Checker *checker, const Import *import, const char *separator) {
  Text text = {0};
  for (uint32_t i = 0; i < import->count; i++)
    text_addf(&text, "%s%s", i ? separator : "", name_of(checker->session, import->path[i]));
  return text_keep(&text, checker->session->arena);
}

/* a/b.wf beside the importing file, else in the library, where std.x is x.wf. */
static const char *module_path(Checker *checker, const Import *import, const Module *from) {
  Arena *arena = checker->session->arena;
  const char *below = import_text(checker, import, "/");
  const char *slash = strrchr(from->path, '/');
  const char *path = arena_format(arena, "%.*s%s.wf", slash ? (int)(slash - from->path + 1) : 0, from->path,
                                  below);
  if (!access(path, F_OK) || !checker->library) return path;
  bool std = !strncmp(below, "std/", 4);
  const char *library = arena_format(arena, "%s/%s.wf", checker->library, below + (std ? 4 : 0));
  return access(library, F_OK) ? path : library;
}

static void load_imports(Checker *checker, Module *module);

static Module *load_module(Checker *checker, Import *import, const Module *from) {
  Session *session = checker->session;
  const char *path = module_path(checker, import, from), *name = import_text(checker, import, ".");
  for (uint32_t i = 0; i < checker->loaded.len; i++) {
    Module *loaded = checker->loaded.data[i];
    if (strcmp(loaded->path, path)) continue;
    if (loaded->state != 1) return loaded;
    Diag *told = diag(session->diags, DIAG_IMPORT_CYCLE, import->span, "`%s` imports itself, through this",
                      name);
    diag_help(session->diags, told, "move what both need into a third module");
    return NULL;
  }
  const char *reason = NULL;
  Source *source = sources_read(session->sources, path, &reason);
  if (!source) {
    Diag *told = diag(session->diags, DIAG_IMPORT_MISSING, import->span, "no module `%s`", name);
    diag_help(session->diags, told, "%s: %s", path, reason);
    return NULL;
  }
  Module *module = parse_module(session, source);
  module->name = intern(session->names, name, strlen(name));
  vec_push(&checker->loaded, module);
  load_imports(checker, module);
  return module;
}

static void load_imports(Checker *checker, Module *module) {
  module->state = 1;
  for (uint32_t i = 0; i < module->import_count; i++)
    module->imports[i].module = load_module(checker, &module->imports[i], module);
  module->state = 2;
  vec_push(&checker->program->modules, module);
  module->id = checker->program->modules.len;
  module_decls(checker, module);
}

/* The names after an import in parentheses. */
static void check_imports(Checker *checker, const Module *module) {
  for (uint32_t i = 0; i < module->import_count; i++) {
    const Import *import = &module->imports[i];
    for (uint32_t k = 0; import->module && !import->module->broken && k < import->only_count; k++) {
      if (scope_decl(checker, import->module, import->only[k])) continue;
      Suggestion nearest = {.name = name_of(checker->session, import->only[k])};
      for (uint32_t d = 0; d < import->module->decl_count; d++)
        suggest(&nearest, name_of(checker->session, import->module->decls[d]->name));
      Diag *told = diag(checker->session->diags, DIAG_UNKNOWN_MEMBER, import->only_spans[k],
                        "module `%s` has no `%s`", name_of(checker->session, import->module->name),
                        nearest.name);
      if (nearest.best) diag_help(checker->session->diags, told, "did you mean `%s`?", nearest.best);
    }
  }
}

/* ---- what calls what ---- */

/* Walk of the call graph, on a stack of its own: finds cycles, and passes volatility up. */
typedef struct Walk {
  Checker *checker;
  uint32_t *first; /* of each declaration's edges, sorted */
  uint8_t *state;  /* 1: on the path, 2: done */
  VEC(uint32_t) path;
  VEC(uint32_t) next; /* edge to follow next, along the path */
} Walk;

static void tell_recursion(Walk *walk, const Edge *edge) {
  Session *session = walk->checker->session;
  Text chain = {0};
  uint32_t from = 0;
  while (walk->path.data[from] != edge->to->id) from++;
  for (uint32_t i = from; i < walk->path.len && i < from + 8; i++)
    text_addf(&chain, "`%s` calls ", name_of(session, walk->checker->all.data[walk->path.data[i]]->name));
  if (walk->path.len > from + 8) text_puts(&chain, "... ");
  Diag *told = diag(session->diags, DIAG_RECURSION, edge->span, "`%s` calls itself",
                    name_of(session, edge->to->name));
  diag_help(session->diags, told, "%s`%s`; repetition is written `for`, `fold` or `loop`", chain.data,
            name_of(session, edge->to->name));
  text_free(&chain);
}

static void walk_from(Walk *walk, uint32_t root) {
  const Edge *edges = walk->checker->edges.data;
  if (walk->state[root]) return;
  walk->state[root] = 1;
  vec_push(&walk->path, root);
  vec_push(&walk->next, walk->first[root]);
  while (walk->path.len) {
    uint32_t at = vec_last(&walk->path), edge = vec_last(&walk->next)++;
    Decl *decl = walk->checker->all.data[at];
    if (edge == walk->first[at + 1]) {
      walk->state[at] = 2;
      (void)vec_pop(&walk->path);
      (void)vec_pop(&walk->next);
      if (walk->path.len) walk->checker->all.data[vec_last(&walk->path)]->is_volatile |= decl->is_volatile;
      continue;
    }
    uint32_t to = edges[edge].to->id;
    if (walk->state[to] == 1) tell_recursion(walk, &edges[edge]);
    if (walk->state[to] == 2) decl->is_volatile |= edges[edge].to->is_volatile;
    if (walk->state[to]) continue;
    walk->state[to] = 1;
    vec_push(&walk->path, to);
    vec_push(&walk->next, walk->first[to]);
  }
}

/* Edges in the order of the declarations that they come from (a counting sort). */
static void sort_edges(Walk *walk) {
  Checker *checker = walk->checker;
  uint32_t decls = checker->all.len, count = checker->edges.len;
  walk->first = ARENA_ARRAY(checker->session->arena, uint32_t, decls + 2);
  uint32_t *next = walk->first + 1; /* ends up one place on, as the counting sort goes */
  for (uint32_t i = 0; i < count; i++)
    if (checker->edges.data[i].from->id + 1 < decls) next[checker->edges.data[i].from->id + 1]++;
  for (uint32_t i = 1; i < decls; i++) next[i] += next[i - 1];
  Edge *sorted = mem_alloc(count * sizeof *sorted);
  for (uint32_t i = 0; i < count; i++)
    sorted[next[checker->edges.data[i].from->id]++] = checker->edges.data[i];
  if (count) memcpy(checker->edges.data, sorted, count * sizeof *sorted);
  free(sorted);
}

static void check_calls(Checker *checker) {
  Walk walk = {.checker = checker};
  sort_edges(&walk);
  walk.state = ARENA_ARRAY(checker->session->arena, uint8_t, checker->all.len + 1);
  for (uint32_t i = 0; i < checker->all.len; i++) walk_from(&walk, i);
  vec_free(&walk.path);
  vec_free(&walk.next);
}

/* ---- unused results ---- */

static void find_volatile(Expr *expr, void *found) {
  bool *is_volatile = found;
  *is_volatile |= expr->kind == EXPR_ASK;
  *is_volatile |= expr->kind == EXPR_NAME && expr->ref == REF_DECL && expr->name.decl->is_volatile;
  if (!*is_volatile) expr_parts(expr, find_volatile, found);
}

/* Whether evaluating it does something that cannot be left out. Depth is bounded by the parser. */
static bool expr_is_volatile(Expr *expr) {
  bool found = false;
  find_volatile(expr, &found);
  return found;
}

static void tell_unused(Checker *checker) {
  Session *session = checker->session;
  for (uint32_t i = 0; i < checker->unused.len; i++) {
    const Stmt *stmt = checker->unused.data[i].stmt;
    if (checker->unused.data[i].in->broken) continue; /* its use may be in what is broken */
    if ((stmt->target && stmt->target->uses) || expr_is_volatile(stmt->value)) continue;
    if (!stmt->target)
      diag(session->diags, DIAG_UNUSED, stmt->span, "the result is not used, so this does not run");
    else
      diag(session->diags, DIAG_UNUSED, stmt->target->span, "`%s` is never used, so this step does not run",
           name_of(session, stmt->target->name));
  }
}

/* ---- the whole ---- */

static void check_all(Checker *checker) {
  for (uint32_t i = 0; i < checker->program->modules.len; i++) {
    checker->module = checker->program->modules.data[i];
    check_imports(checker, checker->module);
    for (uint32_t k = 0; k < checker->module->decl_count; k++) check_decl(checker, checker->module->decls[k]);
  }
  check_calls(checker);
  tell_unused(checker);
}

static void checker_free(Checker *checker) {
  map_free(&checker->decls);
  vec_free(&checker->all);
  vec_free(&checker->loaded);
  vec_free(&checker->visible);
  vec_free(&checker->undo);
  vec_free(&checker->stmt_of);
  vec_free(&checker->edges);
  vec_free(&checker->unused);
}

static void check_source(Checker *checker, Source *source) {
  Program *program = checker->program;
  program->main = parse_module(checker->session, source);
  vec_push(&checker->loaded, program->main);
  load_imports(checker, program->main);
  check_all(checker);
  checker_free(checker);
}

Program *check_program(Session *session, Source *source, const char *library) {
  Program *program = ARENA_NEW(session->arena, Program);
  *program = (Program){.session = session, .types = types_new(session->arena, session->names)};
  Checker checker = {.session = session, .types = program->types, .program = program, .library = library};
  check_source(&checker, source);
  return program;
}

Program *check_pattern_file(const Program *with, Source *source, const char *library) {
  Session *session = with->session;
  Program *program = ARENA_NEW(session->arena, Program);
  *program = (Program){.session = session, .types = with->types, .borrowed = true};
  Checker checker = {.session = session,
                     .types = program->types,
                     .program = program,
                     .library = library,
                     .in_pattern = true};
  check_source(&checker, source);
  return program;
}

/* A flow without a name, whose body it is. */
static Decl *pattern_decl(Checker *checker, Expr *expr, Source *source) {
  Decl *decl = ARENA_NEW(checker->session->arena, Decl);
  Span all = {source->base, source->base + source->size};
  *decl = (Decl){.kind = DECL_FLOW, .span = all, .name_span = all, .body = expr, .has_holes = true};
  decl->name = intern(checker->session->names, "pattern", 7);
  decl->module = checker->program->main;
  decl->id = checker->all.len;
  vec_push(&checker->all, decl);
  return decl;
}

/* A value becomes a flow from nothing to it. */
static void check_pattern_value(Checker *checker, Decl *decl) {
  checker->decl = decl;
  TypeId type = check_expr(checker, decl->body, T_ERROR);
  decl->has_signature = true;
  decl->out_count = 1;
  decl->outs = ARENA_NEW(checker->session->arena, Param);
  *decl->outs = (Param){.name = intern(checker->session->names, "out", 3), .span = decl->span, .type = type};
}

Decl *check_pattern(Program *program, Source *source) {
  Session *session = program->session;
  uint32_t errors = diags_errors(session->diags);
  Checker checker = {.session = session, .types = program->types, .program = program, .in_pattern = true};
  Expr *expr = parse_pattern(session, source);
  if (!expr) return NULL;
  for (uint32_t i = 0; i < program->modules.len; i++) module_decls(&checker, program->modules.data[i]);
  Decl *decl = pattern_decl(&checker, expr, source);
  checker.module = program->main;
  if (is_arrow(&checker, expr))
    check_decl(&checker, decl);
  else
    check_pattern_value(&checker, decl);
  if (diags_errors(session->diags) == errors) check_holes(&checker, expr);
  check_calls(&checker);
  checker_free(&checker);
  return diags_errors(session->diags) == errors ? decl : NULL;
}

void program_free(Program *program) {
  if (!program->borrowed) types_free(program->types);
  vec_free(&program->modules);
}

static Decl *find_entry(Program *program, const char *name, uint32_t *candidates) {
  Session *session = program->session;
  Decl *only = NULL;
  Sym wanted = intern(session->names, name ? name : "main", strlen(name ? name : "main"));
  for (uint32_t i = 0; i < program->main->decl_count; i++) {
    Decl *decl = program->main->decls[i];
    if (decl->kind != DECL_FLOW) continue;
    if (decl->name == wanted) return *candidates = 1, decl;
    if (name || decl->called) continue;
    only = decl;
    ++*candidates;
  }
  return only;
}

static bool entry_can_start(Program *program, const Decl *entry) {
  bool arrows = false;
  for (uint32_t i = 0; i < entry->in_count; i++) arrows |= !type_is_data(program->types, entry->ins[i].type);
  if (!entry->generic_count && !arrows) return true;
  Diag *told = diag(program->session->diags, DIAG_ENTRY_TYPE, entry->name_span, "`%s` is a template",
                    name_of(program->session, entry->name));
  diag_help(program->session->diags, told, "start a flow that instantiates it, with `--flow NAME`");
  return false;
}

Decl *program_pattern(Program *program) {
  Decl *found = NULL, *only = NULL;
  uint32_t count = 0;
  Sym name = intern(program->session->names, "main", 4);
  for (uint32_t i = 0; i < program->main->decl_count; i++) {
    Decl *decl = program->main->decls[i];
    if (!decl->has_holes || decl->kind != DECL_FLOW) continue;
    only = decl;
    count++;
    if (decl->name == name) found = decl;
  }
  if (count == 1) found = only;
  Span nowhere = {program->main->source->base, program->main->source->base};
  if (!found)
    diag(program->session->diags, DIAG_NO_ENTRY, nowhere,
         count ? "several flows have holes; name the pattern `main`" : "no flow has a hole");
  return found && entry_can_start(program, found) ? found : NULL;
}

Decl *program_entry(Program *program, const char *name) {
  uint32_t candidates = 0;
  Decl *entry = find_entry(program, name, &candidates);
  if (candidates == 1 && entry) return entry_can_start(program, entry) ? entry : NULL;
  Span nowhere = {program->main->source->base, program->main->source->base};
  if (name)
    diag(program->session->diags, DIAG_NO_ENTRY, nowhere, "there is no flow `%s`", name);
  else if (candidates)
    diag(program->session->diags, DIAG_NO_ENTRY, nowhere, "%u flows could be the entry; name one with --flow",
         candidates);
  else
    diag(program->session->diags, DIAG_NO_ENTRY, nowhere, "there is no flow to start with");
  return NULL;
}
