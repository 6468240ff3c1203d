// Batched look-ups in an open-addressing table of byte strings.
#include <string.h>

#include "CKernels.h"

// The 128-bit product folded to 64 bits: every input bit reaches every output bit.
static inline uint64_t mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

#define MULTIPLIER_A 0x9e3779b97f4a7c15ull  // 2^64 / golden ratio.
#define MULTIPLIER_B 0xd1b54a32d192ed03ull
#define MULTIPLIER_C 0xa0761d6478bd642full

// The first 32 bytes of a key, zeros behind its end. Nearly all names and hosts fit in, so that
// they are hashed and compared without a branch that depends on their length.
typedef struct {
  uint64_t words[4];
} head;

static const uint8_t head_masks[64] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

static inline head head_of(const uint8_t *key, uint32_t length) {
  head value, mask;
  memcpy(&value, key, sizeof value);
  memcpy(&mask, head_masks + CK_KEY_HEAD - (length < CK_KEY_HEAD ? length : CK_KEY_HEAD),
         sizeof mask);
  for (int word = 0; word < 4; word++) value.words[word] &= mask.words[word];
  return value;
}

static inline uint64_t hash(const head *head, const uint8_t *key, uint32_t length, uint64_t seed) {
  uint64_t tail = length;
  for (uint32_t at = CK_KEY_HEAD; at < length; at += 8) {  // Only for long keys.
    uint64_t word = 0;
    memcpy(&word, key + at, length - at < 8 ? length - at : 8);
    tail = mix(tail ^ word, MULTIPLIER_C);
  }
  return mix(head->words[0] ^ seed, head->words[1] ^ MULTIPLIER_A) ^
         mix(head->words[2] ^ tail ^ MULTIPLIER_B, head->words[3] ^ seed);
}

static inline int equal(const head *head, const uint8_t *stored, const uint8_t *key,
                        uint32_t length) {
  uint64_t words[4], difference = 0;
  memcpy(words, stored, sizeof words);
  for (int word = 0; word < 4; word++) difference |= words[word] ^ head->words[word];
  return difference == 0 &&
         (length <= CK_KEY_HEAD ||
          memcmp(stored + CK_KEY_HEAD, key + CK_KEY_HEAD, length - CK_KEY_HEAD) == 0);
}

uint64_t ck_hash(const uint8_t *bytes, uint32_t start, uint32_t end, uint64_t seed) {
  const head head = head_of(bytes + start, end - start);
  return hash(&head, bytes + start, end - start, seed);
}

// Keys that are worked off together: first all hashes are made and the slots fetched, then the
// keys that the slots point to, and then both are in cache.
#define STEP 64

size_t ck_dictionary_find(const uint8_t *bytes, const ck_range *fields, size_t count,
                          const ck_slot *slots, size_t slot_mask, const uint8_t *keys,
                          uint64_t seed, uint64_t *hashes, uint32_t *values) {
  head heads[STEP];
  size_t absent = 0;
  for (size_t from = 0; from < count; from += STEP) {
    const size_t end = count - from < STEP ? count : from + STEP;
    for (size_t i = from; i < end; i++) {
      const uint8_t *key = bytes + fields[i].start;
      const uint32_t length = fields[i].end - fields[i].start;
      heads[i - from] = head_of(key, length);
      hashes[i] = hash(&heads[i - from], key, length, seed);
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
            equal(&heads[i - from], keys + slot->key_start, bytes + fields[i].start, length)) {
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
