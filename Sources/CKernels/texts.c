// Many texts looked for at once. The search is in texts_body.h; here its tables are made.
//
// Each text is found by its rarest four bytes. Eight groups of texts have a bit each; for each of
// five places, the one behind the four included, two tables of half bytes, or one of bytes, say
// which groups may have which byte there (as in the Teddy algorithm of Hyperscan). Where a group
// may start, the four bytes are looked up in a table.
#include <string.h>

#include "CKernels.h"

#define GROUPS 8

// How rare a byte is in logs, roughly.
static int rarity(uint8_t byte) {
  if (byte >= 'A' && byte <= 'Z') return 6;
  if (byte >= 'a' && byte <= 'z') return strchr("etaoinsr", byte) ? 3 : 4;
  if (byte >= '0' && byte <= '9') return 2;
  if (byte == '\t' || byte == '%' || byte == '[' || byte == '{' || byte == '_') return 5;
  return byte == ' ' || byte == '"' || byte == ',' || byte == '.' || byte == '=' ? 1 : 3;
}

static uint32_t window_of(const uint8_t *bytes) {
  uint32_t window;
  memcpy(&window, bytes, 4);
  return window;
}

// How often four bytes stand in the texts, roughly.
#define COUNTS 4096
static uint8_t *count_of(uint8_t *counts, const uint8_t *bytes) {
  return &counts[window_of(bytes) * 0x9e3779b1u >> 20];
}

static void count_windows(const ck_texts *texts, uint8_t *counts) {
  memset(counts, 0, COUNTS);
  for (size_t i = 0; i < texts->count; i++)
    for (uint32_t at = 0; at + 4 <= texts->texts[i].length; at++) {
      uint8_t *count = count_of(counts, texts->bytes + texts->texts[i].offset + at);
      *count += *count < 255;
    }
}

// The window that few lines hold, and few of the other texts.
static uint16_t rarest_window(const uint8_t *text, uint16_t length, uint8_t *counts) {
  int best = -1000;
  uint16_t place = 0;
  for (uint16_t at = 0; at + 4 <= length; at++) {
    const int others = *count_of(counts, text + at);
    int sum = -3 * (others < 8 ? others : 8) + (at + 5 <= length ? 6 : 0);
    for (int i = 0; i < 4; i++) sum += rarity(text[at + i]);
    if (sum > best) best = sum, place = at;
  }
  return place;
}

static void put_text(ck_texts *texts, uint16_t number, uint32_t window) {
  size_t at = window * 0x9e3779b1u >> 16 & texts->mask;
  while (texts->entries[at].text && texts->entries[at].window != window)
    at = (at + 1) & texts->mask;
  texts->texts[number - 1].next = texts->entries[at].text;
  texts->entries[at] = (ck_text_entry){window, number};
}

// How many places of a line, roughly, a group takes for the start of one of its texts: bytes of
// logs are most often lower-case letters, then digits and marks.
static uint32_t cost(const ck_texts *texts, int group) {
  static const uint8_t shares[16] = {[2] = 3, [3] = 4, [4] = 1, [5] = 1, [6] = 5, [7] = 3};
  uint32_t product = 1;
  for (int place = 0; place < 4; place++) {
    uint32_t lows = 0, highs = 0;
    for (int half = 0; half < 16; half++) {
      lows += texts->low[place][half] >> group & 1;
      highs += (texts->high[place][half] >> group & 1) * shares[half];
    }
    product *= lows * highs + 1;
  }
  return product;
}

static void add_to_group(ck_texts *texts, uint32_t window, int group) {
  for (int place = 0; place < 4; place++) {
    const uint8_t byte = (uint8_t)(window >> 8 * place);
    texts->low[place][byte & 15] |= (uint8_t)(1u << group);
    texts->high[place][byte >> 4] |= (uint8_t)(1u << group);
    texts->groups[place][byte & 127] |= (uint8_t)(1u << group);
  }
}

// Adds the byte behind a text's window, or any byte where the text ends there.
static void add_byte_behind(ck_texts *texts, const ck_text *text, uint8_t group) {
  const uint32_t at = text->window_at + 4u;
  const int is_end = at >= text->length;
  const uint8_t byte = is_end ? 0 : texts->bytes[text->offset + at];
  for (int half = 0; half < 16; half++) {
    if (is_end || (byte & 15) == half) texts->low[4][half] |= group;
    if (is_end || byte >> 4 == half) texts->high[4][half] |= group;
  }
  for (int low = 0; low < 128; low++)
    if (is_end || (byte & 127) == low) texts->groups[4][low] |= group;
}

// Whether a group holds a window.
static int is_in_group(const ck_texts *texts, uint32_t window, int group) {
  for (int place = 0; place < 4; place++) {
    const uint8_t byte = (uint8_t)(window >> 8 * place);
    if (!(texts->low[place][byte & 15] & texts->high[place][byte >> 4] & 1u << group)) return 0;
  }
  return 1;
}

// Adds a window to the group that it makes dearer by least.
static void put_group(ck_texts *texts, uint32_t window) {
  uint32_t least = UINT32_MAX;
  int best = 0;
  for (int group = 0; group < GROUPS; group++) {
    ck_texts trial = *texts;
    add_to_group(&trial, window, group);
    const uint32_t more = cost(&trial, group) - cost(texts, group);
    if (more < least) least = more, best = group;
  }
  add_to_group(texts, window, best);
}

void ck_prepare_texts(ck_texts *texts) {
  uint32_t windows[CK_TEXTS_MAX];
  uint8_t counts[COUNTS];
  size_t count = 0;
  count_windows(texts, counts);
  texts->shorts = 0;
  memset(texts->low, 0, sizeof texts->low);
  memset(texts->high, 0, sizeof texts->high);
  memset(texts->groups, 0, sizeof texts->groups);
  for (size_t i = 0; i < texts->count; i++) {
    ck_text *text = &texts->texts[i];
    if (!text->is_searched) continue;
    if (text->length < 4) {
      if (i < 64) texts->shorts |= 1ull << i;
      continue;
    }
    text->window_at = rarest_window(texts->bytes + text->offset, text->length, counts);
    const uint32_t window = window_of(texts->bytes + text->offset + text->window_at);
    put_text(texts, (uint16_t)(i + 1), window);
    size_t at = count++;  // In order, so that those that look alike are in one group.
    for (; at > 0 && windows[at - 1] > window; at--) windows[at] = windows[at - 1];
    windows[at] = window;
  }
  for (size_t i = 0; i < count; i++) put_group(texts, windows[i]);
  for (size_t i = 0; i < texts->count; i++) {
    const ck_text *text = &texts->texts[i];
    if (text->length < 4 || !text->is_searched) continue;
    const uint32_t window = window_of(texts->bytes + text->offset + text->window_at);
    for (int group = 0; group < GROUPS; group++)
      if (is_in_group(texts, window, group)) add_byte_behind(texts, text, (uint8_t)(1u << group));
  }
}
