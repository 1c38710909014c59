#include "session.h"

#include <stdlib.h>

Session *session_new(void) {
  Session *session = mem_alloc(sizeof *session);
  session->arena = arena_new();
  session->names = interner_new(session->arena);
  session->sources = sources_new(session->arena);
  session->diags = diags_new(session->arena, session->sources);
  return session;
}

void session_free(Session *session) {
  diags_free(session->diags);
  sources_free(session->sources);
  interner_free(session->names);
  arena_free(session->arena);
  free(session);
}
