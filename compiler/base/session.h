/* session.h: what lives as long as one command: memory, names, sources, diagnostics. */
#ifndef WEFT_BASE_SESSION_H
#define WEFT_BASE_SESSION_H

#include "arena.h"
#include "diag.h"
#include "intern.h"
#include "source.h"

typedef struct Session {
  Arena *arena;
  Interner *names;
  Sources *sources;
  Diags *diags;
} Session;

static inline const char *name_of(const Session *session, Sym sym) { return sym_text(session->names, sym); }

Session *session_new(void);
void session_free(Session *session);

#endif
