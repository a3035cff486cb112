/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A doubly linked list of blocks, so that one block can be resized and all can be freed.
 */
#include "config_memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct link {
    struct link *previous, *next;
};

struct block {
    struct link link; /* first, so that a link is its block */
    max_align_t bytes[];
};

struct config_memory {
    struct link head; /* a ring: head.next is the newest block */
};

static void
link_block(struct config_memory *m, struct block *b)
{
    b->link.previous = &m->head;
    b->link.next = m->head.next;
    b->link.next->previous = &b->link;
    m->head.next = &b->link;
}

static void
unlink_block(struct block *b)
{
    b->link.previous->next = b->link.next;
    b->link.next->previous = b->link.previous;
}

static void *
must(void *p)
{
    if (p == NULL) {
        fputs("farmwatch: out of memory while loading the configuration\n", stderr);
        abort();
    }
    return p;
}

struct config_memory *
config_memory_open(void)
{
    struct config_memory *m = must(calloc(1, sizeof(*m)));

    m->head.previous = m->head.next = &m->head;
    return m;
}

void
config_memory_close(struct config_memory *m)
{
    if (m == NULL)
        return;
    for (struct link *at = m->head.next, *next; at != &m->head; at = next) {
        next = at->next;
        free((struct block *)at);
    }
    free(m);
}

void *
config_memory_take(struct config_memory *m, size_t n)
{
    struct block *b = must(calloc(1, sizeof(*b) + n));

    link_block(m, b);
    return b->bytes;
}

void *
config_memory_resize(struct config_memory *m, void *p, size_t n)
{
    struct block *b;

    if (p == NULL)
        return n == 0 ? NULL : config_memory_take(m, n);
    b = (struct block *)((char *)p - offsetof(struct block, bytes));
    unlink_block(b);
    if (n == 0) {
        free(b);
        return NULL;
    }
    b = must(realloc(b, sizeof(*b) + n));
    link_block(m, b);
    return b->bytes;
}

char *
config_memory_copy(struct config_memory *m, const char *text, size_t n)
{
    char *copy = config_memory_take(m, n + 1);

    memcpy(copy, text, n);
    return copy;
}

char *
config_memory_print(struct config_memory *m, const char *format, ...)
{
    va_list arguments;
    char *text;
    int n;

    va_start(arguments, format);
    n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    text = config_memory_take(m, (size_t)(n < 0 ? 0 : n) + 1);
    va_start(arguments, format);
    if (n > 0)
        vsnprintf(text, (size_t)n + 1, format, arguments);
    va_end(arguments);
    return text;
}
