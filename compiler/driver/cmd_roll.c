/* cmd_roll.c: flat workflows as small ones. */
#include "driver.h"
#include "import/roll.h"

int cmd_roll(Session *session, const Options *options) {
  const char *path = options->operands[0];
  Text text = {0};
  Dag *dag = driver_dag(session, options, path);
  if (!driver_report(session, options) || !dag) {
    dag_free(dag);
    return STATUS_USAGE;
  }
  RollCount count = roll_write(dag, &text);
  (void)count;
  dag_free(dag);
  return output_file(&text, option_value(options, "output"));
}
