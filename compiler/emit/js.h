/* js.h: pure expressions of a graph as JavaScript (ES5.1), as CWL's InlineJavascriptRequirement runs it.
 *
 * Values: Bool, String, Float and quantities (in base units) are JavaScript's own; an Int is a number, exact within
 * ±(2^53 - 1): inside an expression all 64 bits are kept, and one that leaves it with more fails.  An uncertain
 * quantity is {mean, sd}, a record an object, an array an array, an option null or the value, the unit {}.  Files and
 * directories are CWL's File and Directory objects. */
#ifndef WEFT_EMIT_JS_H
#define WEFT_EMIT_JS_H

#include "ir/graph.h"

/* How what is not computed here is written.  Texts are used before the next call; NULL: not there. */
typedef struct JsScope {
  void *self;
  const char *(*name)(void *self, Node node); /* a value that is there: "inputs.x"; NULL: compute it */
  const char *(*file)(void *self,
                      Node node); /* of OP_READ, OP_STDOUT: the File with its `contents`; may be NULL */
} JsScope;

/* The expressions of one document. */
typedef struct Js Js;
Js *js_new(const Graph *graph);
void js_free(Js *js);

/* Append the expression, "$(inputs.x)", "$(…)" or "${…}": a parameter reference wherever it is one.  NULL, or why it
 * cannot be written (in the session's arena; nothing is appended). */
const char *js_expression(Js *js, const JsScope *scope, Node node, Text *into);
/* The same without "$(" and ")", for use inside of other JavaScript. */
const char *js_code(Js *js, const JsScope *scope, Node node, Text *into);

/* The text of a task's pieces `from` up to `end` (exclusive), each quoted as its place in the command asks for: an
 * expression of type String. */
const char *js_command(Js *js, const JsScope *scope, const Task *task, uint32_t from, uint32_t end,
                       Text *into);
/* The same as one word of a direct command, which may be none or several: an array of Strings. */
const char *js_words(Js *js, const JsScope *scope, const Task *task, uint32_t from, uint32_t end, Text *into);

/* The name of a function of the library, which what is written around expressions is going to call. */
const char *js_call(Js *js, const char *function);
/* Functions that all of these have called, for `expressionLib`; nothing if there are none. */
void js_library(const Js *js, Text *into);

#endif
