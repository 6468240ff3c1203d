// What single bytes and fields are: for the kernels that read records.
#ifndef LOGVEIL_BYTES_H
#define LOGVEIL_BYTES_H

#include "CKernels.h"

static inline int is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }

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
