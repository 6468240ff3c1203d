// Single values of records: quotes, ports, addresses, names of nobody.
#include <string.h>

#include "CKernels.h"
#include "bytes.h"
#include "names.h"

void ck_undo_all(uint8_t *bytes, ck_range *texts, size_t count, int kinds) {
  // No text that is undone holds a NUL: it stands for what is not looked for.
  const uint8_t slash = kinds & CK_UNDO_BACKSLASH ? '\\' : 0;
  const uint8_t percent = kinds & CK_UNDO_PERCENT ? '%' : 0, amper = kinds & CK_UNDO_HTML ? '&' : 0;
  for (size_t i = 0; i < count; i++)
    if (holds_any(bytes, texts[i], slash, percent, amper))
      texts[i] = ck_undo(bytes, texts[i], kinds);
}

void ck_unquote_all(const uint8_t *bytes, ck_range *texts, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (texts[i].end - texts[i].start >= 2 && bytes[texts[i].start] == '"' &&
        bytes[texts[i].end - 1] == '"')
      texts[i].start++, texts[i].end--;
}

// An IPv6 address without the port behind it, which is one for sure: it has more digits than a
// group, or stands behind an address of IPv4, as in `::ffff:10.0.0.1:80`.
__attribute__((noinline)) static ck_range without_long_port(const uint8_t *bytes,
                                                            ck_range address) {
  uint32_t colon = address.end;
  while (is_digit(bytes[colon - 1])) colon--;
  const uint32_t digits = address.end - colon;
  if (digits == 0 || bytes[--colon] != ':' || bytes[colon - 1] == ':') return address;
  uint32_t group = colon;
  while (bytes[group - 1] != ':') group--;
  const int is_ipv4 = first_place(bytes, group, colon, '.') < colon;
  return digits == 5 || is_ipv4 ? (ck_range){address.start, colon} : address;
}

ck_range ck_without_port(const uint8_t *bytes, ck_range address) {
  if (address.end == address.start) return address;
  if (bytes[address.start] == '[') {
    const uint8_t *close = memchr(bytes + address.start, ']', address.end - address.start);
    return close ? (ck_range){address.start + 1, (uint32_t)(close - bytes)} : address;
  }
  const uint32_t colon = first_place(bytes, address.start, address.end, ':');
  if (colon == address.end || colon == 0) return address;
  const int is_ipv6 = first_place(bytes, colon + 1, address.end, ':') < address.end;
  return is_ipv6 ? without_long_port(bytes, address) : (ck_range){address.start, colon};
}

void ck_without_ports(const uint8_t *bytes, ck_range *addresses, size_t count) {
  for (size_t i = 0; i < count; i++) addresses[i] = ck_without_port(bytes, addresses[i]);
}

