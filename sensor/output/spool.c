/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One file, on disk or in memory (memfd), for both kinds: at its start the offset of the oldest
 * document, then each as its length in four bytes (host order: no other machine reads it) and its
 * bytes. It is emptied when the last one is taken.
 */
#include "spool.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPOOL_MODE 0600
#define HEAD_BYTES sizeof(uint64_t)

struct spool {
    int fd;
    bool is_kept;
    uint64_t first, end, limit; /* offsets */
    uint64_t count;
};

static bool
write_at(int fd, const void *bytes, size_t n, uint64_t at)
{
    ssize_t written = pwrite(fd, bytes, n, (off_t)at);

    if (written >= 0 && (size_t)written < n)
        errno = ENOSPC;
    return written == (ssize_t)n;
}

static bool
read_at(int fd, void *bytes, size_t n, uint64_t at)
{
    return pread(fd, bytes, n, (off_t)at) == (ssize_t)n;
}

/* The length of the document at an offset; 0 when what stands there is none. */
static uint32_t
length_at(const struct spool *s, uint64_t at)
{
    uint32_t length;

    if (at + sizeof(length) > s->end || !read_at(s->fd, &length, sizeof(length), at) ||
        length > s->end - at - sizeof(length))
        return 0;
    return length;
}

static void
empty(struct spool *s)
{
    uint64_t first = HEAD_BYTES;

    if (ftruncate(s->fd, 0) == 0)
        (void)write_at(s->fd, &first, sizeof(first), 0);
    s->first = s->end = HEAD_BYTES;
    s->count = 0;
}

/* Counts what an earlier run left; a torn end, of a machine that lost power, is cut off. */
static void
take_up(struct spool *s)
{
    struct stat status;
    uint64_t at;
    uint32_t length;

    if (fstat(s->fd, &status) != 0 || status.st_size < (off_t)HEAD_BYTES ||
        !read_at(s->fd, &s->first, sizeof(s->first), 0) || s->first < HEAD_BYTES) {
        empty(s);
        return;
    }
    s->end = (uint64_t)status.st_size;
    for (at = s->first; (length = length_at(s, at)) > 0; at += sizeof(length) + length)
        s->count++;
    s->end = at;
    if (s->count == 0)
        empty(s);
}

struct spool *
spool_open(const char *path)
{
    struct spool *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return NULL;
    s->is_kept = path != NULL;
    s->limit = path != NULL ? SPOOL_FILE_BYTES : SPOOL_MEMORY_BYTES;
    s->fd = path != NULL ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, SPOOL_MODE)
                         : memfd_create("spool", MFD_CLOEXEC);
    if (s->fd < 0) {
        free(s);
        return NULL;
    }
    take_up(s);
    return s;
}

uint64_t
spool_get_count(const struct spool *s)
{
    return s->count;
}

bool
spool_add(struct spool *s, const void *bytes, size_t n)
{
    uint32_t length = (uint32_t)n;

    if (n == 0 || n > s->limit || s->end + sizeof(length) + n > s->limit) {
        errno = ENOSPC;
        return false;
    }
    if (!write_at(s->fd, bytes, n, s->end + sizeof(length)) ||
        !write_at(s->fd, &length, sizeof(length), s->end))
        return false;
    s->end += sizeof(length) + n;
    s->count++;
    return true;
}

bool
spool_peek(struct spool *s, struct buffer *out)
{
    uint32_t length = s->count > 0 ? length_at(s, s->first) : 0;
    char *at;

    buffer_clear(out);
    if (length == 0)
        return false;
    at = buffer_extend(out, length);
    return at != NULL && read_at(s->fd, at, length, s->first + sizeof(length));
}

void
spool_drop(struct spool *s)
{
    uint32_t length = s->count > 0 ? length_at(s, s->first) : 0;

    if (length == 0 || --s->count == 0) {
        empty(s);
        return;
    }
    s->first += sizeof(length) + length;
    (void)write_at(s->fd, &s->first, sizeof(s->first), 0);
}

bool
spool_is_kept(const struct spool *s)
{
    return s->is_kept;
}

void
spool_close(struct spool *s)
{
    if (s == NULL)
        return;
    close(s->fd);
    free(s);
}
