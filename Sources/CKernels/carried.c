#define _GNU_SOURCE
// Lines that a collector carries as text in a JSON object, as Docker, journald, Fluentd, Filebeat
// and exports of search engines write them: `{"log":"10.0.0.1 - - [02/Nov/2026:…\n", …}`.
#include <string.h>

#include "CKernels.h"
#include "bytes.h"

// Members that hold a line as it was received.
static const char names[][16] = {
    "\"message\"", "\"MESSAGE\"", "\"log\"",  "\"_raw\"", "\"original\"",     "\"textPayload\"",
    "\"raw\"",     "\"line\"",    "\"msg\"", "\"rawLog\"", "\"SyslogMessage\"", "\"RawData\""};

// No line of a log is shorter.
#define CARRIED_BYTES_MIN 16

// The text of the first member of that name with one, without its quotes; empty: there is none.
static ck_range text_of(const uint8_t *bytes, ck_range object, const char *name) {
  const size_t length = strnlen(name, sizeof names[0]);
  for (uint32_t at = object.start; object.end - at > length;) {
    const uint8_t *found = memmem(bytes + at, object.end - at, name, length);
    if (!found) break;
    at = skip_blanks(bytes, (uint32_t)(found - bytes) + (uint32_t)length, object.end);
    if (at >= object.end || bytes[at] != ':') continue;
    at = skip_blanks(bytes, at + 1, object.end);
    if (at >= object.end || bytes[at] != '"') continue;
    uint32_t to = at + 1;
    while (to < object.end && bytes[to] != '"') to += bytes[to] == '\\' ? 2 : 1;
    if (to < object.end && to - at > CARRIED_BYTES_MIN) return (ck_range){at + 1, to};
  }
  return (ck_range){object.start, object.start};
}

// Takes the line's end, `\n` or `\r\n`, off a text with escapes. Empty: it holds several lines.
static ck_range without_break(const uint8_t *bytes, ck_range text) {
  uint32_t at = text.start, first_break = text.end;
  while (at < text.end) {
    const uint8_t next = bytes[at] == '\\' ? bytes[at + 1] : 0;
    const int is_break = next == 'n' || next == 'r';
    if (!is_break && first_break < text.end) return (ck_range){text.start, text.start};
    if (is_break && first_break == text.end) first_break = at;
    at += next ? 2 : 1;
  }
  return (ck_range){text.start, first_break};
}

// Whether one of two texts is a part of the other, so that it says nothing else.
static int says_the_same(const uint8_t *bytes, ck_range one, ck_range other) {
  const size_t length = one.end - one.start, other_length = other.end - other.start;
  return memmem(bytes + one.start, length, bytes + other.start, other_length) ||
         memmem(bytes + other.start, other_length, bytes + one.start, length);
}

ck_range ck_carried_line(uint8_t *bytes, ck_range line) {
  const ck_range none = {line.start, line.start};
  uint32_t end = line.end;
  while (end > line.start && bytes[end - 1] <= ' ') end--;
  const ck_range object = ck_next_object(bytes, line.start, end);
  if (object.start != line.start || object.end != end) return none;  // No object, or several.
  ck_range text = none;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const ck_range whole = text_of(bytes, object, names[i]);
    if (whole.end == whole.start) continue;
    const ck_range found = without_break(bytes, whole);
    // Of two lines one would be lost, and with it whom it names.
    if (found.end == found.start) return none;
    if (text.end == text.start) text = found;
    else if (!says_the_same(bytes, text, found)) return none;
  }
  if (memchr(bytes + text.start, '\\', text.end - text.start))
    text = ck_undo(bytes, text, CK_UNDO_BACKSLASH);
  return memchr(bytes + text.start, '\n', text.end - text.start) ? none : text;
}
