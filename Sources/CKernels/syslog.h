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

// The end of a line without control characters that rsyslog has escaped there: `#015`, `#012`,
// `#000`.
static inline uint32_t without_escaped_end(const uint8_t *bytes, ck_range line) {
  const int has_return = line.end > line.start && bytes[line.end - 1] == '\r';
  uint32_t end = line.end - (uint32_t)has_return;
  while (end - line.start > 4 && bytes[end - 4] == '#' && bytes[end - 3] == '0' &&
         ((bytes[end - 2] == '1' && (bytes[end - 1] == '5' || bytes[end - 1] == '2')) ||
          (bytes[end - 2] == '0' && bytes[end - 1] == '0')))
    end -= 4;
  return end + (uint32_t)has_return == line.end ? line.end : end;
}

// Writes TABs that a relay has escaped as `#011`. Returns where the line, now shorter, ends; blanks
// stand behind it.
static inline uint32_t with_tabs(uint8_t *bytes, ck_range line) {
  uint32_t to = line.start;
  for (uint32_t at = line.start; at < line.end; to++) {
    const int is_escaped = line.end - at >= 4 && memcmp(bytes + at, "#011", 4) == 0;
    bytes[to] = is_escaped ? '\t' : bytes[at];
    at += is_escaped ? 4 : 1;
  }
  memset(bytes + to, ' ', line.end - to);
  return to;
}

// Whether UTF-8's byte order mark stands in front of `at`, not in front of `start`.
static inline int is_behind_mark(const uint8_t *bytes, uint32_t start, uint32_t at) {
  return at - start >= 3 && bytes[at - 3] == 0xef && bytes[at - 2] == 0xbb && bytes[at - 1] == 0xbf;
}

