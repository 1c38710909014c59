/* xml.h: XML as a stream of elements; libxml2 is in a part of its own, weft-xml.so. */
#ifndef WEFT_IMPORT_XML_H
#define WEFT_IMPORT_XML_H

#include <stdbool.h>
#include <stddef.h>

typedef struct XmlAttribute {
  const char *name; /* without its prefix */
  const char *value;
  size_t len; /* of the value */
} XmlAttribute;

/* What is told of a document; places are offsets in it. All texts are good until the call returns. */
typedef struct XmlHandler {
  void *self;
  void (*start)(void *self, const char *name, const XmlAttribute *attributes, int count, size_t place);
  void (*end)(void *self, const char *name);
  void (*text)(void *self, const char *bytes, size_t len);
  void (*error)(void *self, const char *message, size_t place); /* the last thing that is told */
  void (*passed)(void *self, size_t place);                     /* what lies before is not needed any more */
} XmlHandler;

/* Reads all of a document, unless it is wrong: entities that it declares are not known. */
typedef void XmlRead(const char *text, size_t size, const XmlHandler *handler);
__attribute__((visibility("default"))) XmlRead xml_sax_read;

#endif
