// What headers of syslog messages are made of; see syslog_body.h.
#ifndef LOGVEIL_SYSLOG_H
#define LOGVEIL_SYSLOG_H

#include <string.h>

#include "CKernels.h"
#include "bytes.h"

// Behind the word that starts at `at` and the blank that follows it.
static inline uint32_t behind_word(const uint8_t *bytes, uint32_t at, uint32_t end) {
  while (at < end && bytes[at] != ' ') at++;
  return at < end ? at + 1 : end;
}

static inline uint32_t behind_blanks(const uint8_t *bytes, uint32_t at, uint32_t end) {
  while (at < end && bytes[at] == ' ') at++;
  return at;
}

static inline int starts_month(const uint8_t *bytes, uint32_t at, uint32_t end) {
  static const char months[] = "jan feb mar apr may jun jul aug sep oct nov dec ";
  if (end - at < 15 || bytes[at + 3] != ' ') return 0;
  uint32_t text, month;
  memcpy(&text, bytes + at, 4);
  text |= 0x00202020;
  int is_month = 0;
  for (int i = 0; i < 12; i++) {
    memcpy(&month, months + 4 * i, 4);
    is_month |= text == month;
  }
  return is_month;
}

static inline int is_clock(const uint8_t *bytes, uint32_t at, uint32_t end) {
  return end - at >= 8 && is_digit(bytes[at]) && is_digit(bytes[at + 1]) && bytes[at + 2] == ':' &&
         is_digit(bytes[at + 3]) && is_digit(bytes[at + 4]) && bytes[at + 5] == ':' &&
         is_digit(bytes[at + 6]) && is_digit(bytes[at + 7]);
}

// Whether `yyyy-mm-dd ` stands at `at`: the first field of many logs, and no host.
static inline int is_date(const uint8_t *bytes, uint32_t at, uint32_t end) {
  return end - at > 10 && is_digit(bytes[at]) && bytes[at + 4] == '-' && bytes[at + 7] == '-' &&
         is_digit(bytes[at + 9]) && bytes[at + 10] == ' ';
}

// Whether a line starts with a date and a blank: no header does.
static inline int starts_with_date(const uint8_t *bytes, ck_range line) {
  const uint8_t *first = bytes + line.start;
  return is_date(bytes, line.start, line.end) && is_digit(first[1]) && is_digit(first[2]) &&
         is_digit(first[3]);
}

// Behind the name of a zone that a colon ends, as in `… 12:34:56 CET: %ASA-…`; else `at`.
static inline uint32_t behind_zone(const uint8_t *bytes, uint32_t at, uint32_t end) {
  uint32_t to = at + 1;
  while (to < end && (uint8_t)(bytes[to] - 'A') < 26) to++;
  const uint32_t letters = to - at - 1;
  return to < end && bytes[at] == ' ' && letters > 2 && letters < 5 && bytes[to] == ':' ? to : at;
}

// The end of `Mmm d [yyyy] hh:mm:ss[.fraction] [yyyy] [zone]` at `at`, or 0.
static inline uint32_t month_time_end(const uint8_t *bytes, uint32_t at, uint32_t end) {
  if (!starts_month(bytes, at, end)) return 0;
  at = behind_blanks(bytes, at + 4, end);
  if (at >= end || !is_digit(bytes[at])) return 0;
  at = behind_blanks(bytes, behind_word(bytes, at, end), end);
  if (end - at > 5 && is_digit(bytes[at]) && is_digit(bytes[at + 3]) && bytes[at + 4] == ' ')
    at = behind_blanks(bytes, at + 5, end);
  if (!is_clock(bytes, at, end)) return 0;
  at += 8;
  if (at < end && (bytes[at] == '.' || bytes[at] == ','))
    for (at++; at < end && is_digit(bytes[at]);) at++;
  // A year behind the clock, as `Jan 5 12:34:56 2026 host`.
  if (end - at > 6 && bytes[at] == ' ' && is_digit(bytes[at + 1]) && is_digit(bytes[at + 2]) &&
      is_digit(bytes[at + 3]) && is_digit(bytes[at + 4]) && bytes[at + 5] == ' ')
    at += 5;
  return behind_zone(bytes, at, end);
}

// The end of `yyyy:mm:dd-hh:mm:ss`, as Sophos UTM writes it, at `at`, or 0.
static inline uint32_t utm_time_end(const uint8_t *bytes, uint32_t at, uint32_t end) {
  if (end - at < 20 || !is_digit(bytes[at]) || bytes[at + 4] != ':' || bytes[at + 7] != ':' ||
      bytes[at + 10] != '-' || !is_digit(bytes[at + 11]) || bytes[at + 19] != ' ')
    return 0;
  return at + 19;
}

// The end of `yyyy-mm-ddThh:mm:ss…` at `at`, or 0; with `blank` a blank may stand for the T.
static inline uint32_t iso_time_end(const uint8_t *bytes, uint32_t at, uint32_t end, int blank) {
  if (end - at < 19 || !is_digit(bytes[at]) || bytes[at + 4] != '-' || bytes[at + 7] != '-' ||
      !(bytes[at + 10] == 'T' || (blank && bytes[at + 10] == ' ')) ||
      !is_clock(bytes, at + 11, end))
    return 0;
  at += 19;
  if (at < end && (bytes[at] == '.' || bytes[at] == ','))
    for (at++; at < end && is_digit(bytes[at]);) at++;
  while (at < end && (bytes[at] == '+' || bytes[at] == '-' || bytes[at] == ':' ||
                      (bytes[at] | 0x20) == 'z' || is_digit(bytes[at])))
    at++;  // Its zone.
  return at == end || bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == ']' ? at : 0;
}

// The end of seconds since 1970 with a fraction at `at`, or, where `is_sure`, without one; 0: none.
// A blank and a name follow, not a number, as in Squid's own log.
static inline uint32_t epoch_end(const uint8_t *bytes, uint32_t at, uint32_t end, int is_sure) {
  const uint32_t start = at;
  while (at < end && is_digit(bytes[at])) at++;
  if (at - start != 10) return 0;
  if (at < end && bytes[at] == '.')
    for (at++; at < end && is_digit(bytes[at]);) at++;
  else if (!is_sure)
    return 0;
  const int is_named = at + 1 < end && ((bytes[at + 1] | 0x20) >= 'a' || is_sure);
  return at < end && bytes[at] == ' ' && is_named ? at : 0;
}

// Behind `word:` or `word[123]:`, as programs name themselves; `at` where there is none.
static inline uint32_t behind_tag(const uint8_t *bytes, uint32_t at, uint32_t end) {
  uint32_t to = at;
  if (at < end && bytes[at] == '#') return at;  // A remark.
  while (to < end && to - at < 64 && bytes[to] > ' ' && bytes[to] != ':' && bytes[to] != ',' &&
         bytes[to] != '|' && bytes[to] != '"' && bytes[to] != '=')
    to++;
  if (to > at && to + 1 < end && bytes[to] == ':' && bytes[to + 1] == ' ') return to + 2;
  return at;
}

#endif
