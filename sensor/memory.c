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
