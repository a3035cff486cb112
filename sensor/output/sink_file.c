/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Files, opened for appending, and standard output.
 *
 * A document that could only be written in part (full disk) is cut off again, so that the file
 * holds whole documents. A file that may not be renamed, as in a folder that the user whom the
 * sensor became cannot write, grows on, and is tried again once it has grown by as much.
 */
#include "sink.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE 0640
#define SUFFIX_SIZE 12 /* ".4294967295" and its NUL */

struct file {
    struct sink sink;
    int fd, folder; /* folder -1: standard output */
    bool is_regular;
    uint64_t size, rotate_bytes;
    uint64_t rotate_at; /* the size that it may not pass */
    unsigned keep;
    char name[NAME_MAX + 1];
};

static int
open_named(struct file *f)
{
    struct stat status;

    f->fd =
        openat(f->folder, f->name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, FILE_MODE);
    if (f->fd < 0 || fstat(f->fd, &status) != 0)
        return errno;
    f->is_regular = S_ISREG(status.st_mode);
    f->size = f->is_regular ? (uint64_t)status.st_size : 0;
    f->rotate_at = f->rotate_bytes;
    return 0;
}

/* PATH becomes PATH.1, PATH.1 becomes PATH.2 and so on; the oldest goes. */
static int
rotate(struct file *f)
{
    char from[NAME_MAX + SUFFIX_SIZE], to[NAME_MAX + SUFFIX_SIZE];

    for (unsigned i = f->keep; i > 0; i--) {
        snprintf(to, sizeof(to), "%s.%u", f->name, i);
        if (i > 1)
            snprintf(from, sizeof(from), "%s.%u", f->name, i - 1);
        else
            snprintf(from, sizeof(from), "%s", f->name);
        if (renameat(f->folder, from, f->folder, to) != 0 && errno != ENOENT)
            return errno;
    }
    close(f->fd);
    return open_named(f); /* fd < 0 when that fails */
}

static int
file_write(struct sink *s, const char *bytes, size_t n)
{
    struct file *f = (struct file *)(void *)s;
    size_t done = 0;
    int error = 0;

    if (f->fd < 0 && (error = open_named(f)) != 0)
        return error;
    if (f->rotate_bytes > 0 && f->size > 0 && f->size + n > f->rotate_at) {
        s->unrotated = rotate(f);
        if (f->fd < 0)
            return s->unrotated;
        if (s->unrotated != 0)
            f->rotate_at = f->size + f->rotate_bytes;
    }
    while (done < n) {
        ssize_t written = write(f->fd, bytes + done, n - done);

        if (written > 0)
            done += (size_t)written;
        else if (written == 0 || errno != EINTR) {
            error = written == 0 ? ENOSPC : errno;
            break;
        }
    }
    if (error == 0)
        f->size += n;
    else if (f->is_regular && done > 0 && ftruncate(f->fd, (off_t)f->size) != 0)
        f->size += done;
    if (error == EPIPE && f->folder < 0)
        s->is_gone = true;
    return error;
}

static int
file_close(struct sink *s)
{
    struct file *f = (struct file *)(void *)s;
    int error = 0;

    if (f->folder >= 0) {
        if (f->fd >= 0 && close(f->fd) != 0)
            error = errno;
        close(f->folder);
    }
    free(f);
    return error;
}

static const struct sink_kind file_kind = { .write = file_write, .close = file_close };

/* Opens the folder of the path and the file within it; an errno value or 0. */
static int
open_path(struct file *f, const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;

    if (strlen(path) >= sizeof(folder) || strlen(name) > NAME_MAX)
        return ENAMETOOLONG;
    if (name[0] == '\0')
        return EISDIR;
    snprintf(f->name, sizeof(f->name), "%s", name);
    snprintf(folder, sizeof(folder), "%s", path);
    f->folder = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return f->folder < 0 ? errno : open_named(f);
}

struct sink *
sink_open_file(const char *path, uint64_t rotate_bytes, unsigned keep, char error[SINK_ERROR_SIZE])
{
    struct file *f = calloc(1, sizeof(*f));
    int why = f == NULL ? ENOMEM : 0;

    if (f != NULL) {
        f->sink.kind = &file_kind;
        f->folder = -1;
        f->fd = STDOUT_FILENO;
        f->keep = keep > 0 ? keep : 1;
        f->rotate_bytes = rotate_bytes;
        if (strcmp(path, "-") == 0)
            f->rotate_bytes = 0;
        else
            why = open_path(f, path);
        if (why == 0 && !f->is_regular)
            f->rotate_bytes = 0;
    }
    if (why == 0)
        return &f->sink;
    snprintf(error, SINK_ERROR_SIZE, "cannot be opened: %s", strerror(why));
    if (f != NULL && f->folder >= 0)
        close(f->folder);
    free(f);
    return NULL;
}
