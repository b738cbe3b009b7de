/* What a power cut may undo, told apart from what it may not: preloaded, it writes down in which
   order files and folders are made to reach the disk (fsync, fdatasync) and get their names
   (rename), one line each, into the file that SYNC_ORDER_LOG names. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static void tell(const char *what, const char *path) {
    char line[PATH_MAX + 32];
    const char *log = getenv("SYNC_ORDER_LOG");
    if (!log) return;
    int handle = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (handle < 0) return;
    int length = snprintf(line, sizeof line, "%s %s\n", what, path);
    if (length > 0 && write(handle, line, (size_t)length) != length) abort();
    close(handle);
}

static void tell_handle(const char *what, int handle) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return;
    path[length] = 0;
    tell(what, path);
}

int fsync(int handle) {
    REAL(int, "fsync", int);
    int done = real(handle);
    if (!done) tell_handle("synced", handle);
    return done;
}

int fdatasync(int handle) {
    REAL(int, "fdatasync", int);
    int done = real(handle);
    if (!done) tell_handle("synced", handle);
    return done;
}

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    int done = real(from, to);
    if (!done) tell("named", to);
    return done;
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    REAL(int, "renameat", int, const char *, int, const char *);
    int done = real(from_folder, from, to_folder, to);
    if (!done) tell("named", to);
    return done;
}
