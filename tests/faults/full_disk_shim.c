/* A disk that is full, for people who may not mount one: preloaded, it counts the bytes of the
   files under one folder and refuses what does not fit (ENOSPC), or everything (EROFS).

   full_disk_set(folder, bytes) begins it, with bytes < 0 the folder is read-only; "" ends it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096L
#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static char root[PATH_MAX];
static long quota;
static __thread long used;

void full_disk_set(const char *folder, long bytes) {
    if (!realpath(folder, root)) root[0] = 0;
    if (!folder[0]) root[0] = 0;
    quota = bytes;
}

static long pages(long bytes) { return (bytes + PAGE - 1) / PAGE * PAGE; }

static int under(const char *path) {
    size_t n = strlen(root);
    return n && !strncmp(path, root, n) && (path[n] == '/' || !path[n]);
}

static int place(int dir, const char *path, char *out) {
    char parent[PATH_MAX], joined[PATH_MAX];
    if (!root[0] || !path) return 0;
    if (path[0] != '/' && dir != AT_FDCWD) {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
        ssize_t n = readlink(link, parent, sizeof parent - 1);
        if (n < 0) return 0;
        parent[n] = 0;
        if (snprintf(joined, sizeof joined, "%s/%s", parent, path) >= (int)sizeof joined) return 0;
        path = joined;
    }
    if (path[0] == '/') snprintf(out, PATH_MAX, "%s", path);
    else if (!realpath(".", parent) ||
             snprintf(out, PATH_MAX, "%s/%s", parent, path) >= PATH_MAX) return 0;
    return under(out);
}

static int of_file(int fd) {
    char link[64], path[PATH_MAX];
    if (!root[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return under(path);
}

static int add(const char *path, const struct stat *info, int kind, struct FTW *walk) {
    (void)path, (void)walk;
    if (kind == FTW_F) used += pages(info->st_size);
    return 0;
}

static long room(void) {
    used = 0;
    nftw(root, add, 16, FTW_PHYS);
    return quota > used ? quota - used : 0;
}

/* How many of `count` bytes fit at `offset` of the file: -1 for none. */
static long fitting(int fd, long offset, size_t count) {
    struct stat info;
    if (!of_file(fd) || fstat(fd, &info) || !S_ISREG(info.st_mode)) return (long)count;
    if (quota < 0) { errno = EROFS; return -1; }
    long end = pages(info.st_size) + room();
    if (offset + (long)count <= end) return (long)count;
    if (offset >= end) { errno = ENOSPC; return -1; }
    return end - offset;
}

static long here(int fd) {
    struct stat info;
    if (fcntl(fd, F_GETFL) & O_APPEND && !fstat(fd, &info)) return info.st_size;
    long at = lseek(fd, 0, SEEK_CUR);
    return at < 0 ? 0 : at;
}

ssize_t write(int fd, const void *data, size_t count) {
    REAL(ssize_t, "write", int, const void *, size_t);
    long n = root[0] ? fitting(fd, here(fd), count) : (long)count;
    return n < 0 ? -1 : real(fd, data, (size_t)n);
}

ssize_t pwrite(int fd, const void *data, size_t count, off_t offset) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    long n = fitting(fd, offset, count);
    return n < 0 ? -1 : real(fd, data, (size_t)n, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t count, off_t offset) {
    return pwrite(fd, data, count, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int number) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    long whole = 0;
    for (int i = 0; i < number; i++) whole += (long)parts[i].iov_len;
    long n = root[0] ? fitting(fd, here(fd), (size_t)whole) : whole;
    if (n < whole) { if (n >= 0) errno = ENOSPC; return -1; }
    return real(fd, parts, number);
}

int ftruncate(int fd, off_t size) {
    REAL(int, "ftruncate", int, off_t);
    struct stat info;
    if (of_file(fd) && !fstat(fd, &info) && size > info.st_size &&
        fitting(fd, info.st_size, (size_t)(size - info.st_size)) < size - info.st_size) {
        errno = quota < 0 ? EROFS : ENOSPC;
        return -1;
    }
    return real(fd, size);
}

int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

/* Not counted, so not done: Python then copies with read and write. */
ssize_t sendfile(int out, int in, off_t *offset, size_t count) {
    REAL(ssize_t, "sendfile", int, int, off_t *, size_t);
    if (of_file(out)) { errno = ENOTSOCK; return -1; }
    return real(out, in, offset, count);
}

ssize_t sendfile64(int out, int in, off_t *offset, size_t count) {
    return sendfile(out, in, offset, count);
}

static int refused(int dir, const char *path, int changes) {
    char whole[PATH_MAX];
    if (quota >= 0 || !changes || !place(dir, path, whole)) return 0;
    errno = EROFS;
    return 1;
}

#define CHANGES(flags) (((flags) & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) != 0)
#define MODE(flags) \
    mode_t mode = 0; \
    if ((flags) & O_CREAT) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); }

int open(const char *path, int flags, ...) {
    REAL(int, "open", const char *, int, ...);
    MODE(flags)
    return refused(AT_FDCWD, path, CHANGES(flags)) ? -1 : real(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    REAL(int, "open64", const char *, int, ...);
    MODE(flags)
    return refused(AT_FDCWD, path, CHANGES(flags)) ? -1 : real(path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...) {
    REAL(int, "openat", int, const char *, int, ...);
    MODE(flags)
    return refused(dir, path, CHANGES(flags)) ? -1 : real(dir, path, flags, mode);
}

int openat64(int dir, const char *path, int flags, ...) {
    REAL(int, "openat64", int, const char *, int, ...);
    MODE(flags)
    return refused(dir, path, CHANGES(flags)) ? -1 : real(dir, path, flags, mode);
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    return refused(AT_FDCWD, path, 1) ? -1 : real(path, mode);
}

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    return refused(AT_FDCWD, path, 1) ? -1 : real(path);
}

/* Another disk is another disk: nothing is renamed into it or out of it. */
int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    char one[PATH_MAX], other[PATH_MAX];
    if (place(AT_FDCWD, from, one) != place(AT_FDCWD, to, other)) { errno = EXDEV; return -1; }
    return refused(AT_FDCWD, from, 1) || refused(AT_FDCWD, to, 1) ? -1 : real(from, to);
}

int access(const char *path, int kind) {
    REAL(int, "access", const char *, int);
    return refused(AT_FDCWD, path, (kind & W_OK) != 0) ? -1 : real(path, kind);
}

static void shrink(const char *path, struct statvfs *info) {
    char whole[PATH_MAX];
    if (!place(AT_FDCWD, path, whole)) return;
    info->f_frsize = info->f_bsize = PAGE;
    info->f_blocks = (fsblkcnt_t)(quota < 0 ? 0 : quota / PAGE);
    info->f_bavail = info->f_bfree = (fsblkcnt_t)(quota < 0 ? 0 : room() / PAGE);
}

int statvfs(const char *path, struct statvfs *info) {
    REAL(int, "statvfs", const char *, struct statvfs *);
    int answer = real(path, info);
    if (!answer) shrink(path, info);
    return answer;
}

int statvfs64(const char *path, struct statvfs64 *info) {
    REAL(int, "statvfs64", const char *, struct statvfs64 *);
    int answer = real(path, info);
    if (!answer) shrink(path, (struct statvfs *)info);
    return answer;
}
