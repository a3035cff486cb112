/* SPDX-License-Identifier: BSD-2-Clause
 *
 * MaxMind DB files: open, find an address, read a field by its path. The one place that knows
 * libmaxminddb. A corrupt file reads as "not found"; nothing in it is trusted.
 */
#ifndef GEOIP_MMDB_H
#define GEOIP_MMDB_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mmdb; /* immutable once open */

/* What one address has in one database; valid as long as the database is open. */
struct mmdb_record {
    const struct mmdb *db;
    uint32_t offset;
};

/* Keys from the outside in, NULL-terminated: { "country", "iso_code", NULL }. */
typedef const char *const mmdb_path[5];

/* NULL on failure; *why then says why (static text). */
struct mmdb *mmdb_open(const char *path, const char **why);
/* The same of bytes in memory, which are copied. */
struct mmdb *mmdb_open_memory(const void *bytes, size_t size, const char **why);
void mmdb_close(struct mmdb *db);

const char *mmdb_type(const struct mmdb *db); /* "GeoLite2-City" */
int64_t mmdb_build_time(const struct mmdb *db);

/* False when the address has no record (or the file holds IPv4 only and the address is IPv6). */
bool mmdb_find(const struct mmdb *db, const struct in6_addr *address, struct mmdb_record *out);

/* True for the first records of the file (at most MMDB_SAMPLE) until each returns true; false when
 * none did. How one learns what a file holds, whatever it calls itself. */
#define MMDB_SAMPLE 512
bool mmdb_sample(
    const struct mmdb *db, bool (*each)(void *context, const struct mmdb_record *r), void *context);

/* Text is cut at size on a character's boundary. Each returns false, with the output untouched,
 * when there is no such field or it is of another type. */
bool mmdb_text(const struct mmdb_record *r, mmdb_path path, char *out, size_t size);
bool mmdb_number(const struct mmdb_record *r, mmdb_path path, double *out);
bool mmdb_flag(const struct mmdb_record *r, mmdb_path path);

#endif
