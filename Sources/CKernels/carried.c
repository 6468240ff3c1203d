#define _GNU_SOURCE
// Lines that a collector carries as text in a JSON object, as Docker, journald, Fluentd, Filebeat
// and exports of search engines write them: `{"log":"10.0.0.1 - - [02/Nov/2026:…\\n", …}`.
#include <string.h>

#include "CKernels.h"

// Members that hold a line as it was received.
static const char names[][16] = {
    "\"message\"", "\"MESSAGE\"", "\"log\"",  "\"_raw\"", "\"original\"",     "\"textPayload\"",
    "\"raw\"",     "\"line\"",    "\"msg\"", "\"rawLog\"", "\"SyslogMessage\"", "\"RawData\""};

// No line of a log is shorter.
#define CARRIED_BYTES_MIN 16

static uint32_t behind_spaces(const uint8_t *bytes, uint32_t at, uint32_t end) {
  while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) at++;
  return at;
}

// The text of the first member of that name with one, without its quotes; empty: there is none.
static ck_range text_of(const uint8_t *bytes, ck_range object, const char *name) {
  const size_t length = strnlen(name, sizeof names[0]);
  for (uint32_t at = object.start; object.end - at > length;) {
    const uint8_t *found = memmem(bytes + at, object.end - at, name, length);
    if (!found) break;
    at = behind_spaces(bytes, (uint32_t)(found - bytes) + (uint32_t)length, object.end);
    if (at >= object.end || bytes[at] != ':') continue;
    at = behind_spaces(bytes, at + 1, object.end);
    if (at >= object.end || bytes[at] != '"') continue;
    uint32_t to = at + 1;
    while (to < object.end && bytes[to] != '"') to += bytes[to] == '\\' ? 2 : 1;
    if (to < object.end && to - at > CARRIED_BYTES_MIN) return (ck_range){at + 1, to};
  }
  return (ck_range){object.start, object.start};
}

ck_range ck_carried_line(uint8_t *bytes, ck_range line) {
  ck_range object = line, text = {line.start, line.start};
  while (object.end > object.start && bytes[object.end - 1] <= ' ') object.end--;
  if (object.end - object.start < CARRIED_BYTES_MIN || bytes[object.start] != '{' ||
      bytes[object.end - 1] != '}')
    return text;
  for (size_t i = 0; i < sizeof names / sizeof *names && text.end == text.start; i++)
    text = text_of(bytes, object, names[i]);
  if (memchr(bytes + text.start, '\\', text.end - text.start))
    text = ck_undo(bytes, text, CK_UNDO_BACKSLASH);
  while (text.end > text.start && (bytes[text.end - 1] == '\n' || bytes[text.end - 1] == '\r'))
    text.end--;
  for (uint32_t at = text.start; at < text.end; at++)
    if (bytes[at] == '\n') bytes[at] = ' ';  // One line all the same.
  return text;
}
