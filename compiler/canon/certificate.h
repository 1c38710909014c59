/* certificate.h: what normalising did, as a text that another program can check.
 *
 * A certificate holds the graph as it was written, in its own text form (ir/text.h), with every other node that is
 * spoken of; open variables are `?3`.  Facts follow, each of which is to be checked from those before it:
 *
 *   law 20 %5 = %9           by one application of law 20 to all of %5, it is %9
 *   scope 1                  nothing is replaced
 *   scope 4 in 1 %5 = %9     scope 1, with the variable %5 replaced by the open variable %9, which no other scope has
 *   image 4 %5 = %9          in scope 4, %5 with its operands replaced by their images is the same as %9
 *   image 1 %5 = %9 over 4   the same of a binder, whose variables are those that scope 4 replaces
 *   end %5 = %9              the next end of the graph is %5, and in normal form %9
 *
 * The image of an operand is what its variable was replaced by, or what an `image` line of this scope says, or else
 * what it is in the scope around; a node that mentions no variable of a scope is there what it is around it, and in a
 * scope that replaces nothing its own image.  What is the same by laws and images of scopes that replace nothing is
 * the same both ways and one after another.  Ends are those of tasks, in their order, then outputs, effects and
 * defaults.  Last comes what is left of the effects, without what is not volatile or is done for certain for the outputs
 * or for others that are left:
 *
 *   done %9                  the next effect */
#ifndef WEFT_CANON_CERTIFICATE_H
#define WEFT_CANON_CERTIFICATE_H

#include "ir/graph.h"

#define CERTIFICATE_HEAD "certificate 1"

typedef VEC(Node) Ends;

/* The ends of a graph, in the order of a certificate; what they are from now on, of a graph with as many. */
void ends_of(Graph *graph, Ends *ends);
void ends_set(Graph *graph, const Ends *ends);

/* Append the certificate of a graph with a trace (lower_flow_traced) that has been used up by normal_form; `starts`
 * are the ends that it had before. */
void certificate_print(Graph *graph, const Ends *starts, Text *into);

#endif
