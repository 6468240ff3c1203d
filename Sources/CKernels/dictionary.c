// Batched look-ups in an open-addressing table of byte strings.
//
// A slot is eight bytes: a tag and the place of an entry; an entry is one cache line with the head
// of its key. A batch is worked off in steps: first all hashes are made and the slots fetched, then
// the entries that the slots point to, then the tails of long keys, and then all of them are in
// cache, however large the table.
#include <string.h>

#include "CKernels.h"

#define INLINE __attribute__((always_inline)) static inline
#define HEAD_BYTES CK_ENTRY_HEAD

// 32 bytes at once, by vector registers where the processor has them. Nearly all names and hosts
// fit in, so that they are hashed and compared without a branch that depends on their length.
typedef uint64_t words __attribute__((vector_size(32), aligned(1), may_alias));

static const uint8_t head_masks[64] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

// The first 32 bytes of a key, zeros behind its end.
INLINE void read_head(const uint8_t *key, uint32_t length, words *head) {
  const uint8_t *mask = head_masks + 32 - (length < 32 ? length : 32);
  *head = *(const words *)key & *(const words *)mask;
}

// Bytes `at..<at + 8` of a key, zeros behind its end; `at` is less than `length`.
INLINE uint64_t word_at(const uint8_t *key, uint32_t at, uint32_t length) {
  uint64_t word;
  memcpy(&word, key + at, 8);
  return length - at < 8 ? word & ~(~0ull << 8 * (length - at)) : word;
}

// The 128-bit product folded to 64 bits: every input bit reaches every output bit.
INLINE uint64_t mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

#define MULTIPLIER_A 0x9e3779b97f4a7c15ull  // 2^64 / golden ratio.
#define MULTIPLIER_B 0xd1b54a32d192ed03ull

ck_secrets ck_make_secrets(uint64_t seed) {
  ck_secrets s;
  s.a = mix(seed ^ MULTIPLIER_A, MULTIPLIER_B);
  s.b = mix(s.a ^ MULTIPLIER_B, seed ^ MULTIPLIER_A);
  s.c = mix(s.b ^ MULTIPLIER_A, s.a ^ MULTIPLIER_B);
  s.d = mix(s.c ^ MULTIPLIER_B, s.b ^ MULTIPLIER_A);
  return s;
}

// Adds 32 bytes to two chains, so that neither waits for the other.
INLINE void add_words(const uint8_t *bytes, ck_secrets s, uint64_t *one, uint64_t *two) {
  const words next = *(const words *)bytes;
  *one = mix(next[0] ^ *one, next[1] ^ s.c);
  *two = mix(next[2] ^ *two, next[3] ^ s.d);
}

// Adds the bytes of a key behind its head; of the last 32 some may be added twice.
__attribute__((noinline)) static void add_tail(const uint8_t *key, uint32_t length, ck_secrets s,
                                               uint64_t *one, uint64_t *two) {
  const uint32_t last = length - 32;
  for (uint32_t at = 32; at < last; at += 32) add_words(key + at, s, one, two);
  add_words(key + last, s, one, two);
}

INLINE uint64_t hash(const uint64_t head[4], const uint8_t *key, uint32_t length, ck_secrets s) {
  uint64_t one = s.a + length, two = s.b;
  if (__builtin_expect(length > 32, 0)) add_tail(key, length, s, &one, &two);
  return mix(head[0] ^ s.c, head[1] ^ s.d) ^ mix(head[2] ^ one, head[3] ^ two);
}

// Whether what lies behind the first 32 bytes is equal, too. Both sides may be read up to 32 bytes
// past their ends.
__attribute__((noinline)) static int equal_behind_head(const ck_entry *entry, const uint8_t *tails,
                                                       const uint8_t *key, uint32_t length) {
  for (uint32_t at = 32; at < HEAD_BYTES && at < length; at += 8) {
    uint64_t known;
    memcpy(&known, entry->head + at, 8);
    if (known != word_at(key, at, length)) return 0;
  }
  // Pseudonyms end a few bytes behind the head.
  for (uint32_t at = HEAD_BYTES; at < length; at += 32) {
    words one, other;
    read_head(key + at, length - at, &one);
    read_head(tails + entry->tail_start + at - HEAD_BYTES, length - at, &other);
    if (__builtin_reduce_or(one ^ other) != 0) return 0;
  }
  return 1;
}

INLINE uint32_t tag_of(uint64_t hash) { return (uint32_t)(hash >> 32); }

// The first slot of a probe that is free or has the tag.
INLINE size_t next_candidate(const ck_slot *slots, size_t mask, size_t at, uint32_t tag) {
  while (slots[at].place && slots[at].tag != tag) at = (at + 1) & mask;
  return at;
}

