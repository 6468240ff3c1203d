#define _GNU_SOURCE
// Lines of any shape, cut into records. The algorithms are in the *_body.h files, which are
// compiled once per instruction set; here is what they stand on.
#include <string.h>

#include "CKernels.h"
#include "bytes.h"
#include "known_header.h"
#include "names.h"
#include "syslog.h"

#define INLINE __attribute__((always_inline)) static inline
// For a loop that needs all registers.
#define NOINLINE __attribute__((noinline))

static inline int is_blank(uint8_t byte) { return byte == ' ' || byte == '\t'; }

// Whether a syslog message is a remark, as the header of a table: `#Fields: …`, not `#011…`.
static inline int is_remark(const uint8_t *bytes, uint32_t start, uint32_t message, uint32_t end) {
  return message > start && message + 1 < end && bytes[message] == '#' &&
         !is_digit(bytes[message + 1]);
}

static inline int is_separator(uint8_t byte, const ck_pairs *pairs) {
  uint32_t all;
  memcpy(&all, pairs->separators, 4);
  all ^= byte * 0x01010101u;
  return ((all - 0x01010101u) & ~all & 0x80808080u) != 0;  // One of the four is zero.
}

static inline int is_key_byte(uint8_t byte, const ck_pairs *pairs) {
  return byte >= 0x80 || (pairs->key_low[byte & 15] >> (byte >> 4) & 1);
}

// The first value that is not empty counts.
static inline void put_value(ck_range *value, uint32_t start, uint32_t end) {
  if (value->start == value->end && end > start) *value = (ck_range){start, end};
}

static inline uint32_t scalar_key_start(const uint8_t *bytes, uint32_t from, uint32_t end,
                                        const ck_pairs *pairs) {
  while (end > from && is_key_byte(bytes[end - 1], pairs)) end--;
  return end;
}

// Where a key of several words starts that ends with the word at `start`: behind a separator, no
// blank being one. `from` where there is none.
static uint32_t words_start(const uint8_t *bytes, uint32_t from, uint32_t start,
                            const ck_pairs *pairs) {
  if (pairs->has_blanks) return from;
  uint32_t at = start;
  while (at > from && (bytes[at - 1] == ' ' || is_key_byte(bytes[at - 1], pairs))) at--;
  if (at == from || !is_separator(bytes[at - 1], pairs)) return from;
  while (bytes[at] == ' ') at++;
  return at;
}

// --- the headers of CEF and LEEF ---

// Where the header's version stands: behind the word, or at the number before the first bar, where
// a relay took the word for its tag. 0: nowhere.
static uint32_t find_version(const uint8_t *bytes, ck_range line, const char *word,
                             uint32_t *start) {
  const size_t length = strlen(word);
  if (line.end - line.start >= length && memcmp(bytes + line.start, word, length) == 0) {
    *start = line.start + (uint32_t)length;
    return 1;
  }
  const uint8_t *bar = memchr(bytes + line.start, '|', line.end - line.start);
  if (!bar) return 0;
  const uint8_t *found =
      memmem(bytes + line.start, (size_t)(bar - bytes) - line.start, word, length);
  if (!found) found = memmem(bar, line.end - (size_t)(bar - bytes), word, length);
  if (found) {
    *start = (uint32_t)(found - bytes + length);
    return 1;
  }
  uint32_t at = (uint32_t)(bar - bytes);
  while (at > line.start && ((uint8_t)(bytes[at - 1] - '0') < 10 || bytes[at - 1] == '.')) at--;
  *start = at;
  return bytes + at < bar;
}

// The end of the header field that starts at `at`: an unescaped bar.
static uint32_t header_end(const uint8_t *bytes, uint32_t at, uint32_t end) {
  while (at < end && bytes[at] != '|') at += bytes[at] == '\\' ? 2 : 1;
  return at < end ? at : end;
}

