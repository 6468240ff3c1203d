// The heap's own functions under their public names, counted: the program's stand in front of those
// of the C library, for its libraries, too (glibc manual, "Replacing malloc").
#include "CountedHeap.h"

#include <stddef.h>

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *piece, size_t bytes);

static __thread ch_taken taken;

static void count(size_t bytes) {
  taken.allocations++;
  taken.bytes += bytes;
}

void *malloc(size_t bytes) {
  count(bytes);
  return __libc_malloc(bytes);
}

void *calloc(size_t elements, size_t bytes) {
  count(elements * bytes);
  return __libc_calloc(elements, bytes);
}

void *realloc(void *piece, size_t bytes) {
  count(bytes);
  return __libc_realloc(piece, bytes);
}

ch_taken ch_taken_by_thread(void) { return taken; }
