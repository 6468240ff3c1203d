// A window on 64 bytes of a line; compiled once per instruction set, see cutting.c.

// Where two bytes of interest stand in 64 bytes from `base` on.
typedef struct {
  const uint8_t *bytes;
  uint32_t base;
  uint8_t first, second;
  uint64_t firsts, seconds;
} CUT_(window);

CUT_TARGET INLINE void CUT_(move)(CUT_(window) *window, uint32_t base) {
  window->base = base;
  window->firsts = CUT_(match)(window->bytes + base, window->first);
  window->seconds = CUT_(match)(window->bytes + base, window->second);
}

CUT_TARGET INLINE CUT_(window) CUT_(open)(const uint8_t *bytes, uint32_t start, uint8_t first,
                                          uint8_t second) {
  CUT_(window) window = {.bytes = bytes, .first = first, .second = second};
  CUT_(move)(&window, start);
  return window;
}

enum { CUT_(FIRST) = 1, CUT_(SECOND) = 2, CUT_(EITHER) = 3 };

// The offset of the first of the wanted bytes at or behind `from`, or `end`.
CUT_TARGET INLINE uint32_t CUT_(next)(CUT_(window) *window, uint32_t from, uint32_t end,
                                      int wanted) {
  while (from < end) {
    if (from - window->base >= 64) CUT_(move)(window, from);
    uint64_t bits = (wanted & 1 ? window->firsts : 0) | (wanted & 2 ? window->seconds : 0);
    bits >>= from - window->base;
    if (__builtin_expect(bits != 0, 1)) {
      const uint32_t at = from + (uint32_t)__builtin_ctzll(bits);
      return at < end ? at : end;
    }
    from = window->base + 64;
  }
  return end;
}
