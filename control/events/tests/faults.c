/* Makes one call that changes a folder fail, for the tests of what is kept in it. Loaded before the C library.
 *
 * FAULT_FOLDER   which folder
 * FAULT_AT       which call, from 1
 * FAULT_HOW      eio, enospc: this call fails; full: this and all that write; torn: half of a write, then the end of the
 *                process; kill: its end before the call
 * When it comes to that, "fault" is written to the standard error. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long calls;

static int is_ours(const char *path) {
    const char *folder = getenv("FAULT_FOLDER");
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_open_in_ours(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_ours(path);
}

/* Whether this call is not to be made; `fd` and `octets` are of one that writes. */
static int fails(int writes, int fd, const void *octets, size_t count, off_t at) {
    const char *how = getenv("FAULT_HOW");
    long when = atol(getenv("FAULT_AT") ? getenv("FAULT_AT") : "0");
    calls++;
    if (!how || calls < when || (calls > when && !(strcmp(how, "full") == 0 && writes))) return 0;
    if (calls == when) (void)!syscall(1 /* write */, 2, "fault\n", 6);
    if (strcmp(how, "eio") == 0) { errno = EIO; return 1; }
    if (strcmp(how, "enospc") == 0 || strcmp(how, "full") == 0) { errno = ENOSPC; return 1; }
    if (strcmp(how, "torn") == 0 && writes) {
        if (at >= 0) (void)!syscall(18 /* pwrite64 */, fd, octets, count / 2, at);
        else (void)!syscall(1, fd, octets, count / 2);
    }
    _exit(9);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *octets, size_t count) {
    if (is_open_in_ours(fd) && fails(1, fd, octets, count, -1)) return -1;
    return REAL(write)(fd, octets, count);
}

ssize_t pwrite64(int fd, const void *octets, size_t count, off_t at) {
    if (is_open_in_ours(fd) && fails(1, fd, octets, count, at)) return -1;
    return REAL(pwrite64)(fd, octets, count, at);
}

int ftruncate64(int fd, off_t length) {
    if (is_open_in_ours(fd) && fails(0, 0, 0, 0, 0)) return -1;
    return REAL(ftruncate64)(fd, length);
}

int fsync(int fd) {
    if (is_open_in_ours(fd) && fails(0, 0, 0, 0, 0)) return -1;
    return REAL(fsync)(fd);
}

int fdatasync(int fd) {
    if (is_open_in_ours(fd) && fails(0, 0, 0, 0, 0)) return -1;
    return REAL(fdatasync)(fd);
}

int rename(const char *from, const char *to) {
    if (is_ours(from) && fails(0, 0, 0, 0, 0)) return -1;
    return REAL(rename)(from, to);
}

int unlink(const char *path) {
    if (is_ours(path) && fails(0, 0, 0, 0, 0)) return -1;
    return REAL(unlink)(path);
}

int open64(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = va_arg(more, mode_t);
    va_end(more);
    if (is_ours(path) && fails((flags & O_CREAT) != 0, -1, "", 0, 0)) return -1;
    return REAL(open64)(path, flags, mode);
}
