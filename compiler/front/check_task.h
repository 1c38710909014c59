/* check_task.h: the bodies of tasks and sites. */
#ifndef WEFT_FRONT_CHECK_TASK_H
#define WEFT_FRONT_CHECK_TASK_H

#include "front/checker.h"

void check_task(Checker *checker, Decl *decl);
void check_site(Checker *checker, Decl *decl);

/* Whether an output of type `to` can be made of `from`: as elsewhere, and files of their paths. */
bool output_fits(const Types *types, TypeId from, TypeId to);

#endif
