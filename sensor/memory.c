/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A list, since only detectors that learn something keep a block, and those are few.
 */
#include "memory.h"
#include <stdlib.h>
#include <string.h>

static struct memory *
find(struct memory *list, const char *detector)
{
    while (list != NULL && strcmp(list->detector, detector) != 0)
        list = list->next;
    return list;
}

void *
memory_take(struct memory **list, const char *detector, size_t size)
{
    struct memory *m = find(*list, detector);

    if (size == 0 || size > MEMORY_BLOCK_MOST)
        return NULL;
    if (m != NULL)
        return m->size == size ? m->bytes : NULL;
    m = calloc(1, sizeof *m + size);
    if (m == NULL)
        return NULL;
    m->detector = detector;
    m->size = size;
    m->next = *list;
    *list = m;
    return m->bytes;
}

void *
memory_find(struct memory *const *list, const char *detector)
{
    struct memory *m = find(*list, detector);

    return m == NULL ? NULL : m->bytes;
}

void
memory_free(struct memory **list)
{
    while (*list != NULL) {
        struct memory *m = *list;

        *list = m->next;
        free(m);
    }
}

static void
reverse(uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        uint8_t low = bytes[i];

        bytes[i] = bytes[n - 1 - i];
        bytes[n - 1 - i] = low;
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as structs nest */
void
memory_reverse(void *bytes, const struct memory_field *fields)
{
    for (const struct memory_field *f = fields; f->count > 0; f++)
        for (unsigned i = 0; i < f->count; i++) {
            uint8_t *at = (uint8_t *)bytes + f->offset + i * f->size;

            if (f->is_number)
                reverse(at, f->size);
            else if (f->parts != NULL)
                memory_reverse(at, f->parts);
        }
}

void
memory_order(void *bytes, const struct memory_field *fields)
{
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    memory_reverse(bytes, fields);
#else
    (void)bytes;
    (void)fields;
#endif
}
