// Prints of names: 128-bit hashes under a random key, and a table of those that are known.
//
// The names of one event are hashed apart, each under a key of its column, and added up without
// carry. A column's hash is a CBC-MAC of zero-padded blocks under four rounds of AES with random
// round keys: two names that differ have one print with a probability of about 2^-100, as long as
// the key is not known. Padding tells names apart, and where they hold NULs their lengths do, which
// go into the first block times a secret.
#include <string.h>

#include "CKernels.h"
#include "bytes.h"
#include "groups.h"

#define INLINE __attribute__((always_inline)) static inline

// The mask of block `at` of a name: what lies behind its end is zero.
INLINE const uint8_t *mask_of(uint32_t length, uint32_t at) {
  const uint32_t left = length > at ? length - at : 0;
  return ck_lane_masks + 16 - (left < 16 ? left : 16);
}

INLINE uint64_t length_mark(uint32_t length, ck_print start) { return length * (start.low | 1); }

// --- without AES: two lanes of multiplications ---

INLINE uint64_t mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

INLINE void absorb_scalar(ck_print *state, uint64_t low, uint64_t high, const ck_print_key *key) {
  const uint64_t a = state->low ^ low, b = state->high ^ high;
  state->low = mix(a ^ key->rounds[0].low, b ^ key->rounds[0].high) ^ (b << 32 | b >> 32);
  state->high = mix(b ^ key->rounds[1].low, a ^ key->rounds[1].high) ^ (a << 32 | a >> 32);
}

static void add_scalar(const uint8_t *bytes, const ck_range *names, size_t count,
                       const ck_print_key *key, ck_print start, ck_print *prints) {
  for (size_t i = 0; i < count; i++) {
    const uint8_t *name = bytes + names[i].start;
    const uint32_t length = names[i].end - names[i].start;
    ck_print state = {start.low ^ length_mark(length, start), start.high};
    for (uint32_t at = 0; at == 0 || at < length; at += 16) {
      uint64_t block[2], mask[2];
      memcpy(block, name + at, 16);
      memcpy(mask, mask_of(length, at), 16);
      absorb_scalar(&state, block[0] & mask[0], block[1] & mask[1], key);
    }
    prints[i].low ^= state.low;
    prints[i].high ^= state.high;
  }
}

static void begin_scalar(const int64_t *times, const uint8_t *actions, size_t count,
                         const ck_print_key *key, ck_print *prints) {
  for (size_t i = 0; i < count; i++) {
    prints[i] = key->columns[CK_PRINT_COLUMNS];
    absorb_scalar(&prints[i], (uint64_t)(times[i] / CK_DAY_MICROS), actions[i], key);
  }
}

// --- with AES ---

#if defined(__x86_64__)
#include <immintrin.h>
#define AES __attribute__((target("avx2,aes")))

AES INLINE __m128i load(const void *bytes) { return _mm_loadu_si128((const __m128i *)bytes); }

AES INLINE __m128i permute(__m128i state, const __m128i rounds[4]) {
  state = _mm_aesenc_si128(state, rounds[0]);
  state = _mm_aesenc_si128(state, rounds[1]);
  state = _mm_aesenc_si128(state, rounds[2]);
  return _mm_aesenc_si128(state, rounds[3]);
}

AES static void add_aes(const uint8_t *bytes, const ck_range *names, size_t count,
                        const ck_print_key *key, ck_print start, ck_print *prints) {
  const __m128i rounds[4] = {load(&key->rounds[0]), load(&key->rounds[1]), load(&key->rounds[2]),
                             load(&key->rounds[3])};
  const __m128i first = load(&start);
  for (size_t i = 0; i < count; i++) {
    const uint8_t *name = bytes + names[i].start;
    const uint32_t length = names[i].end - names[i].start;
    const __m128i mark = _mm_cvtsi64_si128((int64_t)length_mark(length, start));
    __m128i state = permute(first ^ mark ^ (load(name) & load(mask_of(length, 0))), rounds);
    // Always the second block, too: nearly all names end in one of the two.
    state = permute(state ^ (load(name + 16) & load(mask_of(length, 16))), rounds);
    for (uint32_t at = 32; __builtin_expect(at < length, 0); at += 16)
      state = permute(state ^ (load(name + at) & load(mask_of(length, at))), rounds);
    _mm_storeu_si128((__m128i *)&prints[i], load(&prints[i]) ^ state);
  }
}

