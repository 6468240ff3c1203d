// Look-ups of words of which a log has few, such as actions: a table that stays in the first-level
// cache, with the words themselves in it.
#include <string.h>

#include "CKernels.h"

typedef uint64_t lanes __attribute__((vector_size(32), aligned(1), may_alias));

static const uint8_t word_masks[64] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

// The place of a word in the table, or the free place where it would go.
static inline size_t place_of(const uint8_t *bytes, ck_range field, const ck_word *table,
                              size_t mask, lanes *word) {
  const uint32_t length = field.end - field.start;
  *word = *(const lanes *)(bytes + field.start) &
          *(const lanes *)(word_masks + CK_WORD_MAX - length);
  const lanes value = *word;
  const uint64_t mixed = (value[0] ^ value[2]) * 0x9e3779b97f4a7c15ull +
                         (value[1] ^ value[3] ^ length) * 0xd1b54a32d192ed03ull;
  size_t at = (mixed >> 40) & mask;
  while (table[at].in_use) {
    const lanes difference = value ^ *(const lanes *)table[at].bytes;
    if (((difference[0] | difference[1]) | (difference[2] | difference[3]) |
         (table[at].length ^ length)) == 0)
      break;
    at = (at + 1) & mask;
  }
  return at;
}

size_t ck_words_find(const uint8_t *bytes, const ck_range *fields, size_t count,
                     const ck_word *table, size_t mask, uint8_t *codes, uint32_t *absent) {
  size_t absent_count = 0;
  for (size_t i = 0; i < count; i++) {
    if (__builtin_expect(fields[i].end - fields[i].start <= CK_WORD_MAX, 1)) {
      lanes word;
      const ck_word *known = &table[place_of(bytes, fields[i], table, mask, &word)];
      if (__builtin_expect(known->in_use, 1)) {
        codes[i] = codes[i] > known->code ? codes[i] : known->code;
        continue;
      }
    }
    absent[absent_count++] = (uint32_t)i;
  }
  return absent_count;
}

int ck_words_put(const uint8_t *bytes, ck_range field, uint8_t code, ck_word *table, size_t mask) {
  lanes word;
  ck_word *entry = &table[place_of(bytes, field, table, mask, &word)];
  if (entry->in_use) return 0;
  memcpy(entry->bytes, &word, sizeof word);
  entry->length = field.end - field.start;
  entry->code = code;
  entry->in_use = 1;
  return 1;
}
