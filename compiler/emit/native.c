/* native.c: a plan as an LLVM module, and from there to an executable. */
#include "emit/native.h"

#include <llvm-c/Analysis.h>
#include <llvm-c/Support.h>
#include <llvm-c/Target.h>
#include <llvm-c/Transforms/PassBuilder.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* Terms are as deeply nested as users nest them, and so is the code that walks them, LLVM's included. */
enum { STACK_MIB = 512, MANY_FUNCTIONS = 256, MANY_NODES = 10000 };

/* ---- phases ---- */

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void native_phase(Native *native, const char *name) {
  double time = now();
  if (native->options->timings) fprintf(stderr, "%-10s %8.1f ms\n", name, (time - native->since) * 1e3);
  native->since = time;
}

/* ---- set up ---- */

static LLVMTargetMachineRef new_machine(const char *triple, LLVMCodeGenOptLevel level) {
  LLVMTargetRef target;
  char *error = NULL;
  if (!LLVMGetTargetFromTriple(triple, &target, &error))
    return LLVMCreateTargetMachine(target, triple, "generic", "", level, LLVMRelocStatic,
                                   LLVMCodeModelDefault);
  fprintf(stderr, "weft: LLVM knows no target %s: %s\n", triple, error);
  LLVMDisposeMessage(error);
  return NULL;
}

static bool open_machine(Native *native) {
  LLVMInitializeNativeTarget();
  LLVMInitializeNativeAsmPrinter();
  char *triple = LLVMGetDefaultTargetTriple();
  native->machine = new_machine(triple,
                                native->options->optimise ? LLVMCodeGenLevelDefault : LLVMCodeGenLevelNone);
  if (native->machine) {
    native->data = LLVMCreateTargetDataLayout(native->machine);
    native->llvm = LLVMContextCreate();
    native->module = LLVMModuleCreateWithNameInContext("weft", native->llvm);
    LLVMSetTarget(native->module, triple);
    LLVMSetModuleDataLayout(native->module, native->data);
  }
  LLVMDisposeMessage(triple);
  return native->machine != NULL;
}

static void close_all(Native *native) {
  if (native->llvm) {
    LLVMDisposeModule(native->module);
    LLVMContextDispose(native->llvm);
    LLVMDisposeTargetData(native->data);
    LLVMDisposeTargetMachine(native->machine);
  }
  for (uint32_t i = 0; native->frames && i < native->plan->regions.len; i++) {
    vec_free(&native->frames[i].constants);
    map_free(&native->frames[i].constant_at);
  }
  vec_free(&native->layouts);
  vec_free(&native->texts);
  vec_free(&native->strings);
  vec_free(&native->place_values);
  vec_free(&native->straight);
  vec_free(&native->task_functions);
  map_free(&native->task_codes);
  map_free(&native->places);
  map_free(&native->input_of);
  arena_free(native->arena);
}

/* ---- from the plan to code ---- */

static bool check_module(const Native *native) {
  char *error = NULL;
  if (LLVMVerifyModule(native->module, LLVMReturnStatusAction, &error))
    BUG("LLVM does not accept the module: %s", error);
  LLVMDisposeMessage(error);
  if (native->too_large) fprintf(stderr, "weft: the workflow's expressions are too large to be compiled\n");
  return !native->too_large;
}

/* Superword parallelism is searched for in quadratic time in long straight code (4 s for a sum of 900), and gains
 * next to nothing; the option of the pass builder is not heeded by LLVM 16.  It can be given once a process. */
static void set_options(void) {
  static const char *const words[] = {"weft", "-vectorize-slp=false"};
  LLVMParseCommandLineOptions(2, words, NULL);
}

static void leave_alone(const Native *native, LLVMValueRef function) {
  native_attribute(native, function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, "noinline", 0);
  native_attribute(native, function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, "optnone", 0);
}

/* Code that runs once is not worth more of the compiler's time than it takes: in a program without loops, which
 * gets by with what is linear in its functions and does not look at tables; where such functions are many; and
 * where one is so long that what is quadratic would be felt. */
static const char *choose_passes(Native *native) {
  static const char *const pipelines[] = {NULL, "default<O1>", "default<O2>", "default<O3>"};
  int level = native->options->optimise > 3 ? 3 : native->options->optimise;
  if (level <= 0) return NULL;
  if (!native->loops) {
    LLVMDisposeTargetMachine(native->machine);
    native->machine = new_machine(LLVMGetTarget(native->module), LLVMCodeGenLevelNone);
    return "function(sroa,early-cse,simplifycfg)";
  }
  bool many = native->straight.len > MANY_FUNCTIONS;
  for (uint32_t i = 0; i < native->straight.len; i++)
    if (many || native->straight.data[i].nodes > MANY_NODES)
      leave_alone(native, native->straight.data[i].code);
  return pipelines[level];
}

static void optimise(Native *native) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  const char *passes = choose_passes(native);
  if (!passes) return;
  pthread_once(&once, set_options);
  LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
  LLVMErrorRef error = LLVMRunPasses(native->module, passes, native->machine, options);
  if (error) BUG("LLVM does not optimise: %s", LLVMGetErrorMessage(error));
  LLVMDisposePassBuilderOptions(options);
}

static void build(Native *native) {
  uint32_t count = graph_count(native->graph);
  native->stamp = ARENA_ARRAY(native->arena, uint32_t, count + 1);
  native->first = ARENA_ARRAY(native->arena, uint32_t, count + 1);
  native->traits = ARENA_ARRAY(native->arena, uint8_t, count + 1);
  native_types_init(native);
  native_constants_find(native);
  native_frames_init(native);
  native_program(native);
}

static int run_phases(Native *native) {
  native->since = now();
  if (!open_machine(native)) return 1;
  native_phase(native, "llvm");
  build(native);
  native_phase(native, "emit");
  if (!check_module(native)) return 1;
  optimise(native);
  native_phase(native, "optimise");
  int status = native_write(native);
  native_phase(native, native->options->form == EMIT_EXE ? "link" : "write");
  return status;
}

/* ---- the entry ---- */

typedef struct Job {
  const Plan *plan;
  const EmitOptions *options;
  int status;
} Job;

static void *run_job(void *with) {
  Job *job = with;
  Native native = {.plan = job->plan,
                   .graph = job->plan->graph,
                   .types = job->plan->graph->types,
                   .options = job->options,
                   .session = job->plan->graph->session,
                   .arena = arena_new()};
  job->status = run_phases(&native);
  close_all(&native);
  return NULL;
}

/* The only symbol of weft-native.so that others use. */
__attribute__((visibility("default"))) int native_emit(const Plan *plan, const EmitOptions *options);

int native_emit(const Plan *plan, const EmitOptions *options) {
  Job job = {plan, options, 1};
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, (size_t)STACK_MIB << 20);
  if (pthread_create(&thread, &attributes, run_job, &job))
    fprintf(stderr, "weft: no memory for a thread\n");
  else
    pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
  return job.status;
}
