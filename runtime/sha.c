/* sha.c: digests of bytes, files, directories and values.  The low-level calls of libcrypto are used since they
 * need no initialisation: EVP would cost milliseconds at the start of each executable. */
#include "sha.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"
#include "text.h"
#include "walk.h"

enum { CHUNK = 1 << 16 };

void sha_begin(Sha *sha) {
  SHA256_Init(&sha->state);
  sha->made = NULL;
}

void sha_add(Sha *sha, const void *data, size_t len) { SHA256_Update(&sha->state, data, len); }

void sha_end(Sha *sha, uint8_t into[32]) { SHA256_Final(into, &sha->state); }

void sha_hex(const uint8_t hash[32], char hex[65]) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < 32; i++) {
    hex[2 * i] = digits[hash[i] >> 4];
    hex[2 * i + 1] = digits[hash[i] & 15];
  }
  hex[64] = 0;
}

void digest_bytes(const void *data, size_t len, RtDigest *digest) {
  Sha sha;
  sha_begin(&sha);
  sha_add(&sha, data, len);
  sha_end(&sha, digest->bytes);
}

void digest_hex(const RtDigest *digest, char hex[65]) { sha_hex(digest->bytes, hex); }

static int64_t nanoseconds(const struct timespec *at) {
  return (int64_t)at->tv_sec * 1000000000 + at->tv_nsec;
}

static int add_contents(Sha *sha, int fd) {
  char chunk[CHUNK];
  for (;;) {
    ssize_t got = read(fd, chunk, sizeof chunk);
    if (got == 0) return 0;
    if (got > 0)
      sha_add(sha, chunk, (size_t)got);
    else if (errno != EINTR)
      return errno;
  }
}

int sha_file(int dir_fd, const char *path, uint8_t into[32], int64_t *size, int64_t *mtime_ns) {
  int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) return errno;
  struct stat st;
  int error = fstat(fd, &st) ? errno : S_ISDIR(st.st_mode) ? EISDIR : S_ISREG(st.st_mode) ? 0 : EINVAL;
  Sha sha;
  sha_begin(&sha);
  if (!error) error = add_contents(&sha, fd);
  sha_end(&sha, into);
  close(fd);
  if (!error && size) {
    *size = st.st_size;
    *mtime_ns = nanoseconds(&st.st_mtim);
  }
  return error;
}

/* One line of a directory's listing: what it is, its hash, its path. */
static int add_entry(Sha *sha, int fd, const WalkEntry *entry) {
  uint8_t hash[32];
  char hex[65] = "";
  char kind = S_ISDIR(entry->mode) ? 'd' : S_ISREG(entry->mode) ? 'f' : S_ISLNK(entry->mode) ? 'l' : 'o';
  if (kind == 'f') {
    int error = sha_file(fd, entry->path, hash, NULL, NULL);
    if (error) return error;
    sha_hex(hash, hex);
  }
  if (kind == 'f' && (entry->mode & 0100)) kind = 'x';
  sha_add(sha, &kind, 1);
  sha_add(sha, hex, strlen(hex));
  sha_add(sha, entry->path, strlen(entry->path) + 1);
  return 0;
}

static int hash_dir(RtFile *file) {
  WalkList list = {0};
  int fd = open(file->path->bytes, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno;
  struct stat st;
  int error = fstat(fd, &st) ? errno : walk_tree(fd, ".", &list);
  Sha sha;
  sha_begin(&sha);
  for (size_t i = 0; i < list.count && !error; i++) error = add_entry(&sha, fd, &list.entries[i]);
  uint8_t hash[32];
  sha_end(&sha, hash);
  if (!error) {
    memcpy(file->hash, hash, sizeof hash);
    file->size = walk_size(&list);
    file->mtime_ns = nanoseconds(&st.st_mtim);
    file->hashed = 1;
  }
  walk_free(&list);
  close(fd);
  return error;
}

static int hash_contents(RtFile *file) {
  if (file->is_dir) return hash_dir(file);
  uint8_t hash[32];
  int error = sha_file(AT_FDCWD, file->path->bytes, hash, &file->size, &file->mtime_ns);
  if (error) return error;
  memcpy(file->hash, hash, sizeof hash);
  file->hashed = 1;
  return 0;
}

int file_hash(RtFile *file) {
  const RtString *told = file->path;
  file->path = list_given(told);
  int error = hash_contents(file);
  file->path = told;
  return error;
}

/* ---- values: a tag for the kind, then the contents, lengths before what varies ---- */

static void add_u64(Sha *sha, uint64_t value) {
  uint8_t bytes[8];
  for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)(value >> (8 * i));
  sha_add(sha, bytes, sizeof bytes);
}

