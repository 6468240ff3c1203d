// Escapes of JSON, XML and URLs, undone in place.
#include <string.h>

#include "CKernels.h"
#include "bytes.h"

static uint32_t put_utf8(uint8_t *to, uint32_t code) {
  if (code < 0x80) return to[0] = (uint8_t)code, 1;
  if (code < 0x800) {
    to[0] = (uint8_t)(0xc0 | code >> 6), to[1] = (uint8_t)(0x80 | (code & 63));
    return 2;
  }
  if (code < 0x10000) {
    to[0] = (uint8_t)(0xe0 | code >> 12), to[1] = (uint8_t)(0x80 | (code >> 6 & 63));
    to[2] = (uint8_t)(0x80 | (code & 63));
    return 3;
  }
  to[0] = (uint8_t)(0xf0 | code >> 18), to[1] = (uint8_t)(0x80 | (code >> 12 & 63));
  to[2] = (uint8_t)(0x80 | (code >> 6 & 63)), to[3] = (uint8_t)(0x80 | (code & 63));
  return 4;
}

// The number of four hexadecimal digits, or -1.
static int32_t hex4(const uint8_t *bytes, uint32_t at, uint32_t end) {
  if (end - at < 4) return -1;
  int32_t code = 0;
  for (uint32_t i = 0; i < 4; i++) {
    const int digit = hex_digit(bytes[at + i]);
    if (digit < 0) return -1;
    code = code << 4 | digit;
  }
  return code;
}

// Reads what stands behind a backslash at `at`; writes it to `to`, and returns where it ends.
static uint32_t undo_backslash(uint8_t *bytes, uint32_t at, uint32_t end, uint32_t *to) {
  static const uint8_t meanings[256] = {['n'] = '\n', ['t'] = '\t', ['r'] = '\r', ['b'] = '\b',
                                        ['f'] = '\f', ['"'] = '"',  ['/'] = '/',  ['\\'] = '\\',
                                        ['='] = '=',  ['|'] = '|',  ['\''] = '\''};
  const uint8_t byte = bytes[at];
  if (byte == 'u') {
    int32_t code = hex4(bytes, at + 1, end);
    uint32_t next = at + 5;
    if (code >= 0xd800 && code < 0xdc00 && end - next >= 6 && bytes[next] == '\\' &&
        bytes[next + 1] == 'u') {
      const int32_t low = hex4(bytes, next + 2, end);
      if (low >= 0xdc00 && low < 0xe000)
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00), next += 6;
    }
    if (code >= 0 && !(code >= 0xd800 && code < 0xe000)) {
      *to += put_utf8(bytes + *to, (uint32_t)code);
      return next;
    }
  } else if (meanings[byte]) {
    bytes[(*to)++] = meanings[byte];
    return at + 1;
  }
  bytes[(*to)++] = '\\';  // Not an escape: `CORP\anna`.
  bytes[(*to)++] = byte;
  return at + 1;
}

static uint32_t undo_html(const uint8_t *bytes, uint32_t at, uint32_t end, uint8_t *meaning) {
  static const struct {
    const char *name;
    uint8_t meaning;
  } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'},
                  {"&apos;", '\''}, {"&#39;", '\''}, {"&#34;", '"'}, {"&#x27;", '\''}};
  for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
    const uint32_t length = (uint32_t)strlen(entities[i].name);
    if (end - at < length || memcmp(bytes + at, entities[i].name, length) != 0) continue;
    *meaning = entities[i].meaning;
    return length;
  }
  return 0;
}

ck_range ck_undo(uint8_t *bytes, ck_range text, int kinds) {
  uint32_t to = text.start;
  for (uint32_t at = text.start; at < text.end;) {
    const uint8_t byte = bytes[at];
    uint8_t meaning;
    if (byte == '\\' && kinds & CK_UNDO_BACKSLASH && at + 1 < text.end) {
      at = undo_backslash(bytes, at + 1, text.end, &to);
      continue;
    }
    if (byte == '%' && kinds & CK_UNDO_PERCENT && text.end - at > 2 &&
        hex_digit(bytes[at + 1]) >= 0 && hex_digit(bytes[at + 2]) >= 0) {
      meaning = (uint8_t)(hex_digit(bytes[at + 1]) << 4 | hex_digit(bytes[at + 2]));
      bytes[to++] = meaning;
      at += 3;
      continue;
    }
    if (byte == '&' && kinds & CK_UNDO_HTML) {
      const uint32_t length = undo_html(bytes, at, text.end, &meaning);
      if (length) {
        bytes[to++] = meaning;
        at += length;
        continue;
      }
    }
    if (byte == '"' && kinds & CK_UNDO_DOUBLED && at + 1 < text.end && bytes[at + 1] == '"') at++;
    bytes[to++] = byte;
    at++;
  }
  return (ck_range){text.start, to};
}
