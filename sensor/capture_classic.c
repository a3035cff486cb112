/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Classic pcap (draft-ietf-opsawg-pcap): a file header, then records of time, lengths and bytes.
 *
 * Both byte orders, microseconds and nanoseconds, and the patched form of 1997 whose records carry
 * eight bytes more. A snapshot length in the header is not held against the records: many writers
 * lie. Versions up to 2.3 may have the two lengths of a record the wrong way round.
 */
#include "capture_file.h"

#define FILE_HEADER 24
#define RECORD_HEADER 16
#define PATCHED_RECORD_HEADER 24
#define US_PER_S 1000000
#define NS_PER_US 1000

static const struct {
    uint32_t magic;
    bool is_nano;
    uint32_t record_header;
} kinds[] = {
    { 0xa1b2c3d4, false, RECORD_HEADER },
    { 0xa1b23c4d, true, RECORD_HEADER },
    { 0xa1b2cd34, false, PATCHED_RECORD_HEADER },
};

static enum capture_step
classic_read(struct capture_file *f, struct capture_common *common, struct capture_fill *fill)
{
    const struct bpf_insn *code = f->links[0].code;
    const uint32_t link_type = f->links[0].link_type;
    const bool is_big = f->is_big, is_nano = f->is_nano;
    const uint32_t header = f->record_header;

    while (fill->count < CAPTURE_BATCH) {
        const uint8_t *p = f->buffer + f->at;
        struct capture_packet *out = &fill->out[fill->count];
        uint32_t fraction, captured, length;
        int64_t time_us;

        if (f->end - f->at < header)
            return capture_file_short(f, common, header);
        fraction = capture_load32(p + 4, is_big);
        captured = capture_load32(p + 8, is_big);
        length = capture_load32(p + 12, is_big);
        if (captured > length) {
            uint32_t larger = captured;

            if (f->may_swap_lengths)
                captured = length;
            length = larger;
        }
        if (captured > CAPTURE_FRAME_MAX)
            return capture_file_damaged(f, common,
                "a captured length of %u bytes is over the limit of %u", captured,
                CAPTURE_FRAME_MAX);
        time_us = (int64_t)capture_load32(p, is_big) * US_PER_S +
                  (is_nano ? fraction / NS_PER_US : fraction);
        if (time_us > fill->until) {
            f->key = time_us;
            return CAPTURE_STEP_LATER;
        }
        if (f->end - f->at - header < captured)
            return capture_file_short(f, common, header + captured);
        if (time_us > f->key)
            f->key = time_us;
        f->at += header + captured;
        f->number++;
        if (!capture_passes(code, p + header, captured, length)) {
            common->counts.filtered++;
            continue;
        }
        out->time_us = time_us;
        out->data = p + header;
        out->captured = captured;
        out->length = length;
        out->link_type = link_type;
        out->capture = f->index;
        out->number = f->number;
        fill->count++;
    }
    return CAPTURE_STEP_FULL;
}

static bool
recognise(struct capture_file *f, const uint8_t *p)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        for (int is_big = 0; is_big <= 1; is_big++)
            if (capture_load32(p, is_big) == kinds[i].magic) {
                f->is_big = is_big;
                f->is_nano = kinds[i].is_nano;
                f->record_header = kinds[i].record_header;
                return true;
            }
    return false;
}

/* The lower 16 bits are the link; above are the length of a frame check sequence and, in old
 * NetBSD files, a class. 12 and 14 are what some systems wrote for raw IP. */
static uint32_t
clean_link(uint32_t field)
{
    uint32_t link = field & 0xffff;

    return link == 12 || link == 14 ? 101 : link;
}

enum capture_step
capture_classic_begin(struct capture_file *f, struct capture_common *common)
{
    const uint8_t *p = f->buffer + f->at;
    uint32_t version, major, minor;

    if (!recognise(f, p)) {
        f->fate = CAPTURE_FATE_FOREIGN;
        return CAPTURE_STEP_END;
    }
    if (f->end - f->at < FILE_HEADER)
        return capture_file_short(f, common, FILE_HEADER);
    version = capture_load32(p + 4, f->is_big);
    major = f->is_big ? version >> 16 : version & 0xffff;
    minor = f->is_big ? version & 0xffff : version >> 16;
    if (major != 2)
        return capture_file_damaged(f, common, "pcap version %u.%u; only 2 is known", major, minor);
    f->may_swap_lengths = minor <= 3;
    if (capture_file_add_link(f, common, clean_link(capture_load32(p + 20, f->is_big)),
            capture_load32(p + 16, f->is_big)) == NULL)
        return capture_file_damaged(f, common, "out of memory");
    f->read = classic_read;
    f->at += FILE_HEADER;
    return CAPTURE_STEP_LATER;
}