/* All NaNs are one. */
static void add_double(Sha *sha, double value) {
  uint64_t bits = UINT64_C(0x7ff8000000000000);
  if (!isnan(value)) memcpy(&bits, &value, sizeof bits);
  add_u64(sha, bits);
}

static void add_string(Sha *sha, const char *bytes, size_t len) {
  add_u64(sha, len);
  sha_add(sha, bytes, len);
}

static int add_file(Sha *sha, RtFile *file) {
  size_t prefix = sha->made ? strlen(sha->made) : 0;
  if (prefix && strncmp(file->path->bytes, sha->made, prefix) == 0) {
    sha_add(sha, "made", 4); /* so that it is no contents' hash */
    add_string(sha, file->path->bytes + prefix, (size_t)file->path->len - prefix);
    return 0;
  }
  if (!file->hashed) {
    int error = file_hash(file);
    if (error) return error;
  }
  sha_add(sha, file->hash, sizeof file->hash);
  return 0;
}

static int add_value(Sha *sha, const RtType *type, const void *value);

static int add_array(Sha *sha, const RtType *elem, const RtArray *array) {
  int error = 0;
  add_u64(sha, (uint64_t)array->len);
  for (int64_t i = 0; i < array->len && !error; i++)
    error = add_value(sha, elem, array->items + (size_t)i * elem->size);
  return error;
}

/* Field names are part of it: (a: 1, b: 2) is not (b: 1, a: 2). */
static int add_record(Sha *sha, const RtType *type, const char *value) {
  int error = 0;
  add_u64(sha, type->field_count);
  for (uint32_t i = 0; i < type->field_count && !error; i++) {
    const RtField *field = &type->fields[i];
    add_string(sha, field->name, strlen(field->name));
    error = add_value(sha, field->type, value + field->offset);
  }
  return error;
}

static int add_value(Sha *sha, const RtType *type, const void *value) {
  sha_add(sha, &type->kind, 1);
  switch ((RtKind)type->kind) {
    case RT_UNIT:
      break;
    case RT_BOOL:
      sha_add(sha, value, 1);
      break;
    case RT_INT:
      add_u64(sha, (uint64_t) * (const int64_t *)value);
      break;
    case RT_FLOAT:
      add_double(sha, *(const double *)value);
      break;
    case RT_QUANTITY:
      add_string(sha, type->unit, strlen(type->unit));
      add_double(sha, *(const double *)value);
      break;
    case RT_UNCERTAIN:
      add_string(sha, type->unit, strlen(type->unit));
      add_double(sha, ((const RtUncertain *)value)->mean);
      add_double(sha, ((const RtUncertain *)value)->sd);
      break;
    case RT_STRING: {
      const RtString *string = *(const RtString *const *)value;
      add_string(sha, string->bytes, (size_t)string->len);
      break;
    }
    case RT_FILE:
    case RT_DIR:
      return add_file(sha, *(RtFile *const *)value);
    case RT_ARRAY:
      return add_array(sha, type->elem, *(const RtArray *const *)value);
    case RT_OPTION: {
      uint8_t present = *((const uint8_t *)value + type->elem->size) != 0;
      sha_add(sha, &present, 1);
      return present ? add_value(sha, type->elem, value) : 0;
    }
    case RT_RECORD:
      return add_record(sha, type, value);
  }
  return 0;
}

int value_digest(const RtType *type, const void *value, RtDigest *digest) {
  return value_digest_made(type, value, NULL, digest);
}

int value_digest_made(const RtType *type, const void *value, const char *made, RtDigest *digest) {
  Sha sha;
  sha_begin(&sha);
  sha.made = made;
  int error = add_value(&sha, type, value);
  sha_end(&sha, digest->bytes);
  return error;
}
