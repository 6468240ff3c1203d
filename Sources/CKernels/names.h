// Names of fields, looked up in a table: for the kernels that cut records.
#ifndef LOGVEIL_NAMES_H
#define LOGVEIL_NAMES_H

#include <string.h>

#include "CKernels.h"

// Bytes `at..<at + 8` of a name in lower case, zeros behind its end; up to 8 bytes more are read.
static inline uint64_t name_word(const uint8_t *name, uint32_t at, uint32_t length) {
  uint64_t word;
  memcpy(&word, name + at, 8);
  word |= 0x2020202020202020ull;
  return length - at < 8 ? word & ~(~0ull << 8 * (length - at)) : word;
}

static inline uint64_t name_hash(const uint8_t *name, uint32_t length) {
  uint64_t hash = length;
  for (uint32_t at = 0; at < length; at += 8) {
    const unsigned __int128 product =
        (unsigned __int128)(hash ^ name_word(name, at, length) ^ 0x9e3779b97f4a7c15ull) *
        0xd1b54a32d192ed03ull;
    hash = (uint64_t)product ^ (uint64_t)(product >> 64);
  }
  return hash;
}

// The slot of a name, or CK_NO_SLOT.
static inline uint8_t name_slot(const uint8_t *name, uint32_t length, const ck_names *names) {
  if (length - 1 >= CK_NAME_BYTES - 8) return CK_NO_SLOT;
  const uint64_t hash = name_hash(name, length);
  for (size_t at = hash & names->mask; names->entries[at].length; at = (at + 1) & names->mask) {
    const ck_name *entry = &names->entries[at];
    if (entry->hash != hash || entry->length != length) continue;
    uint64_t differs = 0;
    for (uint32_t i = 0; i < length; i += 8) {
      uint64_t known;
      memcpy(&known, entry->text + i, 8);
      differs |= known ^ name_word(name, i, length);
    }
    if (!differs) return entry->slot;
  }
  return CK_NO_SLOT;
}

#endif
