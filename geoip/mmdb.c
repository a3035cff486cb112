/* SPDX-License-Identifier: BSD-2-Clause
 *
 * libmaxminddb behind a small interface. Files are mapped, so they must be replaced by rename
 * (geoip/update.sh does); a database in memory goes through a memfd, since the library only opens
 * paths.
 */
#include "mmdb.h"
#include <errno.h>
#include <maxminddb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SAMPLE_NODES 65536 /* search-tree nodes visited for a sample: bounds a corrupt tree */
#define SAMPLE_STACK 160   /* deeper than any address has bits */

struct mmdb {
    MMDB_s db;
};

struct mmdb *
mmdb_open(const char *path, const char **why)
{
    struct mmdb *m = calloc(1, sizeof *m);
    int status;

    if (m == NULL) {
        *why = "out of memory";
        return NULL;
    }
    errno = 0;
    status = MMDB_open(path, MMDB_MODE_MMAP, &m->db);
    if (status == MMDB_SUCCESS && m->db.metadata.database_type != NULL)
        return m;
    *why = status == MMDB_SUCCESS || status == MMDB_INVALID_METADATA_ERROR
               ? "it is not a MaxMind DB file, or a damaged one"
           : status == MMDB_FILE_OPEN_ERROR && errno != 0 ? strerror(errno)
                                                          : MMDB_strerror(status);
    if (status == MMDB_SUCCESS)
        MMDB_close(&m->db);
    free(m);
    return NULL;
}

static bool
write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

struct mmdb *
mmdb_open_memory(const void *bytes, size_t size, const char **why)
{
    struct mmdb *m = NULL;
    char path[32];
    int fd = memfd_create("farmwatch-mmdb", MFD_CLOEXEC);

    if (fd < 0 || !write_all(fd, bytes, size)) {
        *why = strerror(errno);
    } else {
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        m = mmdb_open(path, why);
    }
    if (fd >= 0)
        close(fd);
    return m;
}

void
mmdb_close(struct mmdb *db)
{
    if (db == NULL)
        return;
    MMDB_close(&db->db);
    free(db);
}

const char *
mmdb_type(const struct mmdb *db)
{
    return db->db.metadata.database_type;
}

int64_t
mmdb_build_time(const struct mmdb *db)
{
    uint64_t epoch = db->db.metadata.build_epoch;

    return epoch > INT64_MAX ? 0 : (int64_t)epoch;
}

bool
mmdb_find(const struct mmdb *db, const struct in6_addr *address, struct mmdb_record *out)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_addr = *address };
    const struct sockaddr *where = (const struct sockaddr *)&v6;
    MMDB_lookup_result_s result;
    int status;

    if (IN6_IS_ADDR_V4MAPPED(address)) {
        memcpy(&v4.sin_addr, address->s6_addr + 12, sizeof v4.sin_addr);
        where = (const struct sockaddr *)&v4;
    }
    result = MMDB_lookup_sockaddr(&db->db, where, &status);
    if (status != MMDB_SUCCESS || !result.found_entry)
        return false;
    *out = (struct mmdb_record){ db, result.entry.offset };
    return true;
}

bool
mmdb_sample(
    const struct mmdb *db, bool (*each)(void *context, const struct mmdb_record *r), void *context)
{
    uint32_t stack[SAMPLE_STACK];
    unsigned depth = 0, seen = 0;

    stack[depth++] = 0;
    for (unsigned visits = 0; depth > 0 && visits < SAMPLE_NODES; visits++) {
        MMDB_search_node_s node;

        if (MMDB_read_node(&db->db, stack[--depth], &node) != MMDB_SUCCESS)
            continue;
        for (int side = 0; side < 2; side++) {
            bool is_left = side == 1; /* right first: left is then on top of the stack */
            int type = is_left ? node.left_record_type : node.right_record_type;
            uint64_t value = is_left ? node.left_record : node.right_record;
            uint32_t offset =
                is_left ? node.left_record_entry.offset : node.right_record_entry.offset;

            if (type == MMDB_RECORD_TYPE_SEARCH_NODE && depth < SAMPLE_STACK) {
                stack[depth++] = (uint32_t)value;
            } else if (type == MMDB_RECORD_TYPE_DATA) {
                if (each(context, &(struct mmdb_record){ db, offset }))
                    return true;
                if (++seen == MMDB_SAMPLE)
                    return false;
            }
        }
    }
    return false;
}

static bool
get(const struct mmdb_record *r, mmdb_path path, MMDB_entry_data_s *out)
{
    MMDB_entry_s entry = { .mmdb = &r->db->db, .offset = r->offset };

    return MMDB_aget_value(&entry, out, path) == MMDB_SUCCESS && out->has_data;
}

bool
mmdb_text(const struct mmdb_record *r, mmdb_path path, char *out, size_t size)
{
    MMDB_entry_data_s data;
    size_t length;

    if (!get(r, path, &data) || data.type != MMDB_DATA_TYPE_UTF8_STRING)
        return false;
    length = data.data_size;
    if (length >= size) {
        length = size - 1;
        while (length > 0 && ((uint8_t)data.utf8_string[length] & 0xc0) == 0x80)
            length--;
    }
    memcpy(out, data.utf8_string, length);
    out[length] = '\0';
    return true;
}

bool
mmdb_number(const struct mmdb_record *r, mmdb_path path, double *out)
{
    MMDB_entry_data_s data;

    if (!get(r, path, &data))
        return false;
    switch (data.type) {
    case MMDB_DATA_TYPE_DOUBLE:
        *out = data.double_value;
        return true;
    case MMDB_DATA_TYPE_FLOAT:
        *out = (double)data.float_value;
        return true;
    case MMDB_DATA_TYPE_UINT16:
        *out = data.uint16;
        return true;
    case MMDB_DATA_TYPE_UINT32:
        *out = data.uint32;
        return true;
    case MMDB_DATA_TYPE_INT32:
        *out = data.int32;
        return true;
    default:
        return false;
    }
}

bool
mmdb_flag(const struct mmdb_record *r, mmdb_path path)
{
    MMDB_entry_data_s data;

    return get(r, path, &data) && data.type == MMDB_DATA_TYPE_BOOLEAN && data.boolean;
}
