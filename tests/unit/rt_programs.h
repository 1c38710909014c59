/* rt_programs.h: small compiled workflows, written by hand, for tests of the scheduler. */
#ifndef WEFT_TEST_RT_PROGRAMS_H
#define WEFT_TEST_RT_PROGRAMS_H

#include "weftrt.h"

/* Each takes --n; a program of this name, aborts if there is none.
 *   say       for i in range(n) { echo i }: [Int]
 *   make      for i in range(n) { a file with i, and one that is not declared }: [File]
 *   same      as make, all with the same input
 *   count     as say, volatile
 *   fail      tasks fail when i is 2; each notes that it ran
 *   slow      tasks that time out, and leave a child
 *   nap       tasks of a tenth of a second, each makes a file
 *   lost      a program that is not there
 *   big       tasks that want more memory than there is
 *   square    for i in range(n) { i * i }: [Int], without tasks
 *   broken    evaluation 7 fails
 *   fold      sum of 0 .. n-1, each addition by a task
 *   loop      s = 2 s + 1 until s > 1000, at most n times
 *   tree      sum of squares, each addition by a task
 *   branch    if n > 5 { echo n }: Int?
 *   outer     x = nap; for i in range(n) { make i after x }: [File]
 *   ask       a question: Bool
 * What runs appends a line to $WEFT_TEST_RAN. */
const RtProgram *test_program(const char *name);

#endif
