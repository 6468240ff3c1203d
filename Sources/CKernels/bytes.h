// What single bytes and fields are: for the kernels that read records.
#ifndef LOGVEIL_BYTES_H
#define LOGVEIL_BYTES_H

#include <string.h>

#include "CKernels.h"

typedef uint8_t ck_lanes __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint8_t ck_wide __attribute__((vector_size(64), aligned(1), may_alias));

// Ones in the first bytes, zeros behind them: `ck_lane_masks + 16 - n` is a mask of n bytes.
static const uint8_t ck_lane_masks[32] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

// Up to 16 bytes of `at..<end`, zeros behind them. All 16 are read.
static inline ck_lanes lanes_of(const uint8_t *bytes, uint32_t at, uint32_t end) {
  const uint32_t left = end - at;
  return *(const ck_lanes *)(bytes + at) &
         *(const ck_lanes *)(ck_lane_masks + 16 - (left < 16 ? left : 16));
}

// Whether a byte stands around JSON objects: brackets, commas and blanks.
static inline int is_bracket(uint8_t byte) {
  return byte == '{' || byte == '}' || byte == '[' || byte == ']' || byte == ',' || byte <= ' ';
}

// Behind blanks between values of JSON.
static inline uint32_t skip_blanks(const uint8_t *bytes, uint32_t at, uint32_t end) {
  while (at < end && bytes[at] <= ' ') at++;
  return at;
}

// Whether a bit is set.
static inline int any_lane(ck_lanes lanes) {
  uint64_t halves[2];
  memcpy(halves, &lanes, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

// The number of the first lane that is not 0; 16: there is none.
static inline uint32_t first_lane(ck_lanes lanes) {
  uint64_t halves[2];
  memcpy(halves, &lanes, sizeof halves);
  if (halves[0]) return (uint32_t)__builtin_ctzll(halves[0]) / 8;
  return halves[1] ? 8 + (uint32_t)__builtin_ctzll(halves[1]) / 8 : 16;
}

// Whether one of three bytes stands in a text.
static inline int holds_any(const uint8_t *bytes, ck_range text, uint8_t a, uint8_t b,
                            uint8_t c) {
  ck_lanes found = {0};
  for (uint32_t at = text.start; at < text.end; at += 16) {
    const uint32_t left = text.end - at;
    const ck_lanes here = *(const ck_lanes *)(bytes + at);
    const ck_lanes equal = (ck_lanes)(here == a) | (ck_lanes)(here == b) | (ck_lanes)(here == c);
    found |= equal & *(const ck_lanes *)(ck_lane_masks + 16 - (left < 16 ? left : 16));
  }
  return any_lane(found);
}

// Where a byte stands first in `at..<end`, or `end`. Up to 16 bytes more are read.
static inline uint32_t first_place(const uint8_t *bytes, uint32_t at, uint32_t end, uint8_t byte) {
  for (; at < end; at += 16) {
    const uint32_t lane = first_lane((ck_lanes)(*(const ck_lanes *)(bytes + at) == byte));
    if (lane < 16) return lane < end - at ? at + lane : end;
  }
  return end;
}

static inline int is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }

// Whether `length` bytes, at least two, are the same.
static inline int same_bytes(const uint8_t *a, const uint8_t *b, uint32_t length) {
  if (length < 4) {
    uint16_t head, other, tail, other_tail;
    memcpy(&head, a, 2), memcpy(&other, b, 2);
    memcpy(&tail, a + length - 2, 2), memcpy(&other_tail, b + length - 2, 2);
    return ((head ^ other) | (tail ^ other_tail)) == 0;
  }
  if (length < 8) {
    uint32_t head, other, tail, other_tail;
    memcpy(&head, a, 4), memcpy(&other, b, 4);
    memcpy(&tail, a + length - 4, 4), memcpy(&other_tail, b + length - 4, 4);
    return ((head ^ other) | (tail ^ other_tail)) == 0;
  }
  uint64_t head, other, tail, other_tail;
  memcpy(&head, a, 8), memcpy(&other, b, 8);
  memcpy(&tail, a + length - 8, 8), memcpy(&other_tail, b + length - 8, 8);
  if ((head ^ other) | (tail ^ other_tail)) return 0;
  return length <= 16 || memcmp(a + 8, b + 8, length - 16) == 0;
}

// Whether a text starts with `length` bytes.
static inline int starts_with(const uint8_t *bytes, ck_range text, const uint8_t *start,
                              uint32_t length) {
  return text.end - text.start >= length && memcmp(bytes + text.start, start, length) == 0;
}

// Whether a letter or a digit is among `length` bytes.
static inline int has_word_byte(const uint8_t *bytes, uint32_t length) {
  for (uint32_t i = 0; i < length; i++)
    if (is_digit(bytes[i]) || (uint8_t)((bytes[i] | 0x20) - 'a') < 26) return 1;
  return 0;
}

// The value of a hexadecimal digit, or -1.
static inline int hex_digit(uint8_t byte) {
  const uint8_t letter = byte | 0x20;
  if (is_digit(byte)) return byte - '0';
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

// Whether a field says nothing: it is empty, or `-`.
static inline int is_null(const uint8_t *bytes, ck_range field) {
  return field.end == field.start || (field.end - field.start == 1 && bytes[field.start] == '-');
}

#endif
