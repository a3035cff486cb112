/* SPDX-License-Identifier: BSD-2-Clause */
#include "change.h"
#include <stdlib.h>
#include <utlist.h>

#define GONE_MOST (1u << 20) /* 8 MiB; storing all anew costs less than more deletions */

void
change_begin(struct changes *in, struct change *c, enum change_of of, void *owner)
{
    *c = (struct change){ .in = in, .owner = owner, .serial = ++in->serial, .of = of };
}

void
change_mark(struct change *c)
{
    if (c->is_marked || !c->in->is_kept)
        return;
    c->is_marked = true;
    DL_APPEND(c->in->marked, c);
}

void
change_use(struct change *c)
{
    c->used = ++c->in->used;
    change_mark(c);
}

static void
unmark(struct change *c)
{
    if (!c->is_marked)
        return;
    DL_DELETE(c->in->marked, c);
    c->is_marked = false;
}

static void
add_gone(struct changes *in, uint64_t serial)
{
    if (in->gone_count == in->gone_room) {
        unsigned room = in->gone_room == 0 ? 64 : 2 * in->gone_room;
        uint64_t *grown = room > GONE_MOST ? NULL : realloc(in->gone, room * sizeof *grown);

        if (grown == NULL) {
            in->is_whole = true;
            in->gone_count = 0;
            return;
        }
        in->gone = grown;
        in->gone_room = room;
    }
    in->gone[in->gone_count++] = serial;
}

void
change_end(struct change *c)
{
    unmark(c);
    if (c->in->is_kept && !c->in->is_whole)
        add_gone(c->in, c->serial);
}

void
changes_clear(struct changes *in)
{
    while (in->marked != NULL)
        unmark(in->marked);
    in->gone_count = 0;
    in->is_whole = false;
}

void
changes_free(struct changes *in)
{
    free(in->gone);
    in->gone = NULL;
}