// Keys that are worked off together.
#define STEP 64

INLINE size_t find(const uint8_t *bytes, const ck_range *fields, size_t count,
                   const ck_dictionary *dictionary, uint32_t *values) {
  const ck_slot *slots = dictionary->slots;
  const ck_entry *entries = dictionary->entries;
  const size_t mask = dictionary->slot_mask;
  const ck_secrets s = dictionary->secrets;
  words heads[STEP];
  uint64_t hashes[STEP];
  size_t places[STEP];
  size_t absent = 0;
  for (; count > 0; count -= count < STEP ? count : STEP, fields += STEP, values += STEP) {
    const size_t step = count < STEP ? count : STEP;
    int have_tails = 0;
    for (size_t i = 0; i < step; i++) {
      const uint8_t *key = bytes + fields[i].start;
      const uint32_t length = fields[i].end - fields[i].start;
      have_tails |= length > HEAD_BYTES;
      read_head(key, length, &heads[i]);
      hashes[i] = hash((const uint64_t *)&heads[i], key, length, s);
      __builtin_prefetch(&slots[hashes[i] & mask]);
    }
    for (size_t i = 0; i < step; i++) {
      places[i] = next_candidate(slots, mask, hashes[i] & mask, tag_of(hashes[i]));
      __builtin_prefetch(&entries[slots[places[i]].place]);
    }
    // Few tables have keys that are longer than their entries.
    for (size_t i = 0; __builtin_expect(have_tails, 0) && i < step; i++)
      __builtin_prefetch(dictionary->tails + entries[slots[places[i]].place].tail_start);
    for (size_t i = 0; i < step; i++) {
      const uint32_t length = fields[i].end - fields[i].start;
      const uint32_t tag = tag_of(hashes[i]);
      uint32_t value = CK_ABSENT;
      for (size_t at = places[i]; slots[at].place;
           at = next_candidate(slots, mask, (at + 1) & mask, tag)) {
        const ck_entry *entry = &entries[slots[at].place];
        if (entry->key_bytes != length ||
            __builtin_reduce_or(heads[i] ^ *(const words *)entry->head) != 0)
          continue;
        if (__builtin_expect(length > 32, 0) &&
            !equal_behind_head(entry, dictionary->tails, bytes + fields[i].start, length))
          continue;
        value = entry->value;
        break;
      }
      values[i] = value;
      absent += value == CK_ABSENT;
    }
  }
  return absent;
}

static size_t find_scalar(const uint8_t *bytes, const ck_range *fields, size_t count,
                          const ck_dictionary *dictionary, uint32_t *values) {
  return find(bytes, fields, count, dictionary, values);
}

#if defined(__x86_64__)
__attribute__((target("avx2,bmi,bmi2"))) static size_t find_avx2(
    const uint8_t *bytes, const ck_range *fields, size_t count, const ck_dictionary *dictionary,
    uint32_t *values) {
  return find(bytes, fields, count, dictionary, values);
}
#endif

size_t ck_dictionary_find(ck_level level, const uint8_t *bytes, const ck_range *fields,
                          size_t count, const ck_dictionary *dictionary, uint32_t *values) {
#if defined(__x86_64__)
  if (level >= CK_AVX2) return find_avx2(bytes, fields, count, dictionary, values);
#endif
  (void)level;
  return find_scalar(bytes, fields, count, dictionary, values);
}

static void put(ck_slot *slots, size_t slot_mask, uint64_t hash, uint32_t place) {
  size_t at = hash & slot_mask;
  while (slots[at].place) at = (at + 1) & slot_mask;
  slots[at] = (ck_slot){tag_of(hash), place};
}

void ck_dictionary_put(const uint8_t *key, uint32_t length, uint32_t value, uint32_t place,
                       ck_secrets secrets, ck_slot *slots, size_t slot_mask, ck_entry *entries,
                       uint8_t *tails, uint32_t tail_start) {
  words head;
  read_head(key, length, &head);
  ck_entry *entry = &entries[place];
  entry->hash = hash((const uint64_t *)&head, key, length, secrets);
  entry->value = value;
  entry->key_bytes = length;
  entry->tail_start = tail_start;
  memset(entry->head, 0, HEAD_BYTES);
  memcpy(entry->head, key, length < HEAD_BYTES ? length : HEAD_BYTES);
  if (length > HEAD_BYTES) memcpy(tails + tail_start, key + HEAD_BYTES, length - HEAD_BYTES);
  put(slots, slot_mask, entry->hash, place);
}

void ck_dictionary_rehash(const ck_entry *entries, uint32_t place_end, ck_slot *slots,
                          size_t slot_mask) {
  for (uint32_t place = 1; place < place_end; place++)
    put(slots, slot_mask, entries[place].hash, place);
}
