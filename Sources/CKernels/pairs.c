#define _GNU_SOURCE
// Records of pairs: key=value in all its spellings, CEF and LEEF.
#include <string.h>

#include "CKernels.h"

// --- names ---

static inline uint64_t fold8(uint64_t text) { return text | 0x2020202020202020ull; }

static inline uint64_t mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

// Bytes `at..<at + 8` of a name, folded, zeros behind its end; reads up to 8 bytes behind it.
static inline uint64_t name_word(const uint8_t *name, uint32_t at, uint32_t length) {
  uint64_t word;
  memcpy(&word, name + at, 8);
  word = fold8(word);
  return length - at < 8 ? word & ~(~0ull << 8 * (length - at)) : word;
}

uint64_t ck_name_hash(const uint8_t *name, uint32_t length) {
  uint64_t hash = length;
  for (uint32_t at = 0; at < length; at += 8)
    hash = mix(hash ^ name_word(name, at, length) ^ 0x9e3779b97f4a7c15ull, 0xd1b54a32d192ed03ull);
  return hash;
}

void ck_name_fold(const uint8_t *name, uint32_t length, uint8_t *folded) {
  for (uint32_t at = 0; at < length; at++) folded[at] = name[at] | 0x20;
}

uint8_t ck_name_slot(const uint8_t *name, uint32_t length, const ck_names *names) {
  if (length == 0 || length > CK_NAME_BYTES - 8) return CK_NO_SLOT;
  const uint64_t hash = ck_name_hash(name, length);
  for (size_t at = hash & names->mask; names->entries[at].length; at = (at + 1) & names->mask) {
    const ck_name *entry = &names->entries[at];
    if (entry->hash != hash || entry->length != length) continue;
    int differs = 0;
    for (uint32_t i = 0; i < length; i += 8) {
      uint64_t known;
      memcpy(&known, entry->text + i, 8);
      differs |= known != name_word(name, i, length);
    }
    if (!differs) return entry->slot;
  }
  return CK_NO_SLOT;
}

void ck_record_put(const ck_record *record, uint8_t slot, uint32_t start, uint32_t end) {
  ck_range *value = &record->values[slot * record->stride];
  if (value->start == value->end && end > start) *value = (ck_range){start, end};
}

// --- pairs ---

// Bytes that keys are made of.
static const uint8_t key_bytes[256] = {
    ['0' ... '9'] = 1, ['a' ... 'z'] = 1, ['A' ... 'Z'] = 1, ['_'] = 1, ['-'] = 1, ['.'] = 1,
    ['['] = 1, [']'] = 1, ['('] = 1, [')'] = 1, ['#'] = 1, ['$'] = 1, ['@'] = 1, ['/'] = 1,
    ['\''] = 1, ['%'] = 1, [0x80 ... 0xff] = 1,
};

static inline int is_separator(uint8_t byte, const ck_pairs *pairs) {
  return byte == pairs->separators[0] || byte == pairs->separators[1] ||
         byte == pairs->separators[2] || byte == pairs->separators[3];
}

static inline int is_blank(uint8_t byte) { return byte == ' ' || byte == '\t'; }

typedef struct {
  uint32_t start, end;  // The key, without quotes around it.
  uint32_t value;       // Behind the pair's byte.
  uint32_t before;      // Where what stands before the key ends.
} found_key;

// The first key at or behind `from`: it follows a separator and any blanks, or, where `is_first`,
// nothing. 0: none.
static int find_key(const uint8_t *bytes, uint32_t from, uint32_t end, int is_first,
                    const ck_pairs *pairs, found_key *key) {
  uint32_t at = from;
  while (at < end) {
    const uint8_t *found = memchr(bytes + at, pairs->pair, end - at);
    if (!found) return 0;
    const uint32_t pair = (uint32_t)(found - bytes);
    const int quoted = pair > from + 1 && bytes[pair - 1] == '"';
    const uint32_t key_end = pair - (uint32_t)quoted;
    uint32_t start = key_end;
    while (start > from && key_bytes[bytes[start - 1]] && !is_separator(bytes[start - 1], pairs))
      start--;
    at = pair + 1;
    if (start == key_end || (quoted && (start == from || bytes[start - 1] != '"'))) continue;
    const uint32_t key_start = start;
    start -= (uint32_t)quoted;
    uint32_t before = start;
    while (before > from && is_blank(bytes[before - 1])) before--;
    const int blanks_separate = before < start && is_separator(bytes[start - 1], pairs);
    const int follows = before > from ? is_separator(bytes[before - 1], pairs) : is_first;
    if (!follows && !blanks_separate) continue;
    while (before > from && (is_separator(bytes[before - 1], pairs) || is_blank(bytes[before - 1])))
      before--;
    *key = (found_key){key_start, key_end, pair + 1, before};
    return 1;
  }
  return 0;
}

