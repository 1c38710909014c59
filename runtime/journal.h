/* journal.h: what has been done, as lines of text that are only ever appended.
 *
 *   weft-journal 1
 *   CHECK R epoch boot-id pid time program [fresh]       a run begins; `fresh`: what is before does not count for the
 *                                        runs that go on from it, either
 *   CHECK D key task label start wall cpu rss parts outputs   a task (or an answer) is done;
 *                                        start since 1970, wall and cpu in seconds, rss in KiB
 *   CHECK F path size mtime sha256                       what an input file contains
 *   CHECK X key path                                     an output was not what it had been: D before does not count
 *   CHECK S offset                                       everything before the offset is on the disk
 *   CHECK E status                                       the run has ended
 *
 * A key is found by its first 32 digits.  Fields are separated by tabs; CHECK is 8 hex digits over the rest of the line.  A line is written by one
 * write(2) after all that it tells of is there, so a line that is whole is true as long as the system has not
 * gone down since; lines that an earlier boot wrote after the last S are doubtful and looked at again. */
#ifndef WEFT_RT_JOURNAL_H
#define WEFT_RT_JOURNAL_H

#include "error.h"
#include "value.h"

/* Offsets of lines by the text that a line begins with; 8 bytes an entry. */
typedef struct JournalIndex {
  uint64_t *slots;
  size_t len, cap;
} JournalIndex;

typedef struct Journal {
  int fd;
  char *map; /* what was there at the start */
  size_t map_len;
  int64_t length;               /* of the file */
  int64_t fresh_from;           /* lines before are not believed */
  int64_t synced_to, ours_from; /* lines between are doubtful */
  int64_t dirty_from;           /* length at the last sync marker */
  int64_t epoch;                /* number of the run, counting resumed ones as one */
  int32_t damaged;              /* lines that were not whole */
  int32_t resumed;              /* whether the last run did not come to its end */
  JournalIndex done, files;
  RtText pending, line, read; /* lines not yet written, the one being made, one read back */
  size_t line_at;
  uint64_t *labels; /* for journal_last: made when first asked */
  size_t labels_cap;
  int doubted; /* whether a doubtful line was believed after a look */
} Journal;

/* A task that is done, as the journal has it; texts are valid until the next call. */
typedef struct Record {
  const char *task, *label, *parts, *outputs, *end;
  size_t task_len, label_len, parts_len;
  int doubtful;
} Record;

/* Open, check and read STATE/journal; make it if there is none.  `fresh`: what it has does not count for this run, or
 * (2) for those that go on from it, either.  1, or 0 with an explanation. */
int journal_open(Journal *journal, const char *path, const char *program, int fresh, RtError *error);
/* The record of a key: 1 or 0; -1: it was forgotten, and record->outputs is the path that was the reason. */
int journal_find(Journal *journal, const RtDigest *key, Record *record);
/* From now on the record of a key (its first 32 digits) does not count, since of the output `path`. */
void journal_forget(Journal *journal, const char *key, const char *path);
/* The last record of a label of earlier runs: 1 or 0. */
int journal_last(Journal *journal, const char *label, Record *record);
/* What is known of an input file: its hash if size and time of change are those; 1 or 0. */
int journal_file(Journal *journal, const RtFile *file, uint8_t hash[32]);

/* Whether a text is the whole line, newline included, of a done task of this key (its first 32 digits). */
int journal_is_record(const char *line, size_t len, const char *key);
/* Append such a line as it is; it is written by the next journal_flush. */
void journal_take(Journal *journal, const char *line, size_t len);
/* Begin a line of a kind; fields are added to the text returned, each with a tab before it but the first. */
RtText *journal_begin(Journal *journal, char kind);
/* End it; it is written by the next journal_flush. */
void journal_end(Journal *journal);
/* The same for a line that this run does not look for: it takes no memory. */
void journal_end_unindexed(Journal *journal);
/* Write what is pending in one piece; 0 or errno. */
int journal_flush(Journal *journal);
void journal_close(Journal *journal);

#endif
