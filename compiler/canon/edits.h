/* edits.h: commands as words, and in which words two of them differ. */
#ifndef WEFT_CANON_EDITS_H
#define WEFT_CANON_EDITS_H

#include "ir/graph.h"

/* A task's command as its author wrote it: `cut -c 1-~{len} ~{reads}`. */
void edits_text(const Graph *graph, const Task *task, Text *into);

typedef struct Word {
  const char *text;
  uint32_t len;
} Word;
typedef VEC(Word) Words;
/* Append the words of a text, which has to stay. */
void edits_words(const char *text, Words *into);

/* A run of words that was replaced: words [from[0], to[0]) of the one by [from[1], to[1]) of the other. */
typedef struct WordChange {
  uint32_t from[2], to[2];
} WordChange;
typedef VEC(WordChange) WordChanges;
/* Append the changes from one list to another: E. Myers, "An O(ND) Difference Algorithm and Its Variations"
 * (Algorithmica 1, 1986); lists that differ in more than some hundred words are one change. */
void edits_compare(const Words *before, const Words *after, WordChanges *into);
/* How many words two lists share, by a map of their hashes. */
uint32_t edits_shared(const Words *before, const Words *after);

#endif
