/* cwl.c: the whole document as one text. */
#include "import/cwl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t hex(const char *text) {
  char digits[9] = {0};
  memcpy(digits, text, 8);
  return (uint32_t)strtoul(digits, NULL, 16);
}

/* Text with marks, without them; where they stood is kept. */
static void put(Cwl *cwl, const char *text) {
  while (*text) {
    size_t len = strcspn(text, "\x01");
    text_add(&cwl->out, text, len);
    text += len;
    if (!*text) return;
    vec_push(&cwl->origins, (Origin){(uint32_t)cwl->out.len, {hex(text + 1), hex(text + 9)}});
    text += 17;
  }
}

static void put_declaration(Cwl *cwl, const Made *made) {
  if (cwl->out.len) text_putc(&cwl->out, '\n');
  put(cwl, made->head);
  put(cwl, made->name);
  put(cwl, made->body);
}

/* A tool alone is a workflow of one step. */
static Made *wrapped(Cwl *cwl, Made *tool) {
  Made *made = ARENA_NEW(cwl->session->arena, Made);
  Text body = {0};
  *made = *tool;
  made->files.data = NULL;
  made->files.len = made->files.cap = 0;
  made->name = cwl_global(cwl, "main");
  made->head = "flow ";
  Text args = {0};
  for (uint32_t i = 0; i < tool->in_count; i++)
    text_addf(&args, "%s%s: %s", i ? ", " : "", tool->ins[i].wf, tool->ins[i].wf);
  cwl_put_file_args(cwl, tool, made, !tool->in_count, &args);
  cwl_put_ins(cwl, made, true, &body);
  Map taken = {0};
  for (uint32_t i = 0; i < tool->in_count; i++) cwl_local(cwl, &taken, tool->ins[i].wf);
  const char *step = cwl_local(cwl, &taken, "done");
  map_free(&taken);
  if (tool->out_count) text_puts(&body, " -> (");
  for (uint32_t i = 0; i < tool->out_count; i++)
    text_addf(&body, "%s%s: %s", i ? ", " : "", tool->outs[i].wf, ctype_text(cwl, tool->outs[i].type));
  text_puts(&body, tool->out_count ? ") {\n" : " {\n");
  const char *call = CWL_FORMAT(cwl, "%s(%s)", tool->name, args.data ? args.data : "");
  if (tool->out_count == 1)
    text_addf(&body, "  %s = %s\n", tool->outs[0].wf, call);
  else if (tool->out_count)
    text_addf(&body, "  %s = %s\n", step, call);
  else
    text_addf(&body, "  %s\n", call);
  for (uint32_t i = 0; tool->out_count > 1 && i < tool->out_count; i++)
    text_addf(&body, "  %s = %s.%s\n", tool->outs[i].wf, step, tool->outs[i].wf);
  text_puts(&body, "}\n");
  made->body = text_keep(&body, cwl->session->arena);
  text_free(&args);
  vec_push(&cwl->made, made);
  return made;
}

bool cwl_translate(Cwl *cwl, const Source *source, const char *id) {
  Span start = {source->base, source->base + 1};
  uint32_t errors = diags_errors(cwl->session->diags);
  Tree *root = cwl_document_of(cwl, source);
  const Tree *process = root ? cwl_process_of(cwl, root, id, start) : NULL;
  if (!process) return false;
  Made *made = cwl_make(cwl, process, NULL, NULL, true);
  if (!made || diags_errors(cwl->session->diags) > errors) return false;
  cwl->main = tree_is(tree_get(process, "class"), "Workflow") ? made : wrapped(cwl, made);
  for (uint32_t i = cwl->made.len; i-- > 0;) put_declaration(cwl, cwl->made.data[i]);
  return true;
}

void cwl_free(Cwl *cwl) {
  for (uint32_t i = 0; i < cwl->made.len; i++) vec_free(&cwl->made.data[i]->files);
  vec_free(&cwl->documents);
  vec_free(&cwl->made);
  vec_free(&cwl->files);
  vec_free(&cwl->origins);
  text_free(&cwl->out);
  map_free(&cwl->taken);
  map_free(&cwl->locals);
  map_free(&cwl->told);
}

static bool holds(const char *text, size_t size, const char *word) {
  return memmem(text, size, word, strlen(word)) != NULL;
}

bool cwl_recognise(const char *text, size_t size);
bool cwl_recognise(const char *text, size_t size) {
  return holds(text, size, "cwlVersion") || holds(text, size, "class: CommandLineTool") ||
         holds(text, size, "class: Workflow") || holds(text, size, "class: ExpressionTool");
}

Source *cwl_adopt(Cwl *cwl, const Source *from) {
  Source *made = sources_add(cwl->session->sources, from->path, cwl->out.data, cwl->out.len);
  if (!made) return NULL;
  made->origins = arena_copy(cwl->session->arena, cwl->origins.data,
                             cwl->origins.len * sizeof *made->origins);
  made->origin_count = cwl->origins.len;
  return made;
}

Source *cwl_source_of(Session *session, const Source *source);
Source *cwl_source_of(Session *session, const Source *source) {
  Cwl cwl = {.session = session};
  Source *made = cwl_translate(&cwl, source, NULL) ? cwl_adopt(&cwl, source) : NULL;
  cwl_free(&cwl);
  return made;
}
