/* cwl_load.c: documents, what they import, and the processes in them. */
#include "import/cwl.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_DOCUMENTS = 2000 };

/* ---- paths ---- */

static bool is_uri(const char *path) {
  const char *colon = strstr(path, "://");
  return colon &&
         strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+.-") == (size_t)(colon - path);
}

/* Without `.`, `..` and `%20` of a URI. */
static const char *tidy(Cwl *cwl, const char *path, bool decode) {
  Text out = {0};
  for (const char *at = path; *at;) {
    size_t len = strcspn(at, "/");
    if (len == 2 && !strncmp(at, "..", 2) && out.len) {
      while (out.len && out.data[out.len - 1] != '/') out.len--;
      if (out.len > 1) out.len--;
      while (out.len > 1 && out.data[out.len - 1] != '/') out.len--;
    } else if (len && !(len == 1 && *at == '.')) {
      for (size_t i = 0; i < len; i++) {
        char hex[3] = {0};
        if (decode && at[i] == '%' && i + 2 < len) memcpy(hex, at + i + 1, 2);
        bool coded = hex[0] && strspn(hex, "0123456789abcdefABCDEF") == 2;
        text_putc(&out, coded ? (char)strtol(hex, NULL, 16) : at[i]);
        i += coded ? 2 : 0;
      }
      if (at[len] == '/') text_putc(&out, '/');
    } else if (!len && at == path) {
      text_putc(&out, '/');
    }
    at += len + (at[len] == '/');
  }
  return text_keep(&out, cwl->session->arena);
}

const char *cwl_below(Cwl *cwl, const char *document, const char *path) {
  if (!strncmp(path, "file://", 7)) return tidy(cwl, path + 7, true);
  if (is_uri(path)) return path;
  if (!strcmp(path, "-")) path = "./-"; /* a file of that name, not standard input */
  if (*path == '/') return tidy(cwl, path, false);
  const char *slash = strrchr(document, '/');
  bool coded = strchr(path, '%') != NULL;
  if (!slash && !strcmp(path, "./-")) return path;
  return tidy(cwl, CWL_FORMAT(cwl, "%.*s%s", slash ? (int)(slash + 1 - document) : 0, document, path), coded);
}

const char *cwl_path(Cwl *cwl, Span place, const char *path) {
  const Source *source = sources_at(cwl->session->sources, place);
  return cwl_below(cwl, source ? source->path : "", path);
}

/* ---- imports ---- */

static Tree *include(Cwl *cwl, Tree *tree, const Tree *name) {
  const char *reason = NULL, *path = cwl_path(cwl, name->span, tree_text(name));
  const Source *source = sources_read(cwl->session->sources, path, &reason);
  if (!source) {
    diag(cwl->session->diags, DIAG_DOCUMENT_MISSING, name->span, "cannot read `%s`: %s", path, reason);
    return tree;
  }
  tree->kind = TREE_STRING;
  tree->span = name->span;
  tree->text = source->text;
  tree->len = source->size;
  tree->first = NULL;
  return tree;
}

static void import(Cwl *cwl, Tree *tree, const Tree *name) {
  const char *text = tree_text(name), *hash = strchr(text, '#');
  const char *file = hash ? arena_text(cwl->session->arena, text, (size_t)(hash - text)) : text;
  const Tree *root = cwl_document(cwl, cwl_path(cwl, name->span, file), name->span);
  if (!root) return;
  Tree *next = tree->next;
  const char *key = tree->key;
  Span key_span = tree->key_span;
  *tree = *root;
  tree->next = next;
  tree->key = key;
  tree->key_span = key_span;
}

/* Lists that were imported into a list are part of it. */
static void splice(Tree *list) {
  for (Tree **at = &list->first; *at; at = &(*at)->next) {
    Tree *item = *at;
    if (item->kind != TREE_LIST || !item->key || strcmp(item->key, "$import")) continue;
    Tree **last = &item->first;
    while (*last) last = &(*last)->next;
    *last = item->next;
    *at = item->first;
    if (!*at) return;
  }
}

static void resolve(Cwl *cwl, Tree *tree) {
  for (Tree *child = tree->first; child; child = child->next) {
    const Tree *imported = tree_get(child, "$import"), *included = tree_get(child, "$include");
    if (imported && tree_text(imported)) {
      import(cwl, child, imported);
      if (tree->kind == TREE_LIST && child->kind == TREE_LIST) child->key = "$import";
    } else if (included && tree_text(included)) {
      include(cwl, child, included);
    } else {
      resolve(cwl, child);
    }
  }
  if (tree->kind == TREE_LIST) splice(tree);
}

