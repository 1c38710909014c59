#define DUK_COMPILING_DUKTAPE
#include "js/engine.h"

#include <duktape.c>
