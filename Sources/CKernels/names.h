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

// --- keys as the line before had them ---

// Places of the table that no key has: that of keys which are not kept, and the line's start.
enum { KEY_UNKEPT = 0, KEY_START = 1 };

// Places in which a key may be kept; where all are taken, the last one is given to it.
#define KEY_STEPS 8

static inline uint64_t key_word(const uint8_t *key, uint32_t at) {
  uint64_t word;
  memcpy(&word, key + at, 8);
  return word;
}

// Whether `length` bytes are those of a key.
static inline int is_key(const ck_key *key, const uint8_t *text, uint32_t length) {
  return key->length == length && (key_word(text, 0) & key->mask) == key->head &&
         (key_word(text, length < 8 ? 0 : length - 8) & key->mask) == key->tail;
}

// Where a key is kept, its slot not yet known; KEY_UNKEPT for one that is too long. `*is_new` says
// whether it was not kept before.
static inline uint16_t keep_key(ck_layout *layout, const uint8_t *text, uint32_t length,
                                uint32_t parent, int *is_new) {
  *is_new = 1;
  if (length == 0 || length > CK_KEY_BYTES || parent == 0) return KEY_UNKEPT;
  const uint64_t mask = length < 8 ? ~(~0ull << 8 * length) : ~0ull;
  const uint64_t head = key_word(text, 0) & mask;
  const uint64_t tail = key_word(text, length < 8 ? 0 : length - 8) & mask;
  const uint64_t mixed = (head ^ (tail << 7 | tail >> 57) ^ parent) * 0x9e3779b97f4a7c15ull;
  uint16_t place = 0;
  ck_key *key = NULL;
  for (uint32_t step = 0; step < KEY_STEPS; step++) {
    place = (uint16_t)(2 + ((mixed >> 56) + step) % (CK_KEYS - 2));
    key = &layout->keys[place];
    if (key->length == 0) break;
    if (key->length != length || key->head != head || key->tail != tail || key->parent != parent)
      continue;
    *is_new = 0;
    return place;
  }
  if (++layout->key_ids == 0) {  // All ids were used: the keys are forgotten.
    memset(layout->keys, 0, CK_KEYS * sizeof *layout->keys);
    layout->key_ids = 1;
  }
  *key = (ck_key){head, tail, mask, layout->key_ids + 1, parent, 0, (uint8_t)length, CK_NO_SLOT};
  return place;
}

#endif
