/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reads TZif (RFC 8536): the 64-bit block of version 2 and later. Past the last transition of the
 * file its last offset is kept; Debian's files reach to 2037.
 */
#include "zone.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZONE_FOLDER "/usr/share/zoneinfo/"
#define ZONE_FILE_LIMIT (64 * 1024)
#define ZONE_HEADER 44
#define SECOND_US 1000000
#define DAY_S 86400

struct zone {
    unsigned count;
    int32_t first_offset; /* before the first transition */
    struct zone_change {
        int64_t at; /* Unix seconds */
        int32_t offset;
    } change[];
};

static int64_t
big_endian(const uint8_t *p, unsigned n)
{
    uint64_t v = p[0] & 0x80 ? UINT64_MAX : 0;

    while (n-- > 0)
        v = v << 8 | *p++;
    return (int64_t)v;
}

/* The six counts of a header: isutcnt isstdcnt leapcnt timecnt typecnt charcnt. */
static bool
read_counts(const uint8_t *p, size_t left, size_t count[6])
{
    if (left < ZONE_HEADER || memcmp(p, "TZif", 4) != 0)
        return false;
    for (unsigned i = 0; i < 6; i++) {
        int64_t n = big_endian(p + 20 + 4 * i, 4);

        if (n < 0 || n > ZONE_FILE_LIMIT)
            return false;
        count[i] = (size_t)n;
    }
    return true;
}

static size_t
block_size(const size_t count[6], size_t width)
{
    return count[3] * (width + 1) + count[4] * 6 + count[5] + count[2] * (width + 4) + count[1] +
           count[0];
}

static struct zone *
read_zone(const uint8_t *p, size_t n)
{
    size_t count[6], skip;
    const uint8_t *times, *types, *infos;
    struct zone *z;

    if (!read_counts(p, n, count) || p[4] < '2')
        return NULL;
    skip = ZONE_HEADER + block_size(count, 4);
    if (skip > n || !read_counts(p + skip, n - skip, count) || count[4] == 0)
        return NULL;
    if (block_size(count, 8) > n - skip - ZONE_HEADER)
        return NULL;
    times = p + skip + ZONE_HEADER;
    types = times + 8 * count[3];
    infos = types + count[3];
    z = malloc(sizeof *z + count[3] * sizeof z->change[0]);
    if (z == NULL)
        return NULL;
    z->count = (unsigned)count[3];
    z->first_offset = (int32_t)big_endian(infos, 4);
    for (unsigned i = 0; i < z->count; i++) {
        if (types[i] >= count[4]) {
            free(z);
            return NULL;
        }
        z->change[i].at = big_endian(times + 8 * (size_t)i, 8);
        z->change[i].offset = (int32_t)big_endian(infos + 6 * (size_t)types[i], 4);
    }
    return z;
}

struct zone *
zone_open(const char *name)
{
    static uint8_t buffer[ZONE_FILE_LIMIT];
    char path[256];
    struct zone *z = NULL;
    FILE *f;

    if (name == NULL || name[0] == '\0' || name[0] == '/' || strstr(name, "..") != NULL ||
        (size_t)snprintf(path, sizeof path, ZONE_FOLDER "%s", name) >= sizeof path)
        return NULL;
    f = fopen(path, "rb");
    if (f != NULL) {
        z = read_zone(buffer, fread(buffer, 1, sizeof buffer, f));
        fclose(f);
    }
    return z;
}

void
zone_close(struct zone *z)
{
    free(z);
}

static int64_t
floor_of(int64_t value, int64_t unit)
{
    return value / unit - (value % unit < 0);
}

int32_t
zone_offset_s(const struct zone *z, int64_t time_us)
{
    int64_t second = floor_of(time_us, SECOND_US);
    unsigned low = 0, high = z == NULL ? 0 : z->count;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;

        if (z->change[middle].at <= second)
            low = middle + 1;
        else
            high = middle;
    }
    return z == NULL ? 0 : low == 0 ? z->first_offset : z->change[low - 1].offset;
}

int64_t
zone_day(const struct zone *z, int64_t time_us)
{
    return floor_of(floor_of(time_us, SECOND_US) + zone_offset_s(z, time_us), DAY_S);
}
