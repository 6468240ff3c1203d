#pragma once
#include <stdint.h>

// What a thread has had of the heap so far.
typedef struct {
  uint64_t allocations, bytes;
} ch_taken;

// Pieces that this thread asked `malloc`, `calloc` and `realloc` for, and their bytes as asked for.
// Aligned pieces are not counted.
ch_taken ch_taken_by_thread(void);
