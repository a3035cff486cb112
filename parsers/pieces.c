/* SPDX-License-Identifier: BSD-2-Clause
 *
 *    mark 8   kind 1   message 2   offset 4   length 2   bytes
 */
#include "pieces.h"

#define MARK UINT64_C(0xff66772d70696563) /* no protocol begins so */
#define HEADER 17
#define BYTES_MAX 2048 /* in one datagram */
#define PIECES_MAX 64

static uint8_t *
put(uint8_t *at, uint64_t value, unsigned bytes)
{
    for (unsigned i = bytes; i > 0; i--, value >>= 8)
        at[i - 1] = (uint8_t)value;
    return at + bytes;
}

void
piece_hand_on(const struct piece *p, const struct parse_output *out)
{
    uint8_t room[HEADER + BYTES_MAX], *at = put(room, MARK, 8);
    size_t n = rd_left(&p->bytes);

    if (n == 0 || n > BYTES_MAX)
        return;
    at = put(at, (uint8_t)p->kind, 1);
    at = put(at, p->message, 2);
    at = put(at, p->offset, 4);
    at = put(at, n, 2);
    memcpy(at, p->bytes.p, n);
    out->nested(out->context, room, HEADER + n);
}

size_t
pieces_lay(const struct piece *pieces, unsigned count, uint8_t room[PIECES_ROOM])
{
    size_t laid = 0;
    bool is_going = true;

    while (is_going) {
        is_going = false;
        for (unsigned i = 0; i < count; i++) {
            size_t n = rd_left(&pieces[i].bytes), from = pieces[i].offset;

            if (from > laid || laid - from >= n || n > PIECES_ROOM - from)
                continue;
            memcpy(room + from, pieces[i].bytes.p, n);
            laid = from + n;
            is_going = true;
        }
    }
    return laid;
}

size_t
pieces_whole(const uint8_t *room, size_t n)
{
    struct rd r = rd_of(room, n);

    rd_skip(&r, 1);
    n = rd_u24(&r);
    return r.ok ? PIECES_HEADER + n : 0;
}

/* Without a message when pieces are given up. */
static enum parse_result
join(struct parse_input *in, char kind, uint8_t room[PIECES_ROOM], struct rd *message)
{
    struct piece pieces[PIECES_MAX];
    struct rd r = in->data;
    unsigned count = 0;
    size_t laid, whole;

    *message = rd_of(NULL, 0);
    if (!in->is_nested)
        return PARSE_NOT_MINE;
    while (rd_left(&r) > 0) {
        struct rd before = r;
        struct piece *p = &pieces[count];

        if (rd_u64(&r) != MARK || rd_u8(&r) != (uint8_t)kind)
            return PARSE_NOT_MINE;
        p->message = rd_u16(&r);
        p->offset = rd_u32(&r);
        p->bytes = rd_sub(&r, rd_u16(&r));
        if (!p->bytes.ok)
            return PARSE_MORE;
        if (p->message != pieces[0].message) {
            in->data = before;
            return PARSE_OK;
        }
        if (++count == PIECES_MAX)
            break;
    }
    laid = pieces_lay(pieces, count, room);
    whole = pieces_whole(room, laid);
    if (whole == 0 || whole > laid)
        return count == PIECES_MAX || whole > PIECES_ROOM ? PARSE_BAD : PARSE_MORE;
    in->data = r;
    *message = rd_of(room, whole);
    return PARSE_OK;
}

enum parse_result
pieces_parse(struct parse_input *in, const struct parse_output *out, char kind,
    enum parse_result (*tell)(
        struct rd message, const struct parse_input *in, const struct parse_output *out))
{
    uint8_t room[PIECES_ROOM];
    struct parse_input copy = *in;
    struct rd message;
    enum parse_result result = join(&copy, kind, room, &message);

    if (result == PARSE_OK && rd_left(&message) > 0)
        result = tell(message, in, out);
    if (result == PARSE_OK)
        in->data = copy.data;
    return result;
}
