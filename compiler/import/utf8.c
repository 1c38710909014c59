#include "import/utf8.h"

#include <stdint.h>
#include <string.h>

const char *utf8_wrong(const char *at, size_t len) {
  const unsigned char *byte = (const unsigned char *)at, *end = byte + len;
  while (byte < end) {
    uint64_t word;
    if (end - byte >= 8 && (memcpy(&word, byte, 8), !(word & 0x8080808080808080ULL))) {
      byte += 8;
      continue;
    }
    int rest = *byte < 0x80   ? 0
               : *byte < 0xc2 ? -1
               : *byte < 0xe0 ? 1
               : *byte < 0xf0 ? 2
               : *byte < 0xf5 ? 3
                              : -1;
    if (rest < 0 || end - byte <= rest) return (const char *)byte;
    if ((*byte == 0xe0 && byte[1] < 0xa0) || (*byte == 0xed && byte[1] > 0x9f) ||
        (*byte == 0xf0 && byte[1] < 0x90) || (*byte == 0xf4 && byte[1] > 0x8f))
      return (const char *)byte;
    for (int i = 1; i <= rest; i++)
      if ((byte[i] & 0xc0) != 0x80) return (const char *)byte;
    byte += rest + 1;
  }
  return NULL;
}
