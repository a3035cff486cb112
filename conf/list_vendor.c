/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A line of the registry is `MA-L,002272,American Micro-Fuel Device Corp.,address`; a name with a
 * comma stands in quotes, with its own quotes doubled (RFC 4180).
 */
#include "list_vendor.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 3
#define MAC_BITS 48
#define LINE_BYTES_GUESS 64 /* the shortest line of today's files has 70 */

static const struct {
    const char *name;
    unsigned bits;
} files[FILES] = {
    { "oui36.csv", 36 },
    { "mam.csv", 28 },
    { "oui.csv", 24 },
};

struct block {
    uint64_t prefix; /* right-aligned */
    uint32_t at;     /* of the name in its file */
};

struct registry {
    const char *text;
    size_t bytes;
    struct block *blocks; /* ascending */
    unsigned count;
};

struct list_vendors {
    struct registry file[FILES];
};

static int
by_prefix(const void *a, const void *b)
{
    const struct block *x = a, *y = b;

    return (x->prefix > y->prefix) - (x->prefix < y->prefix);
}

/* "MA-L,002272,": the prefix, and where the name begins. False: a heading, or damaged. */
static bool
read_line(const char *line, const char *end, unsigned bits, struct block *out, const char *text)
{
    const char *digits = memchr(line, ',', (size_t)(end - line));
    char hex[MAC_BITS / 4 + 1] = "", *rest;
    size_t n = bits / 4;

    if (digits == NULL || (size_t)(end - ++digits) <= n || digits[n] != ',')
        return false;
    memcpy(hex, digits, n);
    out->prefix = strtoull(hex, &rest, 16);
    out->at = (uint32_t)(digits + n + 1 - text);
    return *rest == '\0';
}

static bool
index_file(struct registry *r, unsigned bits)
{
    const char *end = r->text + r->bytes, *next;
    size_t room = r->bytes / LINE_BYTES_GUESS + 1;

    r->blocks = malloc(room * sizeof *r->blocks);
    if (r->blocks == NULL)
        return false;
    for (const char *line = r->text; line < end && r->count < room; line = next + 1) {
        next = memchr(line, '\n', (size_t)(end - line));
        next = next == NULL ? end : next;
        if (read_line(line, next, bits, &r->blocks[r->count], r->text))
            r->count++;
    }
    qsort(r->blocks, r->count, sizeof *r->blocks, by_prefix);
    madvise((void *)(uintptr_t)r->text, r->bytes, MADV_DONTNEED); /* names are wanted rarely */
    return true;
}

static bool
read_file(struct registry *r, const char *folder, const char *name, unsigned bits)
{
    char path[256];
    struct stat s;
    void *text = MAP_FAILED;
    int fd;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    if (fstat(fd, &s) == 0 && s.st_size > 0 && s.st_size < UINT32_MAX)
        text = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (text == MAP_FAILED)
        return false;
    r->text = text;
    r->bytes = (size_t)s.st_size;
    return index_file(r, bits);
}

/* The field that begins at `at`, its quotes taken off. */
static void
copy_name(const struct registry *r, uint32_t at, char *out, size_t room)
{
    const char *p = r->text + at, *end = r->text + r->bytes;
    bool is_quoted = p < end && *p == '"';
    size_t n = 0;

    for (p += is_quoted; p < end && n + 1 < room && *p != '\n'; p++) {
        if (*p == (is_quoted ? '"' : ',')) {
            if (!is_quoted || p + 1 == end || p[1] != '"')
                break;
            p++;
        }
        out[n++] = *p;
    }
    while (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
}

bool
list_vendors_find(
    const struct list_vendors *v, const uint8_t mac[LIST_VENDOR_MAC], char *out, size_t room)
{
    struct block wanted = { .prefix = 0 };
    uint64_t whole = 0;

    for (unsigned i = 0; i < LIST_VENDOR_MAC; i++)
        whole = whole << 8 | mac[i];
    for (unsigned i = 0; v != NULL && (mac[0] & 0x02) == 0 && i < FILES; i++) {
        const struct registry *r = &v->file[i];
        const struct block *found;

        wanted.prefix = whole >> (MAC_BITS - files[i].bits);
        found = r->count == 0 ? NULL
                              : bsearch(&wanted, r->blocks, r->count, sizeof *r->blocks, by_prefix);
        if (found == NULL)
            continue;
        copy_name(r, found->at, out, room);
        /* the registrar itself holds the blocks that are given out in parts */
        return out[0] != '\0' && strcmp(out, "IEEE Registration Authority") != 0;
    }
    return false;
}

unsigned
list_vendors_count(const struct list_vendors *v)
{
    unsigned count = 0;

    for (unsigned i = 0; v != NULL && i < FILES; i++)
        count += v->file[i].count;
    return count;
}

struct list_vendors *
list_vendors_open(const char *folder)
{
    struct list_vendors *v = calloc(1, sizeof *v);

    for (unsigned i = 0; v != NULL && i < FILES; i++)
        (void)read_file(&v->file[i], folder, files[i].name, files[i].bits);
    if (list_vendors_count(v) > 0)
        return v;
    list_vendors_close(v);
    return NULL;
}

void
list_vendors_close(struct list_vendors *v)
{
    if (v == NULL)
        return;
    for (unsigned i = 0; i < FILES; i++) {
        if (v->file[i].text != NULL)
            munmap((void *)(uintptr_t)v->file[i].text, v->file[i].bytes);
        free(v->file[i].blocks);
    }
    free(v);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct list_vendors *shipped;

static void
open_shipped(void)
{
    shipped = list_vendors_open(LIST_VENDOR_FOLDER);
}

void
list_vendor_load(void)
{
    pthread_once(&once, open_shipped);
}

bool
list_vendor_of(const uint8_t mac[LIST_VENDOR_MAC], char *out, size_t room)
{
    list_vendor_load();
    return list_vendors_find(shipped, mac, out, room);
}
