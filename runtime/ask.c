/* ask.c: a question is told on standard error.  Its answer comes from --answer ID=VALUE, from the file
 * STATE/answers/ID, or from the terminal, whichever is there first; after `within` from the default.  It goes into
 * the journal as a task would, so that a run that goes on from there does not ask again. */
#include "ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "batch.h"
#include "disk.h"
#include "error.h"
#include "explain.h"
#include "message.h"
#include "run.h"
#include "text.h"

struct Ask {
  Run *run;
  Frame *frame;
  uint32_t step;
  const RtStep *code;
  RtText id;
  RtDigest key;
  double asked, asked_wall, until; /* seconds; until 0: for ever */
  uint8_t wrong_file;              /* the file's answer was refused, and the file cannot be removed */
  Ask *next;
};

static const void *ref(const Ask *ask, uint32_t number) {
  if (number >= ask->code->nrefs || ask->code->refs[number].offset == RT_NONE) return NULL;
  return frame_at(ask->frame, ask->code->refs[number]);
}

static const RtString *text_ref(const Ask *ask, uint32_t number) {
  const void *slot = ref(ask, number);
  return slot ? *(const RtString *const *)slot : NULL;
}

static void make_key(Ask *ask) {
  RtText text = {0};
  const RtString *question = text_ref(ask, 0), *evidence = text_ref(ask, 1);
  text_addf(&text, "weft-ask 1 %s %s %lld ", ask->run->program->identity, ask->code->type->text,
            (long long)ask->run->journal.epoch);
  step_path(&text, ask->frame, ask->step);
  if (question) text_addf(&text, "\n%s", question->bytes);
  if (evidence) text_addf(&text, "\n%s", evidence->bytes);
  digest_bytes(text.data, text.len, &ask->key);
  text_free(&text);
}

static void ask_free(Ask *ask) {
  text_free(&ask->id);
  free(ask);
}

/* The step ends; the question is taken off the list by the caller. */
static void finish(Ask *ask, int lost) {
  Run *run = ask->run;
  Frame *frame = ask->frame;
  uint32_t step = ask->step;
  if (lost)
    run->counts.failed++;
  else
    run->counts.done++;
  ask_free(ask);
  step_done(frame, step, lost);
}

static void note_answer(const Ask *ask) {
  Run *run = ask->run;
  char hex[65];
  digest_hex(&ask->key, hex);
  RtText *line = journal_begin(&run->journal, 'D');
  text_addf(line, "%s\task\t%s\t%.3f\t%.3f\t0\t0\t\t", hex, ask->id.data, ask->asked_wall,
            clock_now() - ask->asked);
  value_encode(line, ask->code->type, ask->frame->slots + ask->code->slot, run->store.state);
  journal_end_unindexed(&run->journal);
  int error = journal_flush(&run->journal);
  if (error) run_broken(run, "write", "the journal", error);
}

/* Take a text as the answer: 1, or 0 with an explanation. */
static int take_answer(Ask *ask, const char *text, size_t len, RtError *error) {
  while (len && strchr("\r\n", text[len - 1])) len--;
  if (!value_from_text(frame_arena(ask->frame), ask->code->type, text, len, NULL,
                       ask->frame->slots + ask->code->slot, error))
    return 0;
  note_answer(ask);
  return 1;
}

static int from_flags(Ask *ask, RtError *error, int *refused) {
  const RtOptions *options = &ask->run->options;
  for (uint32_t i = 0; i < options->answer_count; i++) {
    if (strcmp(options->answers[i].id, ask->id.data) != 0) continue;
    const char *value = options->answers[i].value;
    if (take_answer(ask, value, strlen(value), error)) return 1;
    *refused = 1;
  }
  return 0;
}