// The delimiter that LEEF 2.0 names: a character up to U+00FF, or `x5E` with or without a zero in
// front; else TAB.
static uint8_t named_delimiter(const uint8_t *bytes, uint32_t start, uint32_t end) {
  if (end - start == 1) return bytes[start];
  if (end - start == 2 && (bytes[start] | 1) == 0xc3)
    return (uint8_t)(bytes[start] << 6 | (bytes[start + 1] & 63));
  if (end > start && bytes[start] == '0') start++;
  if (end - start < 2 || end - start > 3 || (bytes[start] | 0x20) != 'x') return '\t';
  uint8_t value = 0;
  for (uint32_t at = start + 1; at < end; at++) {
    const int digit = hex_digit(bytes[at]);
    if (digit < 0) return '\t';
    value = (uint8_t)(value << 4 | digit);
  }
  return value ? value : '\t';
}

// A text that stands for a TAB becomes TABs, so that nothing moves. 0: there is none.
static int put_tabs(uint8_t *bytes, uint32_t start, uint32_t end, const void *text,
                    uint32_t length) {
  int has_any = 0;
  for (uint8_t *found; start < end && (found = memmem(bytes + start, end - start, text, length));
       has_any = 1) {
    memset(found, '\t', length);
    start = (uint32_t)(found - bytes) + length;
  }
  return has_any;
}

// A delimiter above ASCII, in UTF-8 or as a byte, becomes TABs: such bytes stand in names, too.
static void put_tabs_for(uint8_t *bytes, uint32_t start, uint32_t end, uint8_t delimiter) {
  const uint8_t utf8[2] = {0xc0 | delimiter >> 6, 0x80 | (delimiter & 63)};
  if (!put_tabs(bytes, start, end, utf8, 2)) put_tabs(bytes, start, end, &delimiter, 1);
}

// What separates the pairs of LEEF that start at `*start`, or behind the delimiter's name there.
static uint8_t find_delimiter(uint8_t *bytes, uint32_t *start, uint32_t end, int is_second) {
  uint8_t delimiter = '\t';
  if (is_second) {
    // The delimiter may have been left out, with its bar: then the pairs start here.
    const uint32_t bar = header_end(bytes, *start, end);
    if (bar < end && bar - *start <= 4 && !memchr(bytes + *start, '=', bar - *start)) {
      delimiter = named_delimiter(bytes, *start, bar);
      *start = bar + 1;
    }
  }
  const size_t length = end - *start;
  if (delimiter >= 0x80) {
    put_tabs_for(bytes, *start, end, delimiter);
    delimiter = '\t';
  }
  if (memchr(bytes + *start, delimiter, length)) return delimiter;
  put_tabs(bytes, *start, end, "#011", 4);  // As relays write it.
  if (memchr(bytes + *start, '\t', length)) return '\t';
  if (memchr(bytes + *start, '|', length)) return '|';
  return memchr(bytes + *start, '^', length) ? '^' : ' ';
}

// Fields whose ends are kept at once; a longer line is cut field by field.
#define ENDS_MAX 512
// What `cut_quoted_places` says of a message that is not cut by the parity of its quotes.
#define OTHER_QUOTES UINT32_MAX

#define JSON_DEPTH_MAX 32
#define JSON_PATH_BYTES 256

// --- scalar twin ---

#define CUT_(name) name##_scalar
#define CUT_TARGET

static uint64_t match_scalar(const uint8_t *bytes, uint8_t value) {
  uint64_t bits = 0;
  for (int i = 0; i < 64; i++) bits |= (uint64_t)(bytes[i] == value) << i;
  return bits;
}

// Writes where the bits are, behind `base`; there is room for 64.
static void write_places_scalar(uint32_t *target, uint64_t bits, uint32_t count, uint32_t base) {
  for (uint32_t i = 0; i < count; i++, bits &= bits - 1)
    target[i] = base + (uint32_t)__builtin_ctzll(bits);
}

