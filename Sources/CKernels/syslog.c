// Headers of syslog messages.
#include <string.h>

#include "CKernels.h"

static inline int is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }

// Behind the word that starts at `at` and the blank that follows it.
static uint32_t behind_word(const uint8_t *bytes, uint32_t at, uint32_t end) {
  while (at < end && bytes[at] != ' ') at++;
  return at < end ? at + 1 : end;
}

static uint32_t behind_blanks(const uint8_t *bytes, uint32_t at, uint32_t end) {
  while (at < end && bytes[at] == ' ') at++;
  return at;
}

static int starts_month(const uint8_t *bytes, uint32_t at, uint32_t end) {
  static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (end - at < 15 || bytes[at + 3] != ' ') return 0;
  for (int month = 0; month < 12; month++)
    if ((bytes[at] | 0x20) == months[3 * month] &&
        (bytes[at + 1] | 0x20) == months[3 * month + 1] &&
        (bytes[at + 2] | 0x20) == months[3 * month + 2])
      return 1;
  return 0;
}

static int is_clock(const uint8_t *bytes, uint32_t at, uint32_t end) {
  return end - at >= 8 && is_digit(bytes[at]) && is_digit(bytes[at + 1]) && bytes[at + 2] == ':' &&
         is_digit(bytes[at + 3]) && is_digit(bytes[at + 4]) && bytes[at + 5] == ':' &&
         is_digit(bytes[at + 6]) && is_digit(bytes[at + 7]);
}

// The end of `Mmm d [yyyy] hh:mm:ss[.fraction] [yyyy] [zone]` at `at`, or 0.
static uint32_t month_time_end(const uint8_t *bytes, uint32_t at, uint32_t end) {
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
  return at;
}

// The end of `yyyy:mm:dd-hh:mm:ss`, as Sophos UTM writes it, at `at`, or 0.
static uint32_t utm_time_end(const uint8_t *bytes, uint32_t at, uint32_t end) {
  if (end - at < 20 || !is_digit(bytes[at]) || bytes[at + 4] != ':' || bytes[at + 7] != ':' ||
      bytes[at + 10] != '-' || !is_digit(bytes[at + 11]) || bytes[at + 19] != ' ')
    return 0;
  return at + 19;
}

// The end of `yyyy-mm-ddThh:mm:ss…` at `at`, or 0; with `blank` a blank may stand for the T.
static uint32_t iso_time_end(const uint8_t *bytes, uint32_t at, uint32_t end, int blank) {
  if (end - at < 19 || !is_digit(bytes[at]) || bytes[at + 4] != '-' || bytes[at + 7] != '-' ||
      !(bytes[at + 10] == 'T' || (blank && bytes[at + 10] == ' ')) ||
      !is_clock(bytes, at + 11, end))
    return 0;
  at += 19;
  while (at < end && bytes[at] != ' ' && bytes[at] != '\t') at++;
  return at;
}

// The end of seconds since 1970 with a fraction at `at`, or, where `is_sure`, without one; 0: none.
// A blank and a name follow, not a number, as in Squid's own log.
static uint32_t epoch_end(const uint8_t *bytes, uint32_t at, uint32_t end, int is_sure) {
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

// The end of the structured data of RFC 5424 at `at`.
static uint32_t structured_end(const uint8_t *bytes, uint32_t at, uint32_t end) {
  if (at < end && bytes[at] == '-') return at + 1;
  while (at < end && bytes[at] == '[') {
    int quoted = 0;
    for (; at < end; at++) {
      if (quoted && bytes[at] == '\\') at++;
      else if (bytes[at] == '"') quoted = !quoted;
      else if (bytes[at] == ']' && !quoted) break;
    }
    if (at < end) at++;
  }
  return at;
}

// Behind `word:` or `word[123]:`, as programs name themselves; `at` where there is none.
static uint32_t behind_tag(const uint8_t *bytes, uint32_t at, uint32_t end) {
  uint32_t to = at;
  while (to < end && to - at < 64 && bytes[to] > ' ' && bytes[to] != ':' && bytes[to] != ',' &&
         bytes[to] != '|' && bytes[to] != '"' && bytes[to] != '=')
    to++;
  if (to > at && to + 1 < end && bytes[to] == ':' && bytes[to + 1] == ' ') return to + 2;
  return at;
}

// Reads one header at `at`. 0: there is none.
static int read_header(const uint8_t *bytes, uint32_t at, uint32_t end, ck_syslog *out) {
  uint32_t to = at;
  while (to < end && is_digit(bytes[to])) to++;  // The count of octets of RFC 6587.
  if (to > at && to + 1 < end && bytes[to] == ' ' && bytes[to + 1] == '<') at = to + 1;
  int has_priority = 0;
  if (at < end && bytes[at] == '<') {
    for (to = at + 1; to < end && is_digit(bytes[to]);) to++;
    if (to < end && to > at + 1 && to - at <= 4 && bytes[to] == '>') has_priority = 1, at = to + 1;
  }
  at = behind_blanks(bytes, at, end);
  int has_version = 0;
  if (end - at > 12 && bytes[at] == '1' && bytes[at + 1] == ' ' &&
      (has_priority || epoch_end(bytes, at + 2, end, 1)))
    has_version = 1, at = behind_blanks(bytes, at + 2, end);
  const uint32_t start = at;
  uint32_t time_end = month_time_end(bytes, at, end);
  if (!time_end) time_end = iso_time_end(bytes, at, end, has_version || has_priority);
  has_version &= time_end != 0;  // Meraki writes a version, too, and nothing else of RFC 5424.
  if (!time_end) time_end = utm_time_end(bytes, at, end);
  if (!time_end) time_end = epoch_end(bytes, at, end, has_priority);
  if (time_end) {
    out->time = (ck_range){start, time_end};
    at = behind_blanks(bytes, time_end, end);
    if (at < end && bytes[at] == ':') at = behind_blanks(bytes, at + 1, end);
    const uint32_t tag = behind_tag(bytes, at, end);
    if (tag == at) at = behind_blanks(bytes, behind_word(bytes, at, end), end);  // The host.
  } else if (!has_priority) {
    return 0;
  }
  if (has_version && time_end) {
    for (int word = 0; word < 3; word++) at = behind_word(bytes, at, end);
    at = behind_blanks(bytes, structured_end(bytes, at, end), end);
  } else {
    at = behind_tag(bytes, at, end);
  }
  out->message = behind_blanks(bytes, at, end);
  return 1;
}

ck_syslog ck_read_syslog(const uint8_t *bytes, ck_range line) {
  ck_syslog all = {line.start, {0, 0}};
  for (int relays = 0; relays < 3; relays++) {
    ck_syslog one = {all.message, {0, 0}};
    if (!read_header(bytes, all.message, line.end, &one)) {
      // Not taken for a header, since it may be data; but a time all the same.
      const uint32_t time_end = iso_time_end(bytes, line.start, line.end, 1);
      if (relays == 0 && time_end) all.time = (ck_range){line.start, line.start + 19};
      break;
    }
    all.message = one.message;
    if (one.time.end) all.time = one.time;
  }
  return all;
}
