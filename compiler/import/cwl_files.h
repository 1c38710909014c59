/* cwl_files.h: File and Directory objects of a document as files that are there. */
#ifndef WEFT_IMPORT_CWL_FILES_H
#define WEFT_IMPORT_CWL_FILES_H

#include "import/cwl.h"

/* The last part of a path. */
const char *cwl_base(const char *path);
/* A folder of its own below `folder`. */
const char *cwl_fresh_folder(Cwl *cwl, const char *folder);
/* The path of an object; what is text in the document is made a file below `folder`. NULL: that could not be done. */
const char *cwl_file_of(Cwl *cwl, const Tree *object, const char *folder);
/* The path of a secondary file: each `^` of the pattern takes an ending away. */
const char *cwl_beside(Cwl *cwl, const char *path, const char *pattern);

#endif
