#include "front/checker.h"

Binding *binding_new(Checker *checker, Sym name, Span span, TypeId type) {
  Binding *binding = ARENA_NEW(checker->session->arena, Binding);
  *binding = (Binding){.name = name, .span = span, .type = type};
  return binding;
}

Binding *scope_find(const Checker *checker, Sym name) {
  return name < checker->visible.len ? checker->visible.data[name] : NULL;
}

void scope_bind(Checker *checker, Binding *binding) {
  while (checker->visible.len <= binding->name) vec_push(&checker->visible, NULL);
  vec_push(&checker->undo, (Undo){binding->name, checker->visible.data[binding->name]});
  checker->visible.data[binding->name] = binding;
  binding->slot = checker->decl->slot_count++;
}

uint32_t scope_mark(const Checker *checker) { return checker->undo.len; }

void scope_leave(Checker *checker, uint32_t mark) {
  while (checker->undo.len > mark) {
    Undo undo = vec_pop(&checker->undo);
    checker->visible.data[undo.name] = undo.before;
  }
}

Module *scope_module(const Checker *checker, Sym alias) {
  const Module *module = checker->module;
  for (uint32_t i = 0; i < module->import_count; i++) {
    const Import *import = &module->imports[i];
    Sym name = import->as ? import->as : import->path[import->count - 1];
    if (name == alias) return import->module;
  }
  return NULL;
}

static Decl *find_in(const Checker *checker, const Module *module, Sym name) {
  uint32_t id = map_get(&checker->decls, ((uint64_t)module->id << 32) | name);
  return id ? checker->all.data[id - 1] : NULL;
}

Decl *scope_decl(Checker *checker, const Module *module, Sym name) {
  if (module) return find_in(checker, module, name);
  Decl *decl = find_in(checker, checker->module, name);
  for (uint32_t i = 0; !decl && i < checker->module->import_count; i++) {
    const Import *import = &checker->module->imports[i];
    for (uint32_t k = 0; import->module && k < import->only_count; k++)
      if (import->only[k] == name) decl = find_in(checker, import->module, name);
  }
  return decl;
}

void scope_unknown(Checker *checker, Span span, Sym name) {
  Session *session = checker->session;
  Suggestion nearest = {.name = name_of(session, name)};
  for (uint32_t i = 0; i < checker->undo.len; i++) {
    Sym known = checker->undo.data[i].name;
    if (checker->visible.data[known]) suggest(&nearest, name_of(session, known));
  }
  for (uint32_t i = 0; i < checker->module->decl_count; i++) {
    const Decl *decl = checker->module->decls[i];
    if (decl->kind != DECL_TYPE && decl->kind != DECL_SITE) suggest(&nearest, name_of(session, decl->name));
  }
  for (uint32_t i = 0; i < checker->module->import_count; i++)
    for (uint32_t k = 0; k < checker->module->imports[i].only_count; k++)
      suggest(&nearest, name_of(session, checker->module->imports[i].only[k]));
  for (int id = 0; id < BUILTIN_COUNT; id++) suggest(&nearest, builtin_info[id].name);
  if (checker->module->broken && !nearest.best) return; /* it may be bound in what is broken */
  Diag *told = diag(session->diags, DIAG_UNKNOWN_NAME, span, "unknown name `%s`", nearest.name);
  if (!nearest.best) return;
  diag_help(session->diags, told, "did you mean `%s`?", nearest.best);
  diag_fix(session->diags, told, span, nearest.best);
}
