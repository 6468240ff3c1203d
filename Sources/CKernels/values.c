// Single values of records: quotes, ports, addresses, names of nobody.
#include <string.h>

#include "CKernels.h"
#include "names.h"

void ck_undo_all(uint8_t *bytes, ck_range *texts, size_t count, int kinds) {
  const uint8_t slash = kinds & CK_UNDO_BACKSLASH ? '\\' : 0;
  const uint8_t percent = kinds & CK_UNDO_PERCENT ? '%' : 0, amper = kinds & CK_UNDO_HTML ? '&' : 0;
  for (size_t i = 0; i < count; i++) {
    int is_escaped = 0;
    for (uint32_t at = texts[i].start; at < texts[i].end; at++) {
      const uint8_t byte = bytes[at];
      is_escaped |= byte == slash || byte == percent || byte == amper;
    }
    if (is_escaped) texts[i] = ck_undo(bytes, texts[i], kinds);
  }
}

void ck_unquote_all(const uint8_t *bytes, ck_range *texts, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (texts[i].end - texts[i].start >= 2 && bytes[texts[i].start] == '"' &&
        bytes[texts[i].end - 1] == '"')
      texts[i].start++, texts[i].end--;
}

ck_range ck_without_port(const uint8_t *bytes, ck_range address) {
  if (address.end == address.start) return address;
  if (bytes[address.start] == '[') {
    const uint8_t *close = memchr(bytes + address.start, ']', address.end - address.start);
    return close ? (ck_range){address.start + 1, (uint32_t)(close - bytes)} : address;
  }
  uint32_t colon = 0;
  for (uint32_t at = address.start; at < address.end; at++) {
    if (bytes[at] != ':') continue;
    if (colon) return address;  // IPv6.
    colon = at;
  }
  return colon ? (ck_range){address.start, colon} : address;
}

void ck_without_ports(const uint8_t *bytes, ck_range *addresses, size_t count) {
  for (size_t i = 0; i < count; i++) addresses[i] = ck_without_port(bytes, addresses[i]);
}

void ck_drop_host_names(const uint8_t *bytes, ck_range *texts, size_t count) {
  for (size_t i = 0; i < count; i++) {
    int is_name = 0;
    for (uint32_t at = texts[i].start; at < texts[i].end; at++)
      is_name |= (uint8_t)((bytes[at] | 0x20) - 'g') < 20;
    if (is_name) texts[i] = (ck_range){0, 0};
  }
}

// `1.2.3.4`, or hexadecimal digits and at least two colons.
static int is_address(const uint8_t *bytes, ck_range text) {
  int dots = 0, colons = 0, letters = 0;
  for (uint32_t at = text.start; at < text.end; at++) {
    const uint8_t byte = bytes[at];
    if (byte == '.') dots++;
    else if (byte == ':') colons++;
    else if ((uint8_t)((byte | 0x20) - 'a') < 6) letters++;
    else if ((uint8_t)(byte - '0') > 9) return 0;
  }
  return colons >= 2 || (dots == 3 && letters == 0 && colons == 0);
}

void ck_drop_nobodies(const uint8_t *bytes, ck_range *users, size_t count,
                      const ck_names *names) {
  for (size_t i = 0; i < count; i++) {
    const ck_range user = users[i];
    if (user.end == user.start) continue;
    if (name_slot(bytes + user.start, user.end - user.start, names) != CK_NO_SLOT ||
        is_address(bytes, user))
      users[i] = (ck_range){0, 0};
  }
}

void ck_take_addresses(const uint8_t *bytes, const ck_range *hosts, size_t count,
                       ck_range *targets) {
  for (size_t i = 0; i < count; i++)
    if (targets[i].end == targets[i].start && is_address(bytes, hosts[i])) targets[i] = hosts[i];
}

void ck_mark_names(const uint8_t *bytes, const ck_range *texts, size_t count,
                   const ck_names *names, uint8_t code, uint8_t *codes) {
  for (size_t i = 0; i < count; i++)
    if (name_slot(bytes + texts[i].start, texts[i].end - texts[i].start, names) != CK_NO_SLOT)
      codes[i] += code;
}
