/* js.c: values to and from JavaScript.  A file is an object as CWL has it, whose contents are read when they are looked at. */
#include "js/engine.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "weftrt.h"

enum { MOST_SECONDS = 20, MOST_CONTENTS = 64 << 10, DEEPEST = 100 };
static const size_t MOST_BYTES = (size_t)256 << 20;

typedef struct Heap {
  size_t used;
  time_t end;
  int over; /* its time or memory was not enough */
} Heap;

typedef struct Call {
  RtCtx *ctx;
  const RtPlace *at;
  const RtString *source;
  const RtType *names_type, *type;
  const void *names;
  void *into;
} Call;

/* ---- bounds ---- */

static time_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec;
}

int js_is_over(void *heap) {
  Heap *own = heap;
  if (now() >= own->end) own->over = 1;
  return own->over;
}

/* Each block has its size before it. */
enum { HEAD = 16 };

static void *resize(void *heap, void *old, duk_size_t size) {
  Heap *own = heap;
  char *from = old ? (char *)old - HEAD : NULL;
  size_t before = from ? *(size_t *)(void *)from : 0;
  if (size && size > MOST_BYTES - (own->used - before)) {
    own->over = 1;
    return NULL;
  }
  own->used -= before;
  if (!size) {
    free(from);
    return NULL;
  }
  char *block = realloc(from, size + HEAD);
  if (!block) {
    own->used += before;
    return NULL;
  }
  own->used += size;
  *(size_t *)(void *)block = size;
  return block + HEAD;
}

static void *take(void *heap, duk_size_t size) { return resize(heap, NULL, size); }
static void give(void *heap, void *old) {
  if (old) resize(heap, old, 0);
}

static void fatal(void *heap, const char *message) {
  (void)heap;
  fprintf(stderr, "error[R0131]: JavaScript ran out of memory: %s\n", message ? message : "");
  _exit(1);
}

/* ---- files ---- */