static Tree *known(Cwl *cwl, const char *path, Span from, bool *found) {
  for (uint32_t i = 0; i < cwl->documents.len; i++) {
    const Document *document = &cwl->documents.data[i];
    if (strcmp(document->path, path)) continue;
    *found = true;
    if (document->loading) diag(cwl->session->diags, DIAG_DOCUMENT_CYCLE, from, "`%s` imports itself", path);
    return document->loading ? NULL : document->root;
  }
  return NULL;
}

static Tree *load(Cwl *cwl, const char *path, const Source *source) {
  uint32_t number = cwl->documents.len;
  vec_push(&cwl->documents, (Document){path, NULL, true});
  Tree *tree = source ? tree_read(cwl->session, source) : NULL;
  cwl->depth++;
  if (tree) resolve(cwl, tree);
  cwl->depth--;
  cwl->documents.data[number].root = tree;
  cwl->documents.data[number].loading = false;
  return tree;
}

Tree *cwl_document(Cwl *cwl, const char *path, Span from) {
  bool found = false;
  Tree *tree = known(cwl, path, from, &found);
  if (found) return tree;
  const char *reason = NULL;
  if (cwl->documents.len >= MOST_DOCUMENTS || cwl->depth > TREE_DEEPEST) reason = "too many documents";
  const Source *source = reason ? NULL : sources_read(cwl->session->sources, path, &reason);
  if (!source) diag(cwl->session->diags, DIAG_DOCUMENT_MISSING, from, "cannot read `%s`: %s", path, reason);
  return load(cwl, path, source);
}

Tree *cwl_document_of(Cwl *cwl, const Source *source) {
  return load(cwl, cwl_below(cwl, "", source->path), source);
}

/* ---- identifiers ---- */

const char *cwl_id(const char *text) {
  const char *hash = strrchr(text, '#');
  if (hash) text = hash + 1;
  const char *slash = strrchr(text, '/');
  return slash ? slash + 1 : text;
}

bool cwl_next(Cwl *cwl, const Tree *all, const char *key, const Tree **at, Entry *entry) {
  if (!all || tree_is_scalar(all)) return false;
  for (;;) {
    *at = *at ? (*at)->next : all->first;
    if (!*at) return false;
    if (all->kind == TREE_MAP) {
      *entry = (Entry){*at, cwl_id((*at)->key), (*at)->key_span};
      return true;
    }
    const Tree *id = tree_get(*at, key);
    const char *text = tree_text(id);
    if (text) {
      *entry = (Entry){*at, cwl_id(text), id->span};
      return true;
    }
    diag(cwl->session->diags, DIAG_DOCUMENT, (*at)->span, "`%s` is missing", key);
  }
}

const Tree *cwl_process_of(Cwl *cwl, const Tree *root, const char *id, Span from) {
  const Tree *graph = tree_get(root, "$graph"), *only = NULL;
  if (!graph) return root;
  if (!id || !*id) id = "main";
  for (const Tree *process = graph->first; process; process = process->next) {
    const char *text = tree_get_text(process, "id");
    if (text && !strcmp(cwl_id(text), cwl_id(id))) return process;
    only = process;
  }
  if (graph->count == 1 && !strcmp(id, "main")) return only;
  Diag *told = diag(cwl->session->diags, DIAG_DOCUMENT_MISSING, from, "there is no process `%s`", id);
  diag_help(cwl->session->diags, told,
            "a document with `$graph` has one with the id `main`, or say which: `file.cwl#id`");
  return NULL;
}

const Tree *cwl_referred(Cwl *cwl, const Tree *reference) {
  const char *text = tree_text(reference);
  if (!text) return reference->kind == TREE_MAP ? reference : NULL;
  const char *hash = strchr(text, '#');
  const char *file = hash ? arena_text(cwl->session->arena, text, (size_t)(hash - text)) : text;
  const Source *here = sources_at(cwl->session->sources, reference->span);
  const char *path = *file ? cwl_path(cwl, reference->span, file) : here ? here->path : "";
  const Tree *root = cwl_document(cwl, path, reference->span);
  return root ? cwl_process_of(cwl, root, hash ? hash + 1 : NULL, reference->span) : NULL;
}

/* ---- requirements ---- */

static const Tree *find(const Tree *list, const char *class_name) {
  if (!list || tree_is_scalar(list)) return NULL;
  if (list->kind == TREE_MAP) return tree_get(list, class_name);
  for (const Tree *item = list->first; item; item = item->next) {
    const char *text = tree_get_text(item, "class");
    if (text && !strcmp(cwl_id(text), class_name)) return item;
  }
  return NULL;
}

const Tree *cwl_req(const Reqs *reqs, const char *class_name) {
  for (const Reqs *at = reqs; at; at = at->up) {
    const Tree *found = find(at->requirements, class_name);
    if (found) return found;
  }
  for (const Reqs *at = reqs; at; at = at->up) {
    const Tree *found = find(at->hints, class_name);
    if (found) return found;
  }
  return NULL;
}
