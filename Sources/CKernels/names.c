// Tables of names, see names.h.
#include "names.h"

void ck_put_name(const uint8_t *name, uint32_t length, uint8_t slot, ck_name *entries,
                 size_t mask) {
  const uint64_t hash = name_hash(name, length);
  size_t at = hash & mask;
  while (entries[at].length) at = (at + 1) & mask;
  entries[at].hash = hash;
  entries[at].length = (uint8_t)length;
  entries[at].slot = slot;
  for (uint32_t i = 0; i < length; i++) entries[at].text[i] = name[i] | 0x20;
}
