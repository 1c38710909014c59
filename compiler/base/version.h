/* version.h: the version of weft; the Makefile reads it here. */
#ifndef WEFT_BASE_VERSION_H
#define WEFT_BASE_VERSION_H

#define WEFT_VERSION "0.1.0"

#endif
