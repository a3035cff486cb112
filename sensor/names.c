/* SPDX-License-Identifier: BSD-2-Clause
 *
 * An address that serves many names keeps the latest: whoever connects next most likely asked for
 * that one.
 */
#include "names.h"
#include "table.h"
#include <stdlib.h>
#include <string.h>

struct entry {
    struct in6_addr address;
    struct name_entry name;
    UT_hash_handle hh;
};

struct names {
    uint32_t limit;
    struct entry *entries; /* least recently learnt first */
};

static struct entry *
touch(struct names *n, const struct in6_addr *address)
{
    struct entry *e;

    HASH_FIND(hh, n->entries, address, sizeof *address, e);
    if (e == NULL && HASH_COUNT(n->entries) >= n->limit)
        e = n->entries;
    if (e != NULL)
        HASH_DEL(n->entries, e);
    else if ((e = malloc(sizeof *e)) == NULL)
        return NULL;
    memset(e, 0, sizeof *e);
    e->address = *address;
    HASH_ADD(hh, n->entries, address, sizeof e->address, e);
    return e;
}

void
names_learn(struct names *n, const struct observation *o)
{
    const char *name = fact_get_text(&o->fact, KEY_NAME);
    struct in6_addr address;
    struct entry *e;
    size_t length;

    if (name == NULL || !fact_is(&o->fact, KEY_WHAT, "dns-answer") ||
        !fact_get_address(&o->fact, KEY_ADDRESS, &address) || (e = touch(n, &address)) == NULL)
        return;
    length = strlen(name);
    name += length < NAMES_TEXT ? 0 : length - (NAMES_TEXT - 1);
    memcpy(e->name.name, name, strlen(name) + 1);
    e->name.source = claim_source_of(o);
}

const struct name_entry *
names_find(const struct names *n, const struct in6_addr *address)
{
    struct entry *e;

    HASH_FIND(hh, n->entries, address, sizeof *address, e);
    return e == NULL ? NULL : &e->name;
}

struct names *
names_open(uint32_t limit)
{
    struct names *n = calloc(1, sizeof *n);

    if (n != NULL)
        n->limit = limit;
    return n;
}

void
names_close(struct names *n)
{
    struct entry *e, *next;

    if (n == NULL)
        return;
    HASH_ITER(hh, n->entries, e, next)
    {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the entry is out of the table */
        HASH_DEL(n->entries, e);
        free(e);
    }
    free(n);
}
