/* fault.c: in builds with -DWEFT_FAULTS, the nth allocation fails, n being in WEFT_RT_FAIL_ALLOC: to test that a run
 * that is out of memory ends cleanly.  Link with -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc: then all calls but
 * those inside the C library come here. */
#ifdef WEFT_FAULTS
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

extern void *__real_malloc(size_t size);
extern void *__real_calloc(size_t count, size_t size);
extern void *__real_realloc(void *old, size_t size);
extern void *__wrap_malloc(size_t size);
extern void *__wrap_calloc(size_t count, size_t size);
extern void *__wrap_realloc(void *old, size_t size);

/* Counted down; 0: never fails. */
static long left = -1;

static int fails(void) {
  if (left < 0) {
    left = 0; /* getenv does not allocate */
    const char *text = getenv("WEFT_RT_FAIL_ALLOC");
    if (text) left = strtol(text, NULL, 10);
  }
  if (left == 0 || --left > 0) return 0;
  errno = ENOMEM;
  return 1;
}

void *__wrap_malloc(size_t size) { return fails() ? NULL : __real_malloc(size); }
void *__wrap_calloc(size_t count, size_t size) { return fails() ? NULL : __real_calloc(count, size); }
void *__wrap_realloc(void *old, size_t size) { return fails() ? NULL : __real_realloc(old, size); }
#else
typedef int fault_none; /* a translation unit must not be empty */
#endif