AES static void begin_aes(const int64_t *times, const uint8_t *actions, size_t count,
                          const ck_print_key *key, ck_print *prints) {
  const __m128i rounds[4] = {load(&key->rounds[0]), load(&key->rounds[1]), load(&key->rounds[2]),
                             load(&key->rounds[3])};
  const __m128i first = load(&key->columns[CK_PRINT_COLUMNS]);
  int64_t day = 0, day_start = 0;
  for (size_t i = 0; i < count; i++) {
    if (__builtin_expect((uint64_t)(times[i] - day_start) >= CK_DAY_MICROS, 0)) {
      day = times[i] / CK_DAY_MICROS;
      day_start = day * CK_DAY_MICROS;
    }
    const __m128i state = permute(first ^ _mm_set_epi64x(actions[i], day), rounds);
    _mm_storeu_si128((__m128i *)&prints[i], state);
  }
}
#endif

void ck_prints_begin(ck_level level, const int64_t *times, const uint8_t *actions, size_t count,
                     const ck_print_key *key, ck_print *prints) {
#if defined(__x86_64__)
  if (level >= CK_AVX2) return begin_aes(times, actions, count, key, prints);
#endif
  (void)level;
  begin_scalar(times, actions, count, key, prints);
}

void ck_prints_add(ck_level level, const uint8_t *bytes, const ck_range *names, size_t count,
                   const ck_print_key *key, size_t column, ck_print *prints) {
#if defined(__x86_64__)
  if (level >= CK_AVX2) return add_aes(bytes, names, count, key, key->columns[column], prints);
#endif
  (void)level;
  add_scalar(bytes, names, count, key, key->columns[column], prints);
}

// --- known prints ---

// 96 bits of a print are kept: a million groups are mixed up with a probability of 2^-57.
static inline int is_same(const ck_known *known, const ck_print *print) {
  return known->low == print->low && known->high == (uint32_t)print->high;
}

ck_known *ck_known_slot(const ck_print *print, ck_known *slots, size_t mask) {
  size_t at = ck_home_of(print->low, mask);
  while (slots[at].place && !is_same(&slots[at], print)) at = (at + 1) & mask;
  return &slots[at];
}

#define FETCHED_AHEAD 24

static inline void fetch(const ck_print *print, const ck_known *slots, size_t mask) {
  __builtin_prefetch(&slots[ck_home_of(print->low, mask)]);
}

size_t ck_known_find(const ck_print *prints, const uint8_t *status, size_t count,
                     const ck_known *slots, size_t mask, uint32_t *places, uint32_t *absent) {
  size_t absent_count = 0;
  for (size_t i = 0; i < count && i < FETCHED_AHEAD; i++) fetch(&prints[i], slots, mask);
  for (size_t i = 0; i < count; i++) {
    fetch(&prints[i + FETCHED_AHEAD < count ? i + FETCHED_AHEAD : i], slots, mask);
    // CK_ABSENT for a free slot.
    places[i] = ck_known_slot(&prints[i], (ck_known *)slots, mask)->place - 1;
    absent[absent_count] = (uint32_t)i;
    absent_count += places[i] == CK_ABSENT && (!status || status[i] == 0);
  }
  return absent_count;
}

// Slots are filled once, their place last: whoever reads a place finds the print that it is of. A
// place is read once, since a slot that is free now may be another print's a moment later.
static inline uint32_t shared_place(const ck_print *print, const ck_known *slots, size_t mask) {
  for (size_t at = ck_home_of(print->low, mask);; at = (at + 1) & mask) {
    const uint32_t place = __atomic_load_n(&slots[at].place, __ATOMIC_ACQUIRE);
    if (!place || is_same(&slots[at], print)) return place;
  }
}

size_t ck_shared_find(const ck_print *prints, size_t count, const ck_known *slots, size_t mask,
                      uint32_t *places) {
  size_t absent_count = 0;
  for (size_t i = 0; i < count && i < FETCHED_AHEAD; i++) fetch(&prints[i], slots, mask);
  for (size_t i = 0; i < count; i++) {
    fetch(&prints[i + FETCHED_AHEAD < count ? i + FETCHED_AHEAD : i], slots, mask);
    places[i] = shared_place(&prints[i], slots, mask) - 1;
    absent_count += places[i] == CK_ABSENT;
  }
  return absent_count;
}

void ck_known_fetch(const ck_print *print, const ck_known *slots, size_t mask) {
  fetch(print, slots, mask);
}

void ck_shared_add(const ck_print *print, uint32_t place, ck_known *slots, size_t mask) {
  ck_known *slot = ck_known_slot(print, slots, mask);
  slot->low = print->low;
  slot->high = (uint32_t)print->high;
  __atomic_store_n(&slot->place, place, __ATOMIC_RELEASE);
}

void ck_known_rehash(const ck_known *old, size_t count, ck_known *slots, size_t mask) {
  for (size_t i = 0; i < count; i++) {
    if (!old[i].place) continue;
    size_t at = ck_home_of(old[i].low, mask);
    while (slots[at].place) at = (at + 1) & mask;
    slots[at] = old[i];
  }
}