// Bits up to and with which the number of bits set is odd.
INLINE uint64_t parity_scalar(uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

static uint32_t find_byte_scalar(const uint8_t *bytes, uint32_t at, uint32_t end, uint8_t value) {
  while (at < end && bytes[at] != value) at++;
  return at;
}

static const uint8_t *find_text_scalar(const uint8_t *bytes, uint32_t start, uint32_t end,
                                       const uint8_t *text, uint32_t length) {
  for (uint32_t at = start; at < end && end - at >= length; at++)
    if (memcmp(bytes + at, text, length) == 0) return bytes + at;
  return NULL;
}

static uint32_t key_start_scalar(const uint8_t *bytes, uint32_t from, uint32_t end,
                                 const ck_pairs *pairs) {
  return scalar_key_start(bytes, from, end, pairs);
}

static void note_texts_scalar(const uint8_t *bytes, ck_range line, const ck_texts *texts,
                              const uint32_t *places, size_t count, ck_found_texts *found);

static int scan_texts_scalar(const uint8_t *bytes, ck_range line, const ck_texts *texts,
                             ck_found_texts *found) {
  int has_nul = 0;
  for (uint32_t at = line.start; at < line.end; at++) {
    has_nul |= bytes[at] == 0;
    if (line.end - at >= 4) note_texts_scalar(bytes, line, texts, &at, 1, found);
  }
  return has_nul;
}

#include "window_body.h"
#include "syslog_body.h"
#include "texts_body.h"
#include "pairs_body.h"
#include "places_body.h"
#include "json_body.h"
#include "lines_body.h"
#undef CUT_
#undef CUT_TARGET

#if defined(__x86_64__)
#include "bits.h"

#define CUT_(name) name##_avx2
#define CUT_TARGET AVX2
#include "cutting_avx2.h"
#include "window_body.h"
#include "syslog_body.h"
#include "texts_body.h"
#include "pairs_body.h"
#include "places_body.h"
#include "json_body.h"
#include "lines_body.h"
#undef CUT_
#undef CUT_TARGET

#define CUT_(name) name##_avx512
#define CUT_TARGET AVX512
#include "cutting_avx512.h"
#include "window_body.h"
#include "syslog_body.h"
#include "texts_body.h"
#include "pairs_body.h"
#include "places_body.h"
#include "json_body.h"
#include "lines_body.h"
#endif

// --- by level ---

#if defined(__x86_64__)
#define BY_LEVEL(call, ...)                             \
  (level == CK_AVX512 ? call##_avx512(__VA_ARGS__)      \
   : level == CK_AVX2 ? call##_avx2(__VA_ARGS__)        \
                      : call##_scalar(__VA_ARGS__))
#else
#define BY_LEVEL(call, ...) ((void)level, call##_scalar(__VA_ARGS__))
#endif

ck_syslog ck_read_syslog(ck_level level, const uint8_t *bytes, ck_range line) {
  return BY_LEVEL(read_syslog, bytes, line);
}

size_t ck_count_lines(ck_level level, const uint8_t *bytes, uint32_t start, uint32_t end) {
  const size_t newlines = BY_LEVEL(count_lines, bytes, start, end);
  return newlines + (end > start && bytes[end - 1] != '\n');
}

size_t ck_cut_any_lines(ck_level level, uint8_t *bytes, uint32_t start, uint32_t end,
                        uint32_t line, ck_line_plan *plan, ck_line_cuts *cuts) {
  return BY_LEVEL(cut_lines, bytes, start, end, line, plan, cuts);
}

int ck_cut_any_line(ck_level level, uint8_t *bytes, ck_range text, uint32_t line,
                    ck_line_plan *plan, ck_line_cuts *cuts) {
  return BY_LEVEL(cut_one, bytes, text, line, plan, cuts);
}

uint32_t ck_find_message(const uint8_t *bytes, uint32_t start, uint32_t end, const uint8_t *text,
                         uint32_t length) {
  for (uint32_t at = start; at < end && end - at >= length;) {
    const uint8_t *found = memmem(bytes + at, end - at, text, length);
    if (!found) break;
    const uint32_t place = (uint32_t)(found - bytes);
    uint32_t line = place;
    while (line > start && bytes[line - 1] != '\n') line--;
    if (read_syslog_scalar(bytes, (ck_range){line, place + length}).message == place) return line;
    at = place + length;
  }
  return end;
}

void ck_prepare_pairs(ck_pairs *pairs) {
  static const char keys[] =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.[]()#$@/'%";
  memset(pairs->key_low, 0, sizeof pairs->key_low);
  pairs->has_blanks = is_separator(' ', pairs);
  for (const char *key = keys; *key; key++) {
    const uint8_t byte = (uint8_t)*key;
    if (!is_separator(byte, pairs)) pairs->key_low[byte & 15] |= (uint8_t)(1u << (byte >> 4));
  }
}
