/* load.c: the native emitter, opened when it is needed. */
#include "base/load.h"
#include "emit/target.h"

#include <string.h>

int emit_native(const Plan *plan, const EmitOptions *options) {
  EmitOptions full = *options;
  if (!full.runtime && full.form == EMIT_EXE) {
    full.runtime = load_path(plan->graph->session->arena, "libweftrt.a");
    if (!full.runtime) return 1;
  }
  void *symbol = load_symbol("weft-native.so", "native_emit");
  if (!symbol) return 1;
  EmitRun *run;
  memcpy(&run, &symbol, sizeof run);
  return run(plan, &full);
}
