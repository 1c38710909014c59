/* lex.h: the layer between scanner and grammar: newlines, brackets, words that depend on their place. */
#ifndef WEFT_FRONT_LEX_H
#define WEFT_FRONT_LEX_H

#include "front/build.h"

#include "weft_parse.h"

/* Begin with the token START_MODULE or START_PATTERN. The source stays as it is. */
void lex_open(struct Parser *parser, int start);
void lex_close(struct Parser *parser);
/* The next token for the grammar. */
int weft_lex(WEFT_STYPE *value, Span *span, struct Parser *parser);
/* Until lex_recovered: bracketed groups are passed over whole, since an error was told at `found`. */
void lex_recovering(struct Parser *parser, int found);
void lex_recovered(struct Parser *parser);
/* Give nothing more than the closing of what is open. */
void lex_stop(struct Parser *parser);
/* The bracket now open, or NULL. */
struct Bracket *lex_bracket(struct Parser *parser);

/* ---- for the scanner ---- */

typedef enum ScanMode { SCAN_CODE, SCAN_LINE, SCAN_BLOCK } ScanMode;

void *scan_open(struct Parser *parser, char *text, uint32_t size);
void scan_mode(void *scanner, ScanMode mode);
void scan_close(void *scanner);
int flex_lex(WEFT_STYPE *value, Span *span, void *scanner);

Span lex_span(struct Parser *parser, const char *text, uint32_t len);
Sym lex_intern(struct Parser *parser, const char *text, uint32_t len);
void lex_space(struct Parser *parser);
/* Whether the newline breaks an interpolation off. */
bool lex_newline(struct Parser *parser);
/* Whether three quotes end the block string around an interpolation instead of opening one. */
bool lex_block_in_block(struct Parser *parser);
/* Whether a quote inside an interpolation ends the string around it: no other follows on its line. */
bool lex_quote_ends(struct Parser *parser, Span quote);
void lex_comment(struct Parser *parser, Span span);
void lex_foreign_comment(struct Parser *parser, Span span);
/* The number that `text` begins with, with its unit; *used bytes of it. */
int lex_number(struct Parser *parser, const char *text, uint32_t len, WEFT_STYPE *value, uint32_t *used);
int lex_single_quotes(struct Parser *parser, Span span);
void lex_slip(struct Parser *parser, Span span, const char *meant);
void lex_stray(struct Parser *parser, Span span);

#endif
