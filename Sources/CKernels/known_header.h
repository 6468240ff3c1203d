// A syslog header that is that of the line before, but for digits: it is told by its bytes, without
// being read again. `remember_header` says which bytes the reader in syslog_body.h looked at, and
// keeps no header of which it can't. No rule of the reader asks which digit stands somewhere, but
// for that of the version, a word of one digit.
#ifndef LOGVEIL_KNOWN_HEADER_H
#define LOGVEIL_KNOWN_HEADER_H

#include <string.h>

#include "CKernels.h"
#include "bytes.h"
#include "syslog.h"

// Bytes that a line must have behind those compared: a few rules ask for 20 behind the message's
// start, of which five are compared at least.
#define BYTES_BEHIND_HEADER 16

// What may stand behind a word and its blank that makes it a relay, or a web server's client.
static inline int is_rare_behind_word(uint8_t byte) { return byte == '<' || byte == '-'; }

// How far the reader looks into a message to see that no further header starts there; 0 where that
// depends on more than its first word.
static inline uint32_t end_of_look(const uint8_t *bytes, uint32_t message, uint32_t end) {
  uint32_t at = message;
  if (bytes[at] == ':') at = behind_blanks(bytes, at + 1, end);
  if (end - at < 64 + BYTES_BEHIND_HEADER || bytes[at] <= ' ' ||
      memchr("<[-+:", bytes[at], 5))
    return 0;
  if (is_digit(bytes[at])) {  // A number of a table, as `1,2026/11/01`: no time.
    uint32_t to = at;
    while (to < end && is_digit(bytes[to])) to++;
    if (to - at > 9 || bytes[to] != ',' || bytes[at + 4] == '-' || bytes[at + 4] == ':') return 0;
  }
  if (bytes[at + 3] == ' ') return 0;  // A weekday or a month may stand here.
  uint32_t relay = message, tag = message;
  while (relay - message < 64 && (host_bytes[bytes[relay]] || bytes[relay] == '>')) relay++;
  while (tag - message < 64 && bytes[tag] > ' ' && !memchr(":,|\"=", bytes[tag], 5)) tag++;
  if (relay - message == 64 || tag - message == 64) return 0;
  if (bytes[relay] == ' ' && is_rare_behind_word(bytes[relay + 1])) return 0;
  const uint32_t word = relay > tag + 1 ? relay + 1 : tag + 2;
  return word > at + 5 ? word : at + 5;
}

// A part of a line, counted from another place; `{0, 0}` where there is none.
static inline ck_range moved(ck_range part, uint32_t from, uint32_t to) {
  return part.end ? (ck_range){part.start - from + to, part.end - from + to} : part;
}

// Whether a version stands in `at..<end` without a priority: of that four words decide, which may
// be the message's.
static inline int has_bare_version(const uint8_t *bytes, uint32_t at, uint32_t end) {
  for (uint32_t place = at; place < end; place++)
    if (bytes[place] == '1' && bytes[place + 1] == ' ' && bytes[place + 6] == '-' &&
        (place == at || bytes[place - 1] != '>'))
      return 1;
  return 0;
}

// Keeps the header of a line, if it can be told by its bytes.
static void remember_header(const uint8_t *bytes, ck_range line, const ck_syslog *header,
                            ck_known_header *known) {
  // Where headers change from line to line, few are worth the effort.
  if (known->misses++ >= 8 && known->misses % 64) return;
  const uint32_t message = header->message - line.start;
  if (message > CK_HEADER_BYTES) return;
  if (has_bare_version(bytes, line.start, header->message)) return;
  if (header->relayed.end && bytes[header->relayed.end] == '\t') return;
  if (header->time.end) {
    if (message == 0 || bytes[header->time.end] == '\t') return;  // A table's time, perhaps.
  } else if (message > 0 && bytes[header->message - 1] != '>') {
    return;  // Words that might be a time stand in front of the message.
  }
  const uint32_t stop = end_of_look(bytes, header->message, line.end);
  if (stop == 0 || stop - line.start > CK_HEADER_BYTES) return;
  known->length = stop - line.start;
  known->message = message;
  known->time = moved(header->time, line.start, 0);
  known->relayed = moved(header->relayed, line.start, 0);
  for (uint32_t i = 0; i < CK_HEADER_BYTES; i++) {
    const uint8_t *byte = bytes + line.start + i;
    const int is_inside = i < known->length;
    const int is_free = is_inside && is_digit(*byte) &&
                        (byte[1] != ' ' || (i > 0 && is_digit(byte[-1])));
    known->text[i] = is_inside ? *byte : 0;
    known->same[i] = is_inside && !is_free ? 0xff : 0;
    known->digit[i] = is_free ? 0xff : 0;
  }
}

#endif
