/* sha.h: SHA-256 of what is fed in pieces. */
#ifndef WEFT_RT_SHA_H
#define WEFT_RT_SHA_H

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "value.h"

typedef struct Sha {
  SHA256_CTX state;
  const char *made; /* value_digest_made */
} Sha;

void sha_begin(Sha *sha);
void sha_add(Sha *sha, const void *data, size_t len);
void sha_end(Sha *sha, uint8_t into[32]);

/* A whole file, from `dir_fd`; also its size and time of change when `size` is not NULL.  0 or errno. */
int sha_file(int dir_fd, const char *path, uint8_t into[32], int64_t *size, int64_t *mtime_ns);

/* A hash as 64 hex digits and a NUL. */
void sha_hex(const uint8_t hash[32], char hex[65]);

#endif
