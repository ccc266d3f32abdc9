/* Delays each sync by SYNC_MICROS: what a commit costs on a slower disk. For LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static int delayed(const char *name, int fd) {
  int (*sync)(int) = (int (*)(int)) dlsym(RTLD_NEXT, name);
  const char *micros = getenv("SYNC_MICROS");
  if (micros != NULL) {
    usleep(atoi(micros));
  }
  return sync(fd);
}

int fsync(int fd) { return delayed("fsync", fd); }

int fdatasync(int fd) { return delayed("fdatasync", fd); }