static duk_ret_t get_contents(duk_context *js) {
  duk_push_this(js);
  duk_get_prop_string(js, -1, "path");
  int fd = open(duk_require_string(js, -1), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return duk_error(js, DUK_ERR_ERROR, "cannot read %s", duk_get_string(js, -1));
  char *text = malloc(MOST_CONTENTS);
  size_t len = 0;
  for (ssize_t got = 1; text && len < MOST_CONTENTS && got > 0; len += got > 0 ? (size_t)got : 0)
    got = read(fd, text + len, MOST_CONTENTS - len);
  close(fd);
  duk_push_lstring(js, text ? text : "", len);
  free(text);
  return 1;
}

static void push_file(duk_context *js, const char *path, int64_t size, int is_dir);

static duk_ret_t get_listing(duk_context *js) {
  duk_push_this(js);
  duk_get_prop_string(js, -1, "path");
  const char *folder = duk_require_string(js, -1);
  struct dirent **entries;
  int count = scandir(folder, &entries, NULL, alphasort);
  duk_idx_t list = duk_push_array(js);
  duk_uarridx_t at = 0;
  for (int i = 0; i < count; i++) {
    char path[4096];
    struct stat st;
    int shown = strcmp(entries[i]->d_name, ".") != 0 && strcmp(entries[i]->d_name, "..") != 0;
    int len = snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
    free(entries[i]);
    if (!shown || len >= (int)sizeof path || stat(path, &st)) continue;
    push_file(js, path, st.st_size, S_ISDIR(st.st_mode));
    duk_put_prop_index(js, list, at++);
  }
  if (count >= 0) free(entries);
  return 1;
}

static void put_text(duk_context *js, const char *key, const char *text, size_t len) {
  duk_push_lstring(js, text, len);
  duk_put_prop_string(js, -2, key);
}

static void put_getter(duk_context *js, const char *key, duk_c_function get) {
  duk_push_string(js, key);
  duk_push_c_function(js, get, 0);
  duk_def_prop(js, -3, DUK_DEFPROP_HAVE_GETTER | DUK_DEFPROP_SET_CONFIGURABLE);
}

static void push_file(duk_context *js, const char *path, int64_t size, int is_dir) {
  const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *dot = strrchr(base, '.');
  if (!dot || dot == base) dot = base + strlen(base);
  duk_push_object(js);
  put_text(js, "class", is_dir ? "Directory" : "File", is_dir ? 9 : 4);
  put_text(js, "path", path, strlen(path));
  duk_push_sprintf(js, "file://%s", path);
  duk_put_prop_string(js, -2, "location");
  put_text(js, "basename", base, strlen(base));
  if (is_dir) {
    put_getter(js, "listing", get_listing);
    return;
  }
  put_text(js, "dirname", path, slash ? (size_t)(slash - path) : 0);
  put_text(js, "nameroot", base, (size_t)(dot - base));
  put_text(js, "nameext", dot, strlen(dot));
  duk_push_number(js, (double)size);
  duk_put_prop_string(js, -2, "size");
  put_getter(js, "contents", get_contents);
}

/* ---- values into it ---- */

/* A file with others beside it: (primary: File, secondary: [File]). */
static int is_bundle(const RtType *type) {
  return type->kind == RT_RECORD && type->field_count == 2 && !strcmp(type->fields[0].name, "primary") &&
         type->fields[0].type->kind == RT_FILE && !strcmp(type->fields[1].name, "secondary");
}

static void push(duk_context *js, const RtType *type, const char *value);

static void push_array(duk_context *js, const RtType *elem, const RtArray *array) {
  duk_idx_t list = duk_push_array(js);
  for (int64_t i = 0; i < array->len; i++) {
    push(js, elem, array->items + (size_t)i * elem->size);
    duk_put_prop_index(js, list, (duk_uarridx_t)i);
  }
}

static void push_record(duk_context *js, const RtType *type, const char *value) {
  if (is_bundle(type)) {
    push(js, type->fields[0].type, value + type->fields[0].offset);
    push(js, type->fields[1].type, value + type->fields[1].offset);
    duk_put_prop_string(js, -2, "secondaryFiles");
    return;
  }
  duk_push_object(js);
  for (uint32_t i = 0; i < type->field_count; i++) {
    push(js, type->fields[i].type, value + type->fields[i].offset);
    duk_put_prop_string(js, -2, type->fields[i].name);
  }
}

static void push_uncertain(duk_context *js, const RtUncertain *value) {
  duk_push_object(js);
  duk_push_number(js, value->mean);
  duk_put_prop_string(js, -2, "mean");
  duk_push_number(js, value->sd);
  duk_put_prop_string(js, -2, "sd");
}

static void push_path(duk_context *js, const RtFile *file) {
  push_file(js, file->path->bytes, file->size, file->is_dir);
}

static void push(duk_context *js, const RtType *type, const char *value) {
  const void *at = value;
  duk_require_stack(js, 8);
  switch ((RtKind)type->kind) {
    case RT_UNIT:
      duk_push_object(js);
      return;
    case RT_BOOL:
      duk_push_boolean(js, *(const uint8_t *)at);
      return;
    case RT_INT:
      duk_push_number(js, (double)*(const int64_t *)at);
      return;
    case RT_FLOAT:
    case RT_QUANTITY:
      duk_push_number(js, *(const double *)at);
      return;
    case RT_UNCERTAIN:
      push_uncertain(js, at);
      return;
    case RT_STRING:
      duk_push_lstring(js, (*(const RtString *const *)at)->bytes,
                       (size_t)(*(const RtString *const *)at)->len);
      return;
    case RT_FILE:
    case RT_DIR:
      push_path(js, *(const RtFile *const *)at);
      return;
    case RT_ARRAY:
      push_array(js, type->elem, *(const RtArray *const *)at);
      return;
    case RT_OPTION:
      if (value[type->elem->size])
        push(js, type->elem, value);
      else
        duk_push_null(js);
      return;
    case RT_RECORD:
      push_record(js, type, value);
  }
}

/* ---- values out of it: that on top of the stack, which stays ---- */

static void read_value(duk_context *js, const Call *call, const RtType *type, char *into);

static void wrong(duk_context *js, const RtType *type) {
  duk_dup(js, -1);
  const char *text = duk_json_encode(js, -1);
  (void)duk_error(js, DUK_ERR_TYPE_ERROR, "the value is %.60s, and %s is asked for",
                  text ? text : "undefined", type->text);
}

static void read_string(duk_context *js, const Call *call, const RtString **into) {
  duk_size_t len;
  duk_dup(js, -1);
  const char *text = duk_is_string(js, -1) ? duk_get_lstring(js, -1, &len) : duk_json_encode(js, -1);
  if (!text) text = "null";
  if (!duk_is_string(js, -2)) len = strlen(text);
  *into = rt_string(call->ctx, text, (int64_t)len);
  duk_pop(js);
}

static void read_file(duk_context *js, const Call *call, const RtType *type, const RtFile **into) {
  const char *text = NULL;
  if (duk_is_string(js, -1)) {
    text = duk_get_string(js, -1);
    duk_dup(js, -1);
  } else if (duk_is_object(js, -1)) {
    if (!duk_get_prop_string(js, -1, "path")) {
      duk_pop(js);
      duk_get_prop_string(js, -1, "location");
    }
    text = duk_get_string(js, -1);
  }
  if (!text) wrong(js, type);
  if (!strncmp(text, "file://", 7)) text += 7;
  const RtString *path = rt_string(call->ctx, text, (int64_t)strlen(text));
  *into = rt_named_file(call->ctx, call->at, path, type->kind == RT_DIR);
  duk_pop(js);
}

static void read_array(duk_context *js, const Call *call, const RtType *type, const RtArray **into) {
  if (!duk_is_array(js, -1)) wrong(js, type);
  duk_size_t len = duk_get_length(js, -1);
  RtArray *array = rt_array_new(call->ctx, (int64_t)len, type->elem->size);
  for (duk_size_t i = 0; i < len; i++) {
    duk_get_prop_index(js, -1, (duk_uarridx_t)i);
    read_value(js, call, type->elem, array->items + i * type->elem->size);
    duk_pop(js);
  }
  *into = array;
}

static void read_bundle(duk_context *js, const Call *call, const RtType *type, char *into) {
  read_value(js, call, type->fields[0].type, into + type->fields[0].offset);
  if (!duk_get_prop_string(js, -1, "secondaryFiles")) {
    duk_pop(js);
    duk_push_array(js);
  }
  read_value(js, call, type->fields[1].type, into + type->fields[1].offset);
  duk_pop(js);
}

static void read_record(duk_context *js, const Call *call, const RtType *type, char *into) {
  if (!duk_is_object(js, -1)) wrong(js, type);
  if (is_bundle(type)) {
    read_bundle(js, call, type, into);
    return;
  }
  for (uint32_t i = 0; i < type->field_count; i++) {
    duk_get_prop_string(js, -1, type->fields[i].name);
    read_value(js, call, type->fields[i].type, into + type->fields[i].offset);
    duk_pop(js);
  }
}

static void read_int(duk_context *js, const RtType *type, int64_t *into) {
  double number = duk_is_number(js, -1) ? duk_get_number(js, -1) : 0.5;
  if (!(number >= -0x1p63 && number < 0x1p63) || (double)(int64_t)number != number) wrong(js, type);
  *into = (int64_t)number;
}

static void read_value(duk_context *js, const Call *call, const RtType *type, char *into) {
  void *slot = into;
  duk_require_stack(js, 8);
  switch ((RtKind)type->kind) {
    case RT_UNIT:
      return;
    case RT_BOOL:
      if (!duk_is_boolean(js, -1)) wrong(js, type);
      *(uint8_t *)slot = (uint8_t)duk_get_boolean(js, -1);
      return;
    case RT_INT:
      read_int(js, type, slot);
      return;
    case RT_FLOAT:
    case RT_QUANTITY:
      if (!duk_is_number(js, -1)) wrong(js, type);
      *(double *)slot = duk_get_number(js, -1);
      return;
    case RT_STRING:
      if (duk_is_null_or_undefined(js, -1)) wrong(js, type);
      read_string(js, call, slot);
      return;
    case RT_FILE:
    case RT_DIR:
      read_file(js, call, type, slot);
      return;
    case RT_ARRAY:
      read_array(js, call, type, slot);
      return;
    case RT_OPTION:
      into[type->elem->size] = (char)!duk_is_null_or_undefined(js, -1);
      if (into[type->elem->size]) read_value(js, call, type->elem, into);
      return;
    case RT_RECORD:
      read_record(js, call, type, into);
      return;
    case RT_UNCERTAIN:
      wrong(js, type);
  }
}

/* ---- evaluation ---- */

static duk_ret_t evaluate(duk_context *js, void *with) {
  const Call *call = with;
  duk_push_global_object(js);
  for (uint32_t i = 0; call->names_type->kind == RT_RECORD && i < call->names_type->field_count; i++) {
    const RtField *field = &call->names_type->fields[i];
    push(js, field->type, (const char *)call->names + field->offset);
    duk_put_prop_string(js, -2, field->name);
  }
  duk_push_string(js, "(");
  duk_push_lstring(js, call->source->bytes, (duk_size_t)call->source->len);
  duk_push_string(js, "\n)");
  duk_concat(js, 3);
  duk_eval(js);
  read_value(js, call, call->type, call->into);
  return 0;
}

void rt_js(RtCtx *ctx, const RtPlace *at, const RtString *source, const RtType *names_type, const void *names,
           const RtType *type, void *into) {
  Heap heap = {.end = now() + MOST_SECONDS};
  Call call = {ctx, at, source, names_type, type, names, into};
  char message[400] = "out of memory";
  rt_need_files(ctx, at, names_type, names);
  if (type->size) memset(into, 0, type->size);
  duk_context *js = duk_create_heap(take, resize, give, &heap, fatal);
  int failed = !js || duk_safe_call(js, evaluate, &call, 0, 1) != DUK_EXEC_SUCCESS;
  if (js && failed) snprintf(message, sizeof message, "%s", duk_safe_to_string(js, -1));
  if (js) duk_destroy_heap(js);
  if (!failed) return;
  if (heap.over)
    snprintf(message, sizeof message, "the expression takes more than %d s or 256 MiB", MOST_SECONDS);
  rt_fail(ctx, at, heap.over ? "R0131" : "R0130", message);
}
