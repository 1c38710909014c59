/* value.h: values by their type: arenas, copies, hashes, text forms. */
#ifndef WEFT_RT_VALUE_H
#define WEFT_RT_VALUE_H

#include "weftrt.h"

/* A bump allocator; freed as a whole. Memory is given back to the system for large ones. */
RtArena *arena_new(void);
void arena_free(RtArena *arena);
void arena_reset(RtArena *arena);               /* keeps one block */
void *arena_alloc(RtArena *arena, size_t size); /* 16-aligned, zeroed; never NULL */
size_t arena_used(const RtArena *arena);

/* Copy the value at `from` into the slot `into`, following pointers, into `arena`.  `into` may be `from`. */
void value_copy(RtArena *arena, const RtType *type, const void *from, void *into);

/* A growing text buffer on malloc. `data` always ends with a NUL (not counted). */
typedef struct RtText {
  char *data;
  size_t len, cap;
} RtText;
void text_add(RtText *text, const char *bytes, size_t len);
void text_addf(RtText *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_free(RtText *text);

/* Append `value` quoted for `quote` (arrays: several words or a list literal). */
void value_quote(RtText *into, RtQuote quote, const RtType *type, const void *value);
/* Append `value` as JSON. Files as {"path","size","sha256"} (hash filled in if need be); quantities as numbers. */
void value_json(RtText *into, const RtType *type, const void *value);
/* The same with files as `file` writes them. */
void value_json_files(RtText *into, const RtType *type, const void *value,
                      void (*file)(RtText *into, RtFile *file, void *with), void *with);
/* Append as one line of text that value_decode reads back exactly: for the journal. Paths below `base` are
 * written relative to it. */
void value_encode(RtText *into, const RtType *type, const void *value, const char *base);
/* Read one back; returns the end of what was read, NULL if it is not one. Files are not looked at. */
const char *value_decode(RtArena *arena, const char *text, const char *end, const RtType *type, void *value,
                         const char *base);

/* A canonical digest: of contents, never of paths. Hashes files that are not hashed yet (0: done, else errno). */
typedef struct RtDigest {
  uint8_t bytes[32];
} RtDigest;
int value_digest(const RtType *type, const void *value, RtDigest *digest);
/* The same, but of files whose path begins with `made` the rest of the path counts, and not the contents. */
int value_digest_made(const RtType *type, const void *value, const char *made, RtDigest *digest);
void digest_bytes(const void *data, size_t len, RtDigest *digest);
void digest_hex(const RtDigest *digest, char hex[65]);
/* Fill in hash (and size, mtime) of a file or directory; 0 or errno. */
int file_hash(RtFile *file);
/* Every File and Dir inside a value. */
void value_each_file(const RtType *type, void *value, void (*visit)(RtFile *file, void *with), void *with);
/* Every string that is not a path. */
void value_each_string(const RtType *type, const void *value,
                       void (*visit)(const RtString *string, void *with), void *with);

/* Reads one value of `type` from text given as a flag or in a file; on failure returns 0 and an explanation. */
typedef struct RtError {
  char text[1024];
} RtError;
/* The text of a flag: scalars as they are, quantities with their unit ("4 GiB"), arrays as JSON, as
 * a .json/.yaml/.tsv/.csv file's name, or a single element; records as JSON or file; an empty string for
 * an absent option. `base`: where relative paths start. */
int value_from_flag(RtArena *arena, const RtType *type, const char *text, const char *base, void *value,
                    RtError *error);
/* Of a JSON or YAML document at `path`: the object whose keys are ports. */
int values_from_document(RtArena *arena, const char *path, const RtPort *ports, uint32_t count, char *frame,
                         uint8_t *given, RtError *error);
int value_from_json(RtArena *arena, const RtType *type, const char *path, const char *pointer,
                    const char *base, void *value, RtError *error);
int value_from_table(RtArena *arena, const RtType *type, const char *path, char separator, const char *base,
                     void *value, RtError *error);
int value_from_text(RtArena *arena, const RtType *type, const char *text, size_t len, const char *base,
                    void *value, RtError *error); /* scalars only */

#endif