static int from_file(Ask *ask) {
  if (ask->wrong_file) return 0;
  RtText path = {0};
  text_addf(&path, "%s/answers/%s", ask->run->store.state, ask->id.data);
  int fd = open(path.data, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  size_t len = 0;
  char *text = fd >= 0 ? disk_get(fd, 0, 1 << 16, &len) : NULL;
  if (fd >= 0) close(fd);
  RtError error;
  int taken = text && len && take_answer(ask, text, len, &error);
  if (text && len && !taken) {
    message_explained(ask->run, &error);
    message_note(ask->run, "%s is removed; write another", path.data);
    if (unlink(path.data)) ask->wrong_file = 1;
  }
  free(text);
  text_free(&path);
  return taken;
}

static int from_journal(Ask *ask) {
  Record record;
  if (!journal_find(&ask->run->journal, &ask->key, &record)) return 0;
  return value_decode(frame_arena(ask->frame), record.outputs, record.end, ask->code->type,
                      ask->frame->slots + ask->code->slot, ask->run->store.state) != NULL;
}

static void tell(Ask *ask) {
  const RtString *question = text_ref(ask, 0), *evidence = text_ref(ask, 1);
  RtText text = {0};
  text_addf(&text, "question %s (%s): %s\n", ask->id.data, ask->code->type->text,
            question ? question->bytes : "");
  if (evidence && evidence->len) text_addf(&text, "  evidence: %s\n", evidence->bytes);
  if (ref(ask, 2)) {
    text_puts(&text, "  default: ");
    value_json(&text, ask->code->type, ref(ask, 2));
    if (ask->until) text_addf(&text, ", in %g s", ask->until - ask->asked);
    text_char(&text, '\n');
  }
  text_addf(&text, "  answer %swith --answer '%s=VALUE', or in the file %s/answers/%s\n",
            ask->run->tty_fd >= 0 ? "here and press Enter, " : "", ask->id.data, ask->run->store.state,
            ask->id.data);
  message_text(ask->run, &text);
  text_free(&text);
}

static void open_terminal(Run *run) {
  if (run->tty_tried) return;
  run->tty_tried = 1;
  if (isatty(STDERR_FILENO)) run->tty_fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
}

static void lose(Ask *ask, const char *code, const char *message, const char *hint) {
  message_error(ask->run, code, &ask->code->place, message, hint);
  run_failed(ask->run);
  finish(ask, 1);
}

static void wait_for_answer(Ask *ask) {
  Run *run = ask->run;
  const void *within = ref(ask, 3);
  ask->until = within ? ask->asked + *(const double *)within : 0;
  open_terminal(run);
  Ask **link = &run->asks;
  while (*link) link = &(*link)->next;
  *link = ask;
  disk_make_dirs(run->answers_dir);
  tell(ask);
}

void ask_start(Run *run, Frame *frame, uint32_t step) {
  Ask *ask = calloc(1, sizeof *ask);
  if (!ask) arena_exhausted(sizeof *ask);
  *ask = (Ask){.run = run, .frame = frame, .step = step, .code = &frame->plan->code->steps[step]};
  step_label(&ask->id, frame, step);
  for (char *at = ask->id.data; *at; at++)
    if (*at == '/') *at = '.'; /* it is the name of a file */
  ask->asked = clock_now();
  ask->asked_wall = clock_wall();
  make_key(ask);
  RtError error;
  int refused = 0;
  if (from_journal(ask))
    finish(ask, 0);
  else if (run->options.dry_run) {
    explain_later(frame, step);
    ask_free(ask);
    step_done(frame, step, 1);
  } else if (from_flags(ask, &error, &refused) || from_file(ask))
    finish(ask, 0);
  else if (refused) {
    message_explained(run, &error);
    run_failed(run);
    finish(ask, 1);
  } else if (run->options.mode == MODE_FINISH) {
    run->missing++;
    run->status = 1;
    message_error(run, "R0123", &ask->code->place, "a question is not answered", "give it with --answer");
    finish(ask, 1);
  } else if (run->batch) {
    batch_unanswered(run, frame, step);
    ask_free(ask);
  } else
    wait_for_answer(ask);
}

/* A line from the terminal answers the question that was asked first. */
static int from_terminal(Ask *ask) {
  Run *run = ask->run;
  struct pollfd poll_tty = {run->tty_fd, POLLIN, 0};
  if (run->tty_fd < 0 || poll(&poll_tty, 1, 0) <= 0) return 0;
  char line[4096];
  ssize_t got = read(run->tty_fd, line, sizeof line);
  if (got <= 0) return 0;
  RtError error;
  if (take_answer(ask, line, (size_t)got, &error)) return 1;
  message_explained(run, &error);
  tell(ask);
  return 0;
}

/* The time is over: the default, or a failure. */
static void give_up(Ask *ask) {
  const void *fallback = ref(ask, 2);
  if (!fallback) {
    lose(ask, "R0113", "a question was not answered in time, and has no default", NULL);
    return;
  }
  value_copy(frame_arena(ask->frame), ask->code->type, fallback, ask->frame->slots + ask->code->slot);
  message_note(ask->run, "question %s: nobody answered, the default is taken", ask->id.data);
  note_answer(ask);
  finish(ask, 0);
}

void ask_poll(Run *run) {
  for (Ask **link = &run->asks; *link;) {
    Ask *ask = *link, *next = ask->next;
    int first = ask == run->asks;
    if ((first && from_terminal(ask)) || from_file(ask)) {
      *link = next;
      finish(ask, 0);
    } else if (ask->until && clock_now() >= ask->until) {
      *link = next;
      give_up(ask);
    } else {
      link = &ask->next;
    }
  }
}

void ask_end(Run *run) {
  for (Ask *ask; (ask = run->asks);) {
    run->asks = ask->next;
    run->counts.skipped++;
    Frame *frame = ask->frame;
    uint32_t step = ask->step;
    ask_free(ask);
    step_done(frame, step, 1);
  }
}