// The quote that ends a value: a separator or the end of the message follows it. 0: there is none.
static uint32_t closing_quote(const uint8_t *bytes, uint32_t at, uint32_t end,
                              const ck_pairs *pairs) {
  while (at < end) {
    const uint8_t *found = memchr(bytes + at, '"', end - at);
    if (!found) return 0;
    const uint32_t quote = (uint32_t)(found - bytes);
    uint32_t slashes = 0;
    while (quote - slashes > at && bytes[quote - slashes - 1] == '\\') slashes++;
    const int ends = quote + 1 == end || is_separator(bytes[quote + 1], pairs) ||
                     is_blank(bytes[quote + 1]) || bytes[quote + 1] == ']' ||
                     bytes[quote + 1] == '\r';
    if (ends && slashes % 2 == 0) return quote;
    at = quote + 1;
  }
  return 0;
}

void ck_cut_pairs(const uint8_t *bytes, ck_range message, const ck_pairs *pairs,
                  const ck_names *names, const ck_record *record) {
  found_key key;
  if (!find_key(bytes, message.start, message.end, 1, pairs, &key)) return;
  for (;;) {
    const uint8_t slot = ck_name_slot(bytes + key.start, key.end - key.start, names);
    uint32_t value = key.value, behind = key.value;
    while (value < message.end && bytes[value] == ' ') value++;
    uint32_t close = 0;
    if (pairs->quoted && value < message.end && bytes[value] == '"')
      close = closing_quote(bytes, value + 1, message.end, pairs);
    if (close) {
      if (slot != CK_NO_SLOT) ck_record_put(record, slot, value + 1, close);
      behind = close + 1;
    }
    found_key next;
    const int has_next = find_key(bytes, behind, message.end, 0, pairs, &next);
    if (!close && slot != CK_NO_SLOT) {
      uint32_t end = has_next ? next.before : message.end;
      while (end > value && (is_blank(bytes[end - 1]) || bytes[end - 1] == '\r')) end--;
      if (!has_next && end > value && is_separator(bytes[end - 1], pairs)) end--;
      ck_record_put(record, slot, value, end > value ? end : value);
    }
    if (!has_next) return;
    key = next;
  }
}

// --- CEF and LEEF ---

