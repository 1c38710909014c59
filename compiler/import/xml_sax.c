/* xml_sax.c: weft-xml.so: XML read by libxml2, a piece at a time.  Nothing is built, no file or network is asked, and no
 * entity of the document's own is known, so that memory does not grow with what is read. */
#include "import/xml.h"

#include <libxml/parser.h>
#include <string.h>

enum { PIECE = 1 << 16, MOST_ATTRIBUTES = 64 };

typedef struct Sax {
  const XmlHandler *handler;
  const char *text;
  size_t size;
  xmlParserCtxtPtr parser;
  size_t shift; /* what the library has forgotten to count: the declaration of an encoding */
  bool begun, failed;
} Sax;

/* How far the parser has come. */
static size_t place_of(const Sax *sax) {
  const xmlParserInput *input = sax->parser->input;
  size_t place = sax->shift + (input ? input->consumed + (size_t)(input->cur - input->base) : 0);
  return place < sax->size ? place : sax->size;
}

/* Where the tag began that was just read. */
static size_t tag_of(const Sax *sax) {
  size_t place = place_of(sax);
  while (place && sax->text[place - 1] != '<') place--;
  return place;
}

/* Where the first tag of that name ends: the parser stands there when it tells of it. */
static size_t first_tag_end(const Sax *sax, const char *name) {
  size_t len = strlen(name);
  const char *at = sax->text, *end = at + sax->size;
  while ((at = memchr(at, '<', (size_t)(end - at))) &&
         ((size_t)(end - ++at) < len || memcmp(at, name, len) != 0)) {
  }
  for (char quote = 0; at && at < end && (quote || *at != '>'); at++) {
    if (quote ? *at == quote : *at == '"' || *at == '\'') quote = quote ? 0 : *at;
    if (!quote && *at == '/') break;
  }
  return at ? (size_t)(at - sax->text) : 0;
}

static void find_shift(Sax *sax, const char *name) {
  size_t said = place_of(sax), is = first_tag_end(sax, name);
  sax->begun = true;
  if (is > said) sax->shift = is - said;
}

static void fail(Sax *sax, const char *message, size_t place) {
  if (!sax->failed) sax->handler->error(sax->handler->self, message, place);
  sax->failed = true;
  xmlStopParser(sax->parser);
}

static void on_start(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int spaces,
                     const xmlChar **space, int count, int defaulted, const xmlChar **values) {
  Sax *sax = self;
  XmlAttribute attributes[MOST_ATTRIBUTES];
  (void)prefix, (void)uri, (void)spaces, (void)space, (void)defaulted;
  if (sax->failed) return;
  if (!sax->begun) find_shift(sax, (const char *)name);
  if (count > MOST_ATTRIBUTES) {
    fail(sax, "an element with too many attributes", tag_of(sax));
    return;
  }
  for (int k = 0; k < count; k++)
    attributes[k] = (XmlAttribute){(const char *)values[5 * k], (const char *)values[5 * k + 3],
                                   (size_t)(values[5 * k + 4] - values[5 * k + 3])};
  sax->handler->start(sax->handler->self, (const char *)name, attributes, count, tag_of(sax));
}

static void on_end(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
  Sax *sax = self;
  (void)prefix, (void)uri;
  if (!sax->failed) sax->handler->end(sax->handler->self, (const char *)name);
}

static void on_text(void *self, const xmlChar *bytes, int len) {
  Sax *sax = self;
  if (!sax->failed) sax->handler->text(sax->handler->self, (const char *)bytes, (size_t)len);
}

static void on_error(void *self, xmlErrorPtr error) {
  Sax *sax = self;
  char message[200];
  if (error->level < XML_ERR_ERROR) return;
  snprintf(message, sizeof message, "%s", error->message ? error->message : "no XML");
  message[strcspn(message, "\n")] = 0;
  fail(sax, message, place_of(sax));
}

/* An entity that the document has declared: what it stands for could be anything. */
static void on_reference(void *self, const xmlChar *name) {
  Sax *sax = self;
  (void)name;
  fail(sax, "an entity that is not one of XML's own", place_of(sax));
}

static void on_declaration(void *self, const xmlChar *name, int type, const xmlChar *public_id,
                           const xmlChar *system_id, xmlChar *content) {
  Sax *sax = self;
  (void)name, (void)type, (void)public_id, (void)system_id, (void)content;
  fail(sax, "a document that declares entities", place_of(sax));
}

void xml_sax_read(const char *text, size_t size, const XmlHandler *handler) {
  Sax sax = {.handler = handler, .text = text, .size = size};
  xmlSAXHandler calls = {.initialized = XML_SAX2_MAGIC,
                         .startElementNs = on_start,
                         .endElementNs = on_end,
                         .characters = on_text,
                         .cdataBlock = on_text,
                         .reference = on_reference,
                         .entityDecl = on_declaration,
                         .serror = on_error};
  sax.parser = xmlCreatePushParserCtxt(&calls, &sax, NULL, 0, NULL);
  if (!sax.parser) return;
  xmlCtxtUseOptions(sax.parser, XML_PARSE_NONET);
  for (size_t at = 0; at < size && !sax.failed; at += PIECE) {
    size_t len = size - at < PIECE ? size - at : PIECE;
    xmlParseChunk(sax.parser, text + at, (int)len, 0);
    handler->passed(handler->self, at);
  }
  if (!sax.failed) xmlParseChunk(sax.parser, NULL, 0, 1);
  xmlFreeParserCtxt(sax.parser);
}
