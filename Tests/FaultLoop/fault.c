// Makes one chosen call that changes the disk go wrong, below any program:
//
//   LD_PRELOAD=fault.so FAULT_ROOT=/home FAULT_AT=17 FAULT_KIND=eio FAULT_LASTING=1 program …
//
// Calls below FAULT_ROOT are counted from 0. Kinds: before, after (the process is killed before or
// after the call), eio, enospc, short (half of a write). FAULT_LASTING: all later calls as well.
// FAULT_COUNT names a file that gets the number of calls at the end.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum kind { NONE, BEFORE, AFTER, FAIL_EIO, FAIL_ENOSPC, SHORT };

static atomic_long calls;
static long at = -1;
static enum kind kind;
static int lasting;
static const char *root;

__attribute__((constructor)) static void begin(void) {
  const char *names[] = {"", "before", "after", "eio", "enospc", "short"};
  const char *value = getenv("FAULT_AT");
  if (value) at = atol(value);
  value = getenv("FAULT_KIND");
  for (int i = 1; value && i < 6; i++)
    if (!strcmp(value, names[i])) kind = i;
  lasting = getenv("FAULT_LASTING") != NULL;
  root = getenv("FAULT_ROOT");
}

__attribute__((destructor)) static void end(void) {
  const char *path = getenv("FAULT_COUNT");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (file) fprintf(file, "%ld\n", atomic_load(&calls)), fclose(file);
}

// Whether the file of a descriptor, or a name below it, lies in the root.
static int is_inside(int fd, const char *name) {
  if (!root) return 0;
  if (name && name[0] == '/') return !strncmp(name, root, strlen(root));
  char link[64], path[4096];
  if (fd == AT_FDCWD)
    snprintf(link, sizeof link, "/proc/self/cwd");
  else
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return !strncmp(path, root, strlen(root));
}

static void die(void) { kill(getpid(), SIGKILL); for (;;) pause(); }

// What is to happen to the call that is about to be made.
static enum kind next(void) {
  long number = atomic_fetch_add(&calls, 1);
  if (at < 0 || (number != at && !(lasting && number > at))) return NONE;
  if (kind == BEFORE) die();
  return kind;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define MAKE(inside, call)                                       \
  enum kind what = (inside) ? next() : NONE;                     \
  if (what == FAIL_EIO) return errno = EIO, -1;                  \
  if (what == FAIL_ENOSPC || what == SHORT) return errno = ENOSPC, -1; \
  __typeof__(call) result = call;                                \
  if (what == AFTER) die();                                      \
  return result;

#define MAKE_WRITE(inside, count, call)                          \
  enum kind what = (inside) ? next() : NONE;                     \
  if (what == FAIL_EIO) return errno = EIO, -1;                  \
  if (what == FAIL_ENOSPC) return errno = ENOSPC, -1;            \
  if (what == SHORT && count > 1) count /= 2;                    \
  else if (what == SHORT) return errno = ENOSPC, -1;             \
  __typeof__(call) result = call;                                \
  if (what == AFTER) die();                                      \
  return result;

ssize_t write(int fd, const void *bytes, size_t count) {
  MAKE_WRITE(is_inside(fd, NULL), count, REAL(write)(fd, bytes, count))
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  MAKE_WRITE(is_inside(fd, NULL), count, REAL(pwrite)(fd, bytes, count, offset))
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
  MAKE_WRITE(is_inside(fd, NULL), count, REAL(pwrite64)(fd, bytes, count, offset))
}
int fsync(int fd) { MAKE(is_inside(fd, NULL), REAL(fsync)(fd)) }
int fdatasync(int fd) { MAKE(is_inside(fd, NULL), REAL(fdatasync)(fd)) }
int ftruncate(int fd, off_t size) { MAKE(is_inside(fd, NULL), REAL(ftruncate)(fd, size)) }
int ftruncate64(int fd, off64_t size) { MAKE(is_inside(fd, NULL), REAL(ftruncate64)(fd, size)) }
int mkdir(const char *path, mode_t mode) {
  MAKE(is_inside(AT_FDCWD, path), REAL(mkdir)(path, mode))
}
int mkdirat(int fd, const char *path, mode_t mode) {
  MAKE(is_inside(fd, path), REAL(mkdirat)(fd, path, mode))
}
int unlink(const char *path) { MAKE(is_inside(AT_FDCWD, path), REAL(unlink)(path)) }
int unlinkat(int fd, const char *path, int flags) {
  MAKE(is_inside(fd, path), REAL(unlinkat)(fd, path, flags))
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
  MAKE(is_inside(b, to), REAL(linkat)(a, from, b, to, flags))
}
int renameat(int a, const char *from, int b, const char *to) {
  MAKE(is_inside(b, to), REAL(renameat)(a, from, b, to))
}
int rename(const char *from, const char *to) {
  MAKE(is_inside(AT_FDCWD, to), REAL(rename)(from, to))
}

#define OPEN(name)                                               \
  int name(const char *path, int flags, ...) {                   \
    va_list list;                                                \
    va_start(list, flags);                                       \
    mode_t mode = va_arg(list, mode_t);                          \
    va_end(list);                                                \
    int makes = (flags & O_CREAT) != 0;                          \
    MAKE(makes && is_inside(AT_FDCWD, path), REAL(name)(path, flags, mode)) \
  }
OPEN(open)
OPEN(open64)

int openat(int fd, const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = va_arg(list, mode_t);
  va_end(list);
  int makes = (flags & O_CREAT) != 0;
  MAKE(makes && is_inside(fd, path), REAL(openat)(fd, path, flags, mode))
}

long syscall(long number, ...) {
  va_list list;
  va_start(list, number);
  long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
  long d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
  va_end(list);
  int makes = number == SYS_openat2 && ((struct open_how *)c)->flags & O_CREAT;
  MAKE(makes && is_inside((int)a, (const char *)b), REAL(syscall)(number, a, b, c, d, e, f))
}
