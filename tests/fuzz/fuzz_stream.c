/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Segments in any order, with any overlap, against a model: the taker never reads a place that was
 * not sent, and all memory comes back.
 *
 * Input: records of five bytes: place (2), length (1), bytes cut by the capture (1), filler (1).
 */
#include "../../sensor/stream.h"
#include <stdlib.h>
#include <string.h>

#define SPACE 65536u
#define RECORD 5u

struct model {
    uint8_t is_sent[SPACE + 512];
    size_t read;
    struct stream *stream;
};

static size_t
take(void *context, const uint8_t *bytes, size_t n)
{
    struct model *m = context;
    size_t taken = n - n / 3; /* leaves some, so that it comes again */

    if (m->stream->after_gap)
        return STREAM_STOP;
    for (size_t i = 0; i < taken; i++)
        if (m->read + i >= sizeof m->is_sent || !m->is_sent[m->read + i])
            abort();
    if (bytes[0] == 0xff)
        return STREAM_STOP;
    m->read += taken;
    return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct model m;
    struct stream_pool *pool = stream_pool_open(64 << 10, 16 << 10);
    struct stream_pair *pair = stream_pair_take(pool);
    enum stream_result result = STREAM_GOING;
    uint8_t bytes[256];

    memset(&m, 0, sizeof m);
    m.stream = &pair->way[0];
    stream_start(&pair->way[0], 0);
    for (; size >= RECORD && result == STREAM_GOING; data += RECORD, size -= RECORD) {
        uint32_t at = (uint32_t)data[0] << 8 | data[1], n = data[2];
        uint32_t cut = data[3] < n ? data[3] : n;
        struct stream_segment segment = {
            .seq = at, .data = bytes, .captured = n - cut, .length = n
        };

        memset(bytes, data[4], sizeof bytes);
        memset(m.is_sent + at, 1, n - cut);
        result = stream_add(pool, &pair->way[0], &segment, take, &m);
    }
    stream_pair_free(pool, pair);
    if (stream_pool_used(pool) != 0)
        abort();
    stream_pool_close(pool);
    return 0;
}