void ck_drop_host_names(const uint8_t *bytes, ck_range *texts, size_t count) {
  for (size_t i = 0; i < count; i++) {
    ck_lanes letters = {0};
    for (uint32_t at = texts[i].start; at < texts[i].end; at += 16)
      letters |= (ck_lanes)((lanes_of(bytes, at, texts[i].end) | 0x20) - 'g' < 20);
    if (any_lane(letters)) texts[i] = (ck_range){0, 0};
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

// Whether a text may be an address, by its first four bytes: hardly a name gets past this. Its
// bytes are looked up, so that this is no branch.
static inline int may_be_address(const uint8_t *first, uint32_t length) {
  static const uint8_t digits[256] = {
      ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1,
      ['8'] = 1, ['9'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1,
      ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1, ['.'] = 1, [':'] = 1,
      ['['] = 1};
  return (digits[first[0]] & digits[first[1]] & digits[first[2]] & digits[first[3]]) |
         (length < 4);
}

// Which lengths names have, by their first and by their second letter: hardly a user gets past
// this.
typedef struct {
  uint64_t first[32], second[32];
} name_lengths;

static name_lengths lengths_of(const ck_names *names) {
  name_lengths lengths = {{0}, {0}};
  for (size_t at = 0; at <= names->mask; at++) {
    const ck_name *name = &names->entries[at];
    if (name->length == 0) continue;
    const uint64_t bit = 1ull << (name->length & 63);
    lengths.first[name->text[0] & 31] |= bit;
    if (name->length > 1)
      lengths.second[name->text[1] & 31] |= bit;
    else
      for (size_t letter = 0; letter < 32; letter++) lengths.second[letter] |= bit;
  }
  return lengths;
}

static inline int may_be_name(const uint8_t *first, uint32_t length, const name_lengths *lengths) {
  return (lengths->first[first[0] & 31] & lengths->second[first[1] & 31]) >> (length & 63) & 1;
}

// The same with a port, in brackets or with the zone of RFC 4007, as `fe80::1%eth0`.
static int is_written_address(const uint8_t *bytes, ck_range text) {
  text = ck_without_port(bytes, text);
  text.end = first_place(bytes, text.start, text.end, '%');
  return is_address(bytes, text);
}

// What stands between quotes, with quotes doubled in it as single ones.
static inline ck_range without_doubled(uint8_t *bytes, ck_range text) {
  const int has_quote = first_place(bytes, text.start, text.end, '"') < text.end;
  return __builtin_expect(has_quote, 0) ? ck_undo(bytes, text, CK_UNDO_DOUBLED) : text;
}

__attribute__((always_inline)) static inline void drop_nobodies(uint8_t *bytes, ck_range *users,
                                                                size_t count,
                                                                const ck_names *names,
                                                                int unquoted) {
  const name_lengths lengths = lengths_of(names);
  for (size_t i = 0; i < count; i++) {
    ck_range user = users[i];
    if (unquoted && bytes[user.start - (user.start > 0)] == '"')
      user = without_doubled(bytes, user);
    else if (user.end - user.start >= 2 && bytes[user.start] == '"' && bytes[user.end - 1] == '"')
      user = without_doubled(bytes, (ck_range){user.start + 1, user.end - 1});
    const uint32_t length = user.end - user.start;
    const uint8_t *first = bytes + user.start;
    users[i] = user;
    if (__builtin_expect((length != 0) & !may_be_address(first, length) &
                             !may_be_name(first, length, &lengths), 1))
      continue;
    if (length == 0)
      users[i] = (ck_range){0, 0};
    else if (name_slot(first, length, names) != CK_NO_SLOT ||
             is_written_address(bytes, user))
      users[i] = (ck_range){user.start, user.start};
  }
}

void ck_drop_nobodies(uint8_t *bytes, ck_range *users, size_t count, const ck_names *names,
                      int unquoted) {
  if (unquoted)
    drop_nobodies(bytes, users, count, names, 1);
  else
    drop_nobodies(bytes, users, count, names, 0);
}

// Whether an address is none of the internet's: private, shared, of a link or a host, multicast.
static int is_inner_address(const uint8_t *bytes, ck_range text) {
  uint32_t octets[2] = {0, 0}, at = text.start;
  for (int octet = 0; octet < 2; octet++, at++) {
    const uint32_t first = at;
    for (; at < text.end && is_digit(bytes[at]); at++)
      octets[octet] = octets[octet] * 10 + (bytes[at] - '0');
    if (at == first || at - first > 3 || at >= text.end || bytes[at] != '.') {
      const uint32_t length = text.end - text.start;
      const uint8_t high = length > 3 ? bytes[text.start] | 0x20 : 0;
      return high != '2' && high != '3';  // Of IPv6 only 2000::/3 is the internet.
    }
  }
  const uint32_t a = octets[0], b = octets[1];
  return a == 0 || a == 10 || a == 127 || a > 223 || (a == 100 && b >> 6 == 1) ||
         (a == 169 && b == 254) || (a == 172 && b >> 4 == 1) || (a == 192 && b == 168);
}

void ck_mark_inner(const uint8_t *bytes, const ck_range *texts, size_t count, uint8_t code,
                   uint8_t *codes) {
  for (size_t i = 0; i < count; i++)
    if (is_inner_address(bytes, texts[i])) codes[i] += code;
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
