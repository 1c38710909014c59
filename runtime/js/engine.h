/* engine.h: duktape, told to stop when its time is over. */
#ifndef WEFT_RT_JS_ENGINE_H
#define WEFT_RT_JS_ENGINE_H

#include <duk_config.h>
#undef DUK_USE_INTERRUPT_COUNTER
#undef DUK_USE_EXEC_TIMEOUT_CHECK
#define DUK_USE_INTERRUPT_COUNTER
#define DUK_USE_EXEC_TIMEOUT_CHECK(udata) js_is_over(udata)

/* Whether the heap with this user data has used up its time. */
int js_is_over(void *heap);

#include <duktape.h>

#endif
