// Columns of rows: the fields and numbers of all records of a layout.
#include <string.h>

#include "CKernels.h"
#include "bytes.h"

static inline ck_range *row_of(const ck_columns *columns, size_t record) {
  return columns->values + columns->rows[record] * columns->stride;
}

size_t ck_choose(const uint8_t *bytes, const ck_columns *columns, const uint8_t *slots,
                 size_t slot_count, ck_range *chosen) {
  size_t found = 0;
  for (size_t i = 0; i < columns->count; i++) {
    const ck_range *row = row_of(columns, i);
    chosen[i] = (ck_range){0, 0};
    for (size_t s = 0; s < slot_count; s++) {
      const ck_range field = row[slots[s]];
      if (is_null(bytes, field)) continue;
      chosen[i] = field;
      found++;
      break;
    }
  }
  return found;
}

size_t ck_find_fields(const uint8_t *bytes, const ck_columns *columns, const uint8_t *slots,
                      size_t slot_count, size_t *next, ck_found_field *found, size_t room) {
  size_t count = 0;
  size_t i = *next;
  for (; i < columns->count && count + slot_count <= room; i++) {
    const ck_range *row = row_of(columns, i);
    for (size_t s = 0; s < slot_count; s++) {
      const ck_range field = row[slots[s]];
      if (is_null(bytes, field)) continue;
      found[count++] = (ck_found_field){(uint32_t)i, field};
    }
  }
  *next = i;
  return count;
}

void ck_split(const uint8_t *bytes, const ck_columns *columns, uint8_t slot, uint8_t separator,
              const uint8_t *slots, size_t slot_count) {
  for (size_t i = 0; i < columns->count; i++) {
    ck_range *row = row_of(columns, i);
    const ck_range field = row[slot];
    uint32_t at = field.start;
    for (size_t part = 0; part < slot_count && field.end > field.start && at <= field.end; part++) {
      const uint32_t end = first_place(bytes, at, field.end, separator);
      if (slots[part] != CK_NO_SLOT) row[slots[part]] = (ck_range){at, end};
      at = end + 1;
    }
  }
}

void ck_exchange(const ck_columns *columns, const uint8_t *codes, uint8_t code, uint8_t first,
                 uint8_t second) {
  for (size_t i = 0; i < columns->count; i++) {
    if (codes[i] != code) continue;
    ck_range *row = row_of(columns, i);
    const ck_range field = row[first];
    row[first] = row[second];
    row[second] = field;
  }
}

// `-`, `-1`, and the words by which programs say that they have no number.
static inline int is_no_number(const uint8_t *bytes, ck_range field) {
  if (is_null(bytes, field)) return 1;
  const uint32_t length = field.end - field.start;
  if (length == 2 && bytes[field.start] == '-' && bytes[field.start + 1] == '1') return 1;
  if (length > 4 || (bytes[field.start] | 0x20) != 'n') return 0;
  static const char words[5][5] = {"na", "n/a", "null", "none", "nil"};
  for (int word = 0; word < 5; word++) {
    uint32_t same = 0;
    while (same < length && (bytes[field.start + same] | 0x20) == words[word][same]) same++;
    if (same == length && words[word][same] == 0) return 1;
  }
  return 0;
}

void ck_read_counts(const uint8_t *bytes, const ck_columns *columns, const uint8_t *slots,
                    const uint8_t *entries, size_t slot_count, int64_t max, int64_t *values,
                    uint8_t *status, uint8_t bad) {
  for (size_t i = 0; i < columns->count; i++) {
    const ck_range *row = row_of(columns, i);
    int64_t sum = CK_NULL;
    for (size_t s = 0; s < slot_count; s++) {
      if (s > 0 && entries[s] != entries[s - 1] && sum != CK_NULL) break;
      const ck_range field = row[slots[s]];
      int64_t value;
      uint8_t wrong = 0;
      ck_parse_decimals(bytes, &field, 1, max, &value, &wrong, 1);
      if (!wrong && value != CK_NULL)
        sum = sum == CK_NULL ? value : sum + value;
      else if (wrong && !status[i] && !is_no_number(bytes, field))
        status[i] = bad;
    }
    values[i] = sum;
  }
}

size_t ck_count_gaps(const uint8_t *bytes, const ck_range *texts, size_t count) {
  size_t gaps = 0;
  for (size_t i = 0; i < count; i++) gaps += (size_t)is_null(bytes, texts[i]);
  return gaps;
}

void ck_fill_gaps(const uint8_t *bytes, const ck_range *texts, size_t count, ck_range *targets) {
  for (size_t i = 0; i < count; i++)
    if (is_null(bytes, targets[i])) targets[i] = texts[i];
}