// Where the header's version stands: behind the word, or at the number before the first bar, where
// a relay took the word for its tag. 0: nowhere.
static uint32_t find_version(const uint8_t *bytes, ck_range line, const char *word,
                             uint32_t *start) {
  const size_t length = strlen(word);
  const uint8_t *found = memmem(bytes + line.start, line.end - line.start, word, length);
  if (found) {
    *start = (uint32_t)(found - bytes + length);
    return 1;
  }
  const uint8_t *bar = memchr(bytes + line.start, '|', line.end - line.start);
  if (!bar) return 0;
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

// Cuts `count` header fields; where the rest starts, or 0.
static uint32_t cut_header(const uint8_t *bytes, uint32_t at, uint32_t end, const uint8_t *slots,
                           size_t count, const ck_record *record) {
  for (size_t field = 0; field < count; field++) {
    const uint32_t bar = header_end(bytes, at, end);
    if (bar == end) return 0;
    if (slots[field] != CK_NO_SLOT) ck_record_put(record, slots[field], at, bar);
    at = bar + 1;
  }
  return at;
}

static void undo_slots(uint8_t *bytes, const ck_names *names, const ck_record *record) {
  for (size_t at = 0; at <= names->mask; at++) {
    if (!names->entries[at].length) continue;
    ck_range *value = &record->values[names->entries[at].slot * record->stride];
    *value = ck_undo(bytes, *value, CK_UNDO_BACKSLASH);
  }
}

static int holds_backslash(const uint8_t *bytes, uint32_t start, uint32_t end) {
  return memchr(bytes + start, '\\', end - start) != NULL;
}

int ck_cut_cef(uint8_t *bytes, ck_range line, const ck_event_header *header,
               const ck_names *names, const ck_record *record) {
  uint32_t start;
  if (!find_version(bytes, line, "CEF:", &start)) return 0;
  const uint8_t slots[7] = {CK_NO_SLOT,    header->vendor, header->product, header->version,
                            header->event, header->name,   header->severity};
  start = cut_header(bytes, start, line.end, slots, 7, record);
  if (!start) return 0;
  const ck_pairs pairs = {'=', {' ', '\t', ' ', '\t'}, 0};
  ck_cut_pairs(bytes, (ck_range){start, line.end}, &pairs, names, record);
  if (holds_backslash(bytes, start, line.end)) undo_slots(bytes, names, record);
  return 1;
}

static uint8_t hex_digit(uint8_t byte) {
  const uint8_t letter = byte | 0x20;
  return (uint8_t)(byte - '0') < 10 ? byte - '0'
         : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
                                          : 0xff;
}

// The delimiter that LEEF 2.0 names: a byte, or `x5E` with or without a zero in front; else TAB.
static uint8_t leef_delimiter(const uint8_t *bytes, uint32_t start, uint32_t end) {
  if (end - start == 1) return bytes[start];
  if (end > start && bytes[start] == '0') start++;
  if (end - start < 2 || end - start > 3 || (bytes[start] | 0x20) != 'x') return '\t';
  uint8_t value = 0;
  for (uint32_t at = start + 1; at < end; at++) {
    const uint8_t digit = hex_digit(bytes[at]);
    if (digit > 15) return '\t';
    value = (uint8_t)(value << 4 | digit);
  }
  return value ? value : '\t';
}

// A TAB that a relay wrote as `#011` becomes four TABs, so that nothing moves.
static void restore_tabs(uint8_t *bytes, uint32_t start, uint32_t end) {
  while (start < end) {
    uint8_t *found = memmem(bytes + start, end - start, "#011", 4);
    if (!found) return;
    memset(found, '\t', 4);
    start = (uint32_t)(found - bytes) + 4;
  }
}

int ck_cut_leef(uint8_t *bytes, ck_range line, const ck_event_header *header,
                const ck_names *names, const ck_record *record) {
  uint32_t start;
  if (!find_version(bytes, line, "LEEF:", &start)) return 0;
  const int is_second = bytes[start] == '2';
  const uint8_t slots[5] = {CK_NO_SLOT, header->vendor, header->product, header->version,
                            header->event};
  start = cut_header(bytes, start, line.end, slots, 5, record);
  if (!start) return 0;
  uint8_t delimiter = '\t';
  if (is_second) {
    // The delimiter may have been left out, with its bar: then the pairs start here.
    const uint32_t bar = header_end(bytes, start, line.end);
    if (bar < line.end && bar - start <= 4 && !memchr(bytes + start, '=', bar - start)) {
      delimiter = leef_delimiter(bytes, start, bar);
      start = bar + 1;
    }
  }
  if (!memchr(bytes + start, delimiter, line.end - start)) {
    restore_tabs(bytes, start, line.end);
    if (memchr(bytes + start, '\t', line.end - start)) delimiter = '\t';
    else if (memchr(bytes + start, '|', line.end - start)) delimiter = '|';
    else if (memchr(bytes + start, '^', line.end - start)) delimiter = '^';
    else delimiter = ' ';
  }
  const ck_pairs pairs = {'=', {delimiter, delimiter, delimiter, delimiter}, 0};
  ck_cut_pairs(bytes, (ck_range){start, line.end}, &pairs, names, record);
  return 1;
}
