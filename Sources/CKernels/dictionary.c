// Batched look-ups in an open-addressing table of byte strings.
#include <string.h>

#include "CKernels.h"

static inline uint64_t load8(const uint8_t *bytes) {
  uint64_t value;
  memcpy(&value, bytes, 8);
  return value;
}

// The 128-bit product folded to 64 bits: every input bit reaches every output bit.
static inline uint64_t mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

#define MULTIPLIER_A 0x9e3779b97f4a7c15ull  // 2^64 / golden ratio.
#define MULTIPLIER_B 0xd1b54a32d192ed03ull

static inline uint64_t hash(const uint8_t *key, uint32_t length, uint64_t seed) {
  uint64_t first, last;
  if (length >= 8) {
    first = load8(key);
    last = load8(key + length - 8);
    for (uint32_t at = 8; at + 8 < length; at += 8)
      seed = mix(seed ^ load8(key + at), MULTIPLIER_B);
  } else {
    first = length ? load8(key) << (64 - 8 * length) : 0;
    last = 0;
  }
  return mix(mix(first ^ seed, MULTIPLIER_A) ^ last, MULTIPLIER_B ^ length);
}

static inline int equal(const uint8_t *a, const uint8_t *b, uint32_t length) {
  if (length < 8)
    return length == 0 || (load8(a) ^ load8(b)) << (64 - 8 * length) == 0;
  uint64_t difference = load8(a + length - 8) ^ load8(b + length - 8);
  for (uint32_t at = 0; at + 8 < length; at += 8) difference |= load8(a + at) ^ load8(b + at);
  return difference == 0;
}

uint64_t ck_hash(const uint8_t *bytes, uint32_t start, uint32_t end, uint64_t seed) {
  return hash(bytes + start, end - start, seed);
}

// Keys that are worked off together: first all hashes are made and the slots fetched, then the
// keys that the slots point to, and then both are in cache.
#define STEP 64

size_t ck_dictionary_find(const uint8_t *bytes, const ck_range *fields, size_t count,
                          const ck_slot *slots, size_t slot_mask, const uint8_t *keys,
                          uint64_t seed, uint64_t *hashes, uint32_t *values) {
  size_t absent = 0;
  for (size_t from = 0; from < count; from += STEP) {
    const size_t end = count - from < STEP ? count : from + STEP;
    for (size_t i = from; i < end; i++) {
      hashes[i] = hash(bytes + fields[i].start, fields[i].end - fields[i].start, seed);
      __builtin_prefetch(&slots[hashes[i] & slot_mask]);
    }
    for (size_t i = from; i < end; i++) {
      const ck_slot *slot = &slots[hashes[i] & slot_mask];
      __builtin_prefetch(keys + (slot->value == CK_ABSENT ? 0 : slot->key_start));
    }
    for (size_t i = from; i < end; i++) {
      const uint64_t h = hashes[i];
      const uint32_t length = fields[i].end - fields[i].start;
      uint32_t value = CK_ABSENT;
      for (size_t at = h & slot_mask;; at = (at + 1) & slot_mask) {
        const ck_slot *slot = &slots[at];
        if (slot->value == CK_ABSENT) break;
        if (slot->tag == (uint32_t)(h >> 32) && slot->key_bytes == length &&
            equal(keys + slot->key_start, bytes + fields[i].start, length)) {
          value = slot->value;
          break;
        }
      }
      values[i] = value;
      absent += value == CK_ABSENT;
    }
  }
  return absent;
}

void ck_dictionary_put(ck_slot *slots, size_t slot_mask, uint64_t hash, ck_slot entry) {
  size_t at = hash & slot_mask;
  while (slots[at].value != CK_ABSENT) at = (at + 1) & slot_mask;
  slots[at] = entry;
}