// The month, from 1, whose name and a blank stand at `at`; 0: none.
static inline int starts_month(const uint8_t *bytes, uint32_t at, uint32_t end) {
  static const char months[] = "jan feb mar apr may jun jul aug sep oct nov dec ";
  if (end - at < 15 || bytes[at + 3] != ' ') return 0;
  uint32_t text, month;
  memcpy(&text, bytes + at, 4);
  text |= 0x00202020;
  int found = 0;
  for (int i = 0; i < 12; i++) {
    memcpy(&month, months + 4 * i, 4);
    found |= text == month ? i + 1 : 0;
  }
  return found;
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

// Whether the letters at `at` are the name of a zone.
static inline int is_zone(const uint8_t *bytes, uint32_t at, uint32_t letters) {
  static const char names[7][5] = {"UTC ", "GMT ", "CET ", "EET ", "CEST", "EEST", "AEST"};
  int is_zone = letters == 3 && bytes[at + 2] == 'T' &&
                (bytes[at + 1] == 'S' || bytes[at + 1] == 'D') && memchr("AEMPC", bytes[at], 5);
  for (int i = 0; i < 7; i++)
    is_zone |= letters == (names[i][3] == ' ' ? 3 : 4) &&
               memcmp(bytes + at, names[i], letters) == 0;
  return is_zone;
}

// Behind the name of a zone, as in `… 12:34:56 CET: %ASA-…` and `… 12:34:56 EST host`; else `at`.
static inline uint32_t behind_zone(const uint8_t *bytes, uint32_t at, uint32_t end) {
  uint32_t to = at + 1;
  while (to < end && (uint8_t)(bytes[to] - 'A') < 26) to++;
  const uint32_t letters = to - at - 1;
  if (to >= end || bytes[at] != ' ' || letters < 3 || letters > 4) return at;
  return bytes[to] == ':' || (bytes[to] == ' ' && is_zone(bytes, at + 1, letters)) ? to : at;
}

// Whether `yyyy ` stands at `at`.
static inline int is_year(const uint8_t *bytes, uint32_t at, uint32_t end) {
  int is_number = end - at > 5 && bytes[at + 4] == ' ';
  for (uint32_t i = 0; i < 4; i++) is_number &= is_digit(bytes[at + i]);
  return is_number;
}

// Whether `+hh:mm` or `-hh:mm` stands at `at`.
static inline int is_offset(const uint8_t *bytes, uint32_t at, uint32_t end) {
  return end - at > 6 && (bytes[at] == '+' || bytes[at] == '-') && is_digit(bytes[at + 1]) &&
         is_digit(bytes[at + 2]) && bytes[at + 3] == ':' && is_digit(bytes[at + 4]) &&
         is_digit(bytes[at + 5]);
}

// The end of `[yyyy] Mmm d [yyyy] hh:mm:ss[.fraction][+hh:mm] [yyyy] [zone]` at `at`, or 0.
static inline uint32_t month_time_end(const uint8_t *bytes, uint32_t at, uint32_t end) {
  if (is_digit(bytes[at]) && is_year(bytes, at, end)) at += 5;
  if (!starts_month(bytes, at, end)) return 0;
  at = behind_blanks(bytes, at + 4, end);
  if (at >= end || !is_digit(bytes[at])) return 0;
  at = behind_blanks(bytes, behind_word(bytes, at, end), end);
  if (is_year(bytes, at, end)) at = behind_blanks(bytes, at + 5, end);
  if (!is_clock(bytes, at, end)) return 0;
  at += 8;
  if (at < end && (bytes[at] == '.' || bytes[at] == ','))
    for (at++; at < end && is_digit(bytes[at]);) at++;
  if (is_offset(bytes, at, end)) return at + 6;
  // A year behind the clock, as `Jan 5 12:34:56 2026 host`; not a date, as `2026 01 05`.
  if (end - at > 6 && bytes[at] == ' ' && is_digit(bytes[at + 1]) && is_digit(bytes[at + 2]) &&
      is_digit(bytes[at + 3]) && is_digit(bytes[at + 4]) &&
      (bytes[at + 5] == ' ' || (bytes[at + 5] == ':' && bytes[at + 6] == ' ')) &&
      !(end - at > 8 && is_digit(bytes[at + 6]) && is_digit(bytes[at + 7]) && bytes[at + 8] == ' '))
    at += 5;
  return behind_zone(bytes, at, end);
}

// Whether `facility.level ` stands at `at`, as `kern.warn`.
static inline int is_facility(const uint8_t *bytes, uint32_t at, uint32_t end) {
  static const char levels[8][8] = {"emerg ", "alert ", "crit ", "err ",
                                    "warn ",  "notice ", "info ", "debug "};
  const uint32_t start = at;
  while (at < end && ((uint8_t)(bytes[at] - 'a') < 26 || is_digit(bytes[at]))) at++;
  if (at == start || at == end || bytes[at++] != '.') return 0;
  int is_level = 0;
  for (int i = 0; i < 8; i++) {
    const size_t length = strlen(levels[i]);
    is_level |= end - at > length && memcmp(bytes + at, levels[i], length) == 0;
  }
  return is_level;
}

// Whether a weekday stands at `at` in `Mon Nov 2 hh:mm:ss yyyy` with `%ASA-…`, `: <priority>` or
// `kern.warn` behind it. Many tables begin with such a time, too.
static inline int is_before_time(const uint8_t *bytes, uint32_t at, uint32_t end) {
  if (end - at < 20 || bytes[at + 3] != ' ' || !starts_month(bytes, at + 4, end)) return 0;
  const uint32_t to = month_time_end(bytes, at + 4, end);
  if (!to || end - to < 3) return 0;
  if (bytes[to] == ':') return bytes[to + 1] == ' ' && bytes[to + 2] == '<';
  return bytes[to] == ' ' && (bytes[to + 1] == '%' || is_facility(bytes, to + 1, end));
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
  if (end - at > 6 && bytes[at] == ' ' && (bytes[at + 1] == '+' || bytes[at + 1] == '-') &&
      is_digit(bytes[at + 2]) && is_digit(bytes[at + 3]) && is_digit(bytes[at + 4]) &&
      is_digit(bytes[at + 5]) && bytes[at + 6] == ' ')
    at += 6;  // Behind a blank.
  return at == end || bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == ']' ? at : 0;
}


// Whether the word from `at` to `to` is a number: digits with or without a fraction.
static inline int is_number(const uint8_t *bytes, uint32_t at, uint32_t to) {
  uint32_t dots = at == to ? 2 : 0;
  for (; at < to; at++) {
    if (bytes[at] == '.')
      dots++;
    else if (!is_digit(bytes[at]))
      return 0;
  }
  return dots < 2;
}

// The end of seconds since 1970 with a fraction at `at`, or, where `is_sure`, without one; 0: none.
// A blank and a name follow, or, where it is sure, an address; not a number, as in proxies' logs.
static inline uint32_t epoch_end(const uint8_t *bytes, uint32_t at, uint32_t end, int is_sure) {
  const uint32_t start = at;
  while (at < end && is_digit(bytes[at])) at++;
  if (at - start != 10) return 0;
  if (at < end && bytes[at] == '.')
    for (at++; at < end && is_digit(bytes[at]);) at++;
  else if (!is_sure)
    return 0;
  if (end - at < 2 || bytes[at] != ' ') return 0;
  if ((bytes[at + 1] | 0x20) >= 'a') return at;
  const uint32_t to = behind_word(bytes, at + 1, end);
  return is_sure && bytes[at + 1] != ' ' && !is_number(bytes, at + 1, to - (to < end)) ? at : 0;
}

// Whether a table goes on at `at`, behind its date and time: with a TAB and no pair, a number or
// nothing.
static inline int is_table(const uint8_t *bytes, uint32_t at, uint32_t end) {
  if (end - at < 2 || bytes[at] == ']') return 0;
  if (bytes[at] == '\t') {
    while (++at < end && bytes[at] != '\t' && bytes[at] != '=') continue;
    return at == end || bytes[at] == '\t';
  }
  const uint32_t to = behind_word(bytes, at + 1, end);
  return bytes[at + 1] == '-' || is_number(bytes, at + 1, to - (to < end));
}

// Whether `[02/` stands at `at`, as the times of web servers.
static inline int is_server_time(const uint8_t *bytes, uint32_t at, uint32_t end) {
  return end - at > 4 && bytes[at] == '[' && is_digit(bytes[at + 1]) && is_digit(bytes[at + 2]) &&
         bytes[at + 3] == '/';
}

// Whether `client - user [02/` starts at `at`: the common log format of web servers.
static inline int is_common_log(const uint8_t *bytes, uint32_t at, uint32_t end) {
  at = behind_word(bytes, at, end);
  if (end - at < 8 || bytes[at] != '-' || bytes[at + 1] != ' ') return 0;
  const uint32_t last = end - at > 68 ? at + 64 : end - 4;
  while (at < last && bytes[at] != '[') at++;
  return at < last && is_server_time(bytes, at, end);
}

// Bytes that names and addresses of hosts have, also of chains of them, as `a@b/c`.
static const uint8_t host_bytes[256] = {
    ['0' ... '9'] = 1, ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1, [0x80 ... 0xff] = 1, ['-'] = 1,
    ['.'] = 1, [':'] = 1, ['_'] = 1, ['%'] = 1, ['/'] = 1, ['@'] = 1, ['('] = 1, [')'] = 1,
    ['~'] = 1, ['*'] = 1};

// Whether a word of 8 or 9 bytes is a day as `2Nov2026`.
static inline int is_day(const uint8_t *bytes, uint32_t at, uint32_t to) {
  const uint32_t name = to - 7;
  int is_day = is_digit(bytes[at]) && is_digit(bytes[name - 1]);
  for (uint32_t i = 0; i < 7; i++)
    is_day &= i < 3 ? (uint8_t)((bytes[name + i] | 0x20) - 'a') < 26 : is_digit(bytes[name + i]);
  return is_day;
}

// Whether a word that starts with a digit is an address or a name, no number, date or the like.
static inline int is_host_with_digit(const uint8_t *bytes, uint32_t at, uint32_t to,
                                     uint32_t end) {
  uint32_t dots = 0, slashes = 0, colons = 0;
  for (uint32_t i = at; i < to; i++)
    dots += bytes[i] == '.', slashes += bytes[i] == '/', colons += bytes[i] == ':';
  if (is_number(bytes, at, to) || (slashes && dots < 3)) return 0;
  if (to - at - 8 < 2 && is_day(bytes, at, to)) return 0;
  // `client:port [02/` of proxies.
  if (dots == 3 && colons && to < end && is_server_time(bytes, to + 1, end)) return 0;
  return !is_date(bytes, at, end) && !iso_time_end(bytes, at, end, 0) &&
         !utm_time_end(bytes, at, end);
}

// Whether the header of RFC 5424 stands at `at`, behind its version: a time, four words, and its
// structured data.
static inline int is_behind_version(const uint8_t *bytes, uint32_t at, uint32_t end) {
  const uint32_t time_end = iso_time_end(bytes, at, end, 0);
  if (!time_end) return 0;
  at = behind_blanks(bytes, time_end, end);
  for (int word = 0; word < 4; word++) at = behind_word(bytes, at, end);
  return end - at > 1 && (bytes[at] == '[' || (bytes[at] == '-' && bytes[at + 1] == ' '));
}

// Behind the name or address of a relay in front of a priority, as `10.0.0.1 <134>`; else `at`.
static inline uint32_t behind_relay(const uint8_t *bytes, uint32_t at, uint32_t end) {
  uint32_t to = at;
  while (to < end && to - at < 64 && host_bytes[bytes[to]]) to++;
  if (to == at || end - to < 4 || bytes[to] != ' ' || bytes[to + 1] != '<') return at;
  uint32_t close = to + 2;
  while (close < end && is_digit(bytes[close])) close++;
  return close < end && close - to - 2 - 1 < 3 && bytes[close] == '>' ? to + 1 : at;
}

// Behind what container runtimes write behind a time, `stdout F ` (Kubernetes' CRI); else `at`.
static inline uint32_t behind_stream(const uint8_t *bytes, uint32_t at, uint32_t end) {
  static const char streams[2][10] = {"stdout F ", "stderr F "};
  const int is_stream = end - at > 9 && (memcmp(bytes + at, streams[0], 9) == 0 ||
                                         memcmp(bytes + at, streams[1], 9) == 0);
  return is_stream ? at + 9 : at;
}

// Behind the host that sent a message, which stands behind the time of a header (RFC 3164 §4.1.2),
// and the blanks that follow it; `at` where it was left out, and a message starts there. Behind a
// version none is left out for the client of a web server, as `-` stands for what is not known.
static inline uint32_t behind_host(const uint8_t *bytes, uint32_t at, uint32_t end,
                                   int has_version) {
  const uint32_t start = at, brackets = at < end && bytes[at] == '[';
  uint32_t to = at += brackets;
  while (to < end && (host_bytes[bytes[to]] ||
                      (bytes[to] == '>' && to > at && bytes[to - 1] == '-')))  // `fw1->10.0.0.1`
    to++;
  const uint32_t length = to - at;
  const uint32_t stop = to + (brackets && to < end && bytes[to] == ']');
  if (length == 0 || (stop < end && bytes[stop] != ' ')) return start;
  if (brackets)
    for (uint32_t i = at; i < to; i++)
      if (bytes[i] != '.' && bytes[i] != ':' && hex_digit(bytes[i]) < 0) return start;
  if (is_digit(bytes[at]) && !is_host_with_digit(bytes, at, to, end)) return start;
  // The identifier of an owner.
  if (length > 63 && !memchr(bytes + at, '.', length)) return start;
  if (length == 3 && to < end &&
      (starts_month(bytes, at, end) || starts_month(bytes, to + 1, end)))
    return start;
  if (!has_version && end - stop > 2 && bytes[stop + 1] == '-' && is_common_log(bytes, at, end))
    return start;
  return behind_blanks(bytes, stop, end);
}

typedef struct {
  int year, month;  // 0: it has none.
} ck_year_month;

// Year and month of the time of a header.
static inline ck_year_month year_month(const uint8_t *bytes, ck_range time) {
  ck_year_month found = {0, 0};
  uint32_t at = time.start, year = 0;
  if (time.end - at > 10 && is_digit(bytes[at]) && !is_digit(bytes[at + 4])) {
    year = at;
    if (bytes[at + 4] == ' ') at += 5;
    else found.month = (bytes[at + 5] - '0') * 10 + (bytes[at + 6] - '0');
  }
  if (!is_digit(bytes[at])) {
    found.month = starts_month(bytes, at, at + 15);
    at = behind_word(bytes, behind_blanks(bytes, at + 4, time.end), time.end);  // The day.
    at = behind_blanks(bytes, at, time.end);
    if (is_year(bytes, at, time.end)) year = at;
    if (bytes[time.end - 5] == ' ' && is_digit(bytes[time.end - 4])) year = time.end - 4;
  }
  for (int i = 0; year && i < 4; i++) found.year = found.year * 10 + (bytes[year + i] - '0');
  return found;
}

// Writes the year in front of a time that has none, where the header of a relay in front of it
// says which: over a part of that header, which nobody reads any more.
static inline void take_year(uint8_t *bytes, ck_syslog *header) {
  const uint32_t start = header->time.start;
  const ck_year_month inner = year_month(bytes, header->time);
  const ck_year_month outer = year_month(bytes, header->relayed);
  if (inner.year || !inner.month || !outer.year || !outer.month) return;
  if (start - header->relayed.start < 5) return;
  // A message of December may be relayed in January.
  int year = outer.year + (inner.month - outer.month < -6) - (inner.month - outer.month > 6);
  bytes[start - 1] = ' ';
  for (uint32_t i = 2; i < 6; i++, year /= 10) bytes[start - i] = (uint8_t)('0' + year % 10);
  header->time.start = start - 5;
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
