// Headers of syslog messages; compiled once per instruction set, see cutting.c.

// The end of the structured data of RFC 5424 at `at`.
CUT_TARGET INLINE uint32_t CUT_(structured_end)(const uint8_t *bytes, uint32_t at, uint32_t end) {
  if (at < end && bytes[at] == '-') return at + 1;
  if (at >= end || bytes[at] != '[') return at;
  CUT_(window) window = CUT_(open)(bytes, at, '"', ']');
  while (at < end && bytes[at] == '[') {
    uint32_t mark = CUT_(next)(&window, at, end, CUT_(EITHER));
    while (mark < end && bytes[mark] == '"') {  // A value; a backslash stands before its quotes.
      uint32_t slashes;
      do {
        mark = CUT_(next)(&window, mark + 1, end, CUT_(FIRST));
        for (slashes = 0; mark < end && bytes[mark - 1 - slashes] == '\\';) slashes++;
      } while (slashes % 2);
      mark = mark < end ? CUT_(next)(&window, mark + 1, end, CUT_(EITHER)) : end;
    }
    at = mark < end ? mark + 1 : end;
  }
  return at;
}

// Reads one header at `at`. 0: there is none.
CUT_TARGET INLINE int CUT_(read_header)(const uint8_t *bytes, uint32_t at, uint32_t end,
                                        ck_syslog *out) {
  uint32_t to = at;
  while (to < end && is_digit(bytes[to])) to++;  // The count of octets of RFC 6587.
  if (to > at && to + 1 < end && bytes[to] == ' ' && bytes[to + 1] == '<') at = to + 1;
  else at = behind_relay(bytes, at, end);
  int has_priority = 0;
  if (at < end && bytes[at] == '<') {
    for (to = at + 1; to < end && is_digit(bytes[to]);) to++;
    if (to < end && to > at + 1 && to - at <= 4 && bytes[to] == '>') has_priority = 1, at = to + 1;
  }
  if (at < end && bytes[at] == ':') at++;  // Cisco's EMBLEM.
  at = behind_blanks(bytes, at, end);
  int has_version = 0;
  if (end - at > 12 && bytes[at] == '1' && bytes[at + 1] == ' ' &&
      (has_priority || epoch_end(bytes, at + 2, end, 1) || is_behind_version(bytes, at + 2, end)))
    has_version = 1, at = behind_blanks(bytes, at + 2, end);
  const int brackets = has_priority && at < end && bytes[at] == '[';  // `[time] `, as Clavister.
  const uint32_t open = at;
  at += (uint32_t)brackets;
  if (is_before_time(bytes, at, end)) at += 4;  // A weekday.
  uint32_t time_end = month_time_end(bytes, at, end);
  if (!time_end) time_end = iso_time_end(bytes, at, end, has_version || has_priority);
  // A table's own date and time are no header: a number, or a TAB, follows them.
  if (!has_version && time_end && is_date(bytes, at, end) && is_table(bytes, time_end, end))
    time_end = 0;
  has_version &= time_end != 0;  // Meraki writes a version, too, and nothing else of RFC 5424.
  if (!time_end) time_end = utm_time_end(bytes, at, end);
  if (!time_end) time_end = epoch_end(bytes, at, end, has_priority);
  if (time_end) {
    out->time = (ck_range){at, time_end};
    at = behind_blanks(bytes, time_end + (uint32_t)brackets, end);
    const uint32_t colon = at < end && bytes[at] == ':';  // No host stands behind it.
    if (colon) at = behind_blanks(bytes, at + 1, end);
    const uint32_t behind = behind_stream(bytes, at, end);
    if (behind > at) at = behind;
    else if (!colon && behind_tag(bytes, at, end) == at)
      at = behind_host(bytes, at, end, has_version);
  } else if (!has_priority) {
    return 0;
  } else {
    at = open;
  }
  if (has_version && time_end) {
    for (int word = 0; word < 3; word++) at = behind_word(bytes, at, end);
    at = behind_blanks(bytes, CUT_(structured_end)(bytes, at, end), end);
  } else {
    at = behind_tag(bytes, at, end);
  }
  at = behind_blanks(bytes, at, end);
  // RFC 5424 §6.4 puts a byte order mark in front of text.
  out->message = end - at >= 3 && is_behind_mark(bytes, at, at + 3) ? at + 3 : at;
  return 1;
}

CUT_TARGET static ck_syslog CUT_(read_syslog)(const uint8_t *bytes, ck_range line) {
  ck_syslog all = {line.start, {0, 0}, {0, 0}};
  const int is_dated = starts_with_date(bytes, line);
  for (int relays = 0; relays < 3; relays++) {
    ck_syslog one = {all.message, {0, 0}, {0, 0}};
    if (is_dated || !CUT_(read_header)(bytes, all.message, line.end, &one)) {
      // Not taken for a header, since it may be data; but a time all the same.
      const uint32_t time_end = iso_time_end(bytes, line.start, line.end, 1);
      if (relays == 0 && time_end) all.time = (ck_range){line.start, time_end};
      break;
    }
    all.message = one.message;
    if (one.time.end) all.relayed = all.time, all.time = one.time;
  }
  return all;
}

// Whether a line starts with the header that is known.
CUT_TARGET INLINE int CUT_(has_known_header)(const uint8_t *bytes, ck_range line,
                                             const ck_known_header *known) {
  if (!known->length || line.end - line.start < known->length + BYTES_BEHIND_HEADER ||
      is_rare_behind_word(bytes[line.start + known->length]))
    return 0;
  for (uint32_t at = 0; at < known->length; at += sizeof(ck_wide)) {
    const ck_wide here = *(const ck_wide *)(bytes + line.start + at);
    const ck_wide others = (here ^ *(const ck_wide *)(known->text + at)) &
                           *(const ck_wide *)(known->same + at);
    const ck_wide letters = (ck_wide)(here - '0' > 9) & *(const ck_wide *)(known->digit + at);
    const ck_wide wrong = others | letters;
    uint64_t words[8], any = 0;
    memcpy(words, &wrong, sizeof words);
    for (int i = 0; i < 8; i++) any |= words[i];
    if (any) return 0;
  }
  return 1;
}

// The header of a line, by that of the line before where it is the same.
CUT_TARGET INLINE ck_syslog CUT_(header_of)(const uint8_t *bytes, ck_range line,
                                            ck_known_header *known) {
  if (CUT_(has_known_header)(bytes, line, known)) {
    known->misses = 0;
    return (ck_syslog){line.start + known->message, moved(known->time, 0, line.start),
                       moved(known->relayed, 0, line.start)};
  }
  const ck_syslog header = CUT_(read_syslog)(bytes, line);
  remember_header(bytes, line, &header, known);
  return header;
}
