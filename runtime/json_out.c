/* json_out.c: values as JSON, for the summary and for the user. */
#include <math.h>

#include "sha.h"
#include "text.h"

/* JSON has no numbers that are not finite: they are the strings that Python and JavaScript read back. */
static void json_number(RtText *into, double value, int point) {
  if (isfinite(value))
    text_double(into, value, point);
  else
    text_puts(into, isnan(value) ? "\"NaN\"" : value < 0 ? "\"-Infinity\"" : "\"Infinity\"");
}

/* How files are written. */
typedef struct Json {
  RtText *into;
  void (*file)(RtText *into, RtFile *file, void *with);
  void *with;
} Json;

static void json_file(RtText *into, RtFile *file, void *with) {
  (void)with;
  int error = file->hashed ? 0 : file_hash(file);
  text_puts(into, "{\"path\": ");
  text_json(into, file->path->bytes, (size_t)file->path->len);
  text_puts(into, ", \"size\": ");
  text_int(into, file->size);
  text_puts(into, ", \"sha256\": ");
  char hex[65];
  sha_hex(file->hash, hex);
  if (error)
    text_puts(into, "null");
  else
    text_addf(into, "\"%s\"", hex);
  text_char(into, '}');
}

static void json_value(const Json *json, const RtType *type, const void *value);

static void json_array(const Json *json, const RtType *elem, const RtArray *array) {
  RtText *into = json->into;
  text_char(into, '[');
  for (int64_t i = 0; i < array->len; i++) {
    if (i) text_puts(into, ", ");
    json_value(json, elem, array->items + (size_t)i * elem->size);
  }
  text_char(into, ']');
}

static void json_record(const Json *json, const RtType *type, const char *value) {
  RtText *into = json->into;
  text_char(into, '{');
  for (uint32_t i = 0; i < type->field_count; i++) {
    const RtField *field = &type->fields[i];
    text_addf(into, "%s\"%s\": ", i ? ", " : "", field->name);
    json_value(json, field->type, value + field->offset);
  }
  text_char(into, '}');
}

static void json_value(const Json *json, const RtType *type, const void *value) {
  RtText *into = json->into;
  switch ((RtKind)type->kind) {
    case RT_UNIT:
      text_puts(into, "null");
      break;
    case RT_BOOL:
      text_puts(into, *(const uint8_t *)value ? "true" : "false");
      break;
    case RT_INT:
      text_int(into, *(const int64_t *)value);
      break;
    case RT_FLOAT:
      json_number(into, *(const double *)value, 1);
      break;
    case RT_QUANTITY:
      json_number(into, *(const double *)value, 0);
      break;
    case RT_UNCERTAIN:
      text_puts(into, "{\"mean\": ");
      json_number(into, ((const RtUncertain *)value)->mean, 0);
      text_puts(into, ", \"sd\": ");
      json_number(into, ((const RtUncertain *)value)->sd, 0);
      text_char(into, '}');
      break;
    case RT_STRING: {
      const RtString *string = *(const RtString *const *)value;
      text_json(into, string->bytes, (size_t)string->len);
      break;
    }
    case RT_FILE:
    case RT_DIR:
      json->file(into, *(RtFile *const *)value, json->with);
      break;
    case RT_ARRAY:
      json_array(json, type->elem, *(const RtArray *const *)value);
      break;
    case RT_OPTION:
      if (*((const uint8_t *)value + type->elem->size))
        json_value(json, type->elem, value);
      else
        text_puts(into, "null");
      break;
    case RT_RECORD:
      json_record(json, type, value);
      break;
  }
}

void value_json(RtText *into, const RtType *type, const void *value) {
  json_value(&(Json){into, json_file, NULL}, type, value);
}

void value_json_files(RtText *into, const RtType *type, const void *value,
                      void (*file)(RtText *into, RtFile *file, void *with), void *with) {
  json_value(&(Json){into, file, with}, type, value);
}
