/* SPDX-License-Identifier: BSD-2-Clause
 *
 * pcapng (draft-ietf-opsawg-pcapng): sections of blocks, each section with its own byte order and
 * interfaces, each interface with its own link type and clock.
 *
 * Enhanced, simple and obsolete packet blocks are packets; blocks that Wireshark shows as a frame
 * (custom, systemd journal) count in the packet number only; all others are passed over. A simple
 * packet has no time and takes that of the packet before it.
 */
#include "capture_file.h"

#include "../parsers/rd.h"

#define BLOCK_SECTION 0x0a0d0d0au /* reads the same in both byte orders */
#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define BLOCK_OVERHEAD 12    /* type, length, length again */
#define SECTION_MINIMUM 28   /* and byte order, version, section length */
#define BLOCK_MAX (1u << 20) /* of a block that must be in memory: a frame and its options */

#define OPTION_END 0
#define OPTION_IF_TSRESOL 9
#define OPTION_IF_TSOFFSET 14

#define RESOLUTION_IS_BINARY 0x80
#define RESOLUTION_POWER 0x7f
#define US_PER_S 1000000
#define TIME_END_S INT64_C(253402300800) /* year 10000 */
#define TIME_END_US (TIME_END_S * US_PER_S)

/* A packet as a block tells it. */
struct block_packet {
    struct rd frame;
    uint64_t ticks;
    uint32_t interface, captured, length;
    bool has_time;
};

/* False when the block lies. */
typedef bool (*block_reader)(struct capture_file *f, struct rd *body, struct block_packet *packet);

static uint32_t
read32(const struct capture_file *f, struct rd *r)
{
    return f->is_big ? rd_u32(r) : rd_u32_le(r);
}

static uint16_t
read16(const struct capture_file *f, struct rd *r)
{
    return f->is_big ? rd_u16(r) : rd_u16_le(r);
}

static bool
read_frame(struct rd *body, struct block_packet *packet)
{
    if (packet->captured > CAPTURE_FRAME_MAX)
        return false;
    packet->frame = rd_sub(body, packet->captured);
    return body->ok;
}

static void
read_time_and_lengths(struct capture_file *f, struct rd *body, struct block_packet *packet)
{
    uint64_t high = read32(f, body);

    packet->ticks = high << 32 | read32(f, body);
    packet->captured = read32(f, body);
    packet->length = read32(f, body);
    packet->has_time = true;
}

static bool
read_enhanced(struct capture_file *f, struct rd *body, struct block_packet *packet)
{
    packet->interface = read32(f, body);
    read_time_and_lengths(f, body, packet);
    return read_frame(body, packet);
}

static bool
read_obsolete(struct capture_file *f, struct rd *body, struct block_packet *packet)
{
    packet->interface = read16(f, body);
    (void)read16(f, body); /* drops */
    read_time_and_lengths(f, body, packet);
    return read_frame(body, packet);
}

static bool
read_simple(struct capture_file *f, struct rd *body, struct block_packet *packet)
{
    uint32_t snaplen = f->link_count == 0 ? 0 : f->links[0].snaplen;

    packet->interface = 0;
    packet->has_time = false;
    packet->length = read32(f, body);
    packet->captured = snaplen != 0 && snaplen < packet->length ? snaplen : packet->length;
    return read_frame(body, packet);
}

static const struct {
    uint32_t type;
    block_reader read;
} packet_blocks[] = {
    { 6, read_enhanced },
    { 3, read_simple },
    { 2, read_obsolete },
};

/* Shown as a frame by Wireshark 4.0: systemd journal, custom (copied on or not). */
static const uint32_t counted_blocks[] = { 9, 0x00000bad, 0x40000bad };

#define BLOCK_INTERFACE 1
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static block_reader
reader_of(uint32_t type)
{
    for (size_t i = 0; i < COUNT(packet_blocks); i++)
        if (packet_blocks[i].type == type)
            return packet_blocks[i].read;
    return NULL;
}

static bool
is_counted(uint32_t type)
{
    for (size_t i = 0; i < COUNT(counted_blocks); i++)
        if (counted_blocks[i] == type)
            return true;
    return false;
}

static bool
read_interface(struct capture_file *f, struct capture_common *common, struct rd *body)
{
    uint32_t link_type = read16(f, body);
    struct capture_interface *link;

    rd_skip(body, 2);
    link = capture_file_add_link(f, common, link_type, read32(f, body));
    if (link == NULL || !body->ok)
        return false;
    while (rd_left(body) >= 4) {
        uint16_t code = read16(f, body), length = read16(f, body);
        struct rd value = rd_sub(body, length);

        if (code == OPTION_END)
            break;
        if (code == OPTION_IF_TSRESOL && length == 1)
            link->resolution = rd_u8(&value);
        if (code == OPTION_IF_TSOFFSET && length == 8) {
            uint64_t first = read32(f, &value), second = read32(f, &value);

            link->offset_s = (int64_t)(f->is_big ? first << 32 | second : second << 32 | first);
        }
        rd_skip(body, (4u - length % 4u) % 4u);
    }
    return true;
}

/* Ticks as microseconds; UINT64_MAX when there is no such time. */
static uint64_t
ticks_to_us(uint64_t ticks, uint8_t resolution)
{
    const unsigned precise = 44; /* 2^44 * 10^6 still fits 64 bits, and is finer than needed */
    unsigned power = resolution & RESOLUTION_POWER;

    if ((resolution & RESOLUTION_IS_BINARY) != 0) {
        uint64_t seconds;

        if (power > precise) {
            ticks = power - precise < 64 ? ticks >> (power - precise) : 0;
            power = precise;
        }
        seconds = ticks >> power;
        ticks -= seconds << power;
        return seconds > TIME_END_S ? UINT64_MAX : seconds * US_PER_S + (ticks * US_PER_S >> power);
    }
    for (; power < 6; power++) {
        if (ticks > UINT64_MAX / 10)
            return UINT64_MAX;
        ticks *= 10;
    }
    for (; power > 6 && ticks > 0; power--)
        ticks /= 10;
    return ticks;
}

/* False when the time is none that a packet can have. */
static bool
time_of(const struct capture_interface *link, uint64_t ticks, int64_t *time_us)
{
    const uint64_t us = ticks_to_us(ticks, link->resolution);
    int64_t sum;

    if (us > 2 * (uint64_t)TIME_END_US || link->offset_s > TIME_END_S ||
        link->offset_s < -2 * TIME_END_S)
        return false;
    sum = (int64_t)us + link->offset_s * US_PER_S;
    if (sum < 0 || sum >= TIME_END_US)
        return false;
    *time_us = sum;
    return true;
}

static int64_t
packet_time(
    struct capture_file *f, struct capture_common *common, const struct block_packet *packet)
{
    char shown[CAPTURE_SHOWN_SIZE];
    int64_t time_us = f->key == INT64_MIN ? 0 : f->key;

    if (!packet->has_time) {
        if (!f->said_no_time && f->is_started)
            capture_say(common,
                "%s: packet %llu has no time (a simple packet block); such packets "
                "take the time of those before",
                capture_file_shown(f, shown), (unsigned long long)f->number + 1);
        f->said_no_time = f->said_no_time || f->is_started;
    } else if (!time_of(&f->links[packet->interface], packet->ticks, &time_us)) {
        if (!f->said_odd_time && f->is_started)
            capture_fail(common,
                "%s: packet %llu has a time before 1970 or after 9999; such packets take the time "
                "of those before",
                capture_file_shown(f, shown), (unsigned long long)f->number + 1);
        f->said_odd_time = f->said_odd_time || f->is_started;
    }
    return time_us;
}

/* A whole packet block is at `at`. FULL here means: taken, go on. */
static enum capture_step
take_packet(struct capture_file *f, struct capture_common *common, struct capture_fill *fill,
    block_reader read, uint32_t total)
{
    struct rd body = rd_of(f->buffer + f->at + 8, total - BLOCK_OVERHEAD);
    struct block_packet packet;
    struct capture_packet *out = &fill->out[fill->count];
    const struct capture_interface *link;
    int64_t time_us;

    if (!read(f, &body, &packet))
        return capture_file_damaged(f, common,
            "a packet block of %u bytes whose captured length does not fit or is over %u", total,
            CAPTURE_FRAME_MAX);
    if (packet.interface >= f->link_count)
        return capture_file_damaged(
            f, common, "interface %u, but the section has %u", packet.interface, f->link_count);
    time_us = packet_time(f, common, &packet);
    if (time_us > fill->until) {
        f->key = time_us;
        return CAPTURE_STEP_LATER;
    }
    if (time_us > f->key)
        f->key = time_us;
    f->at += total;
    f->number++;
    if (packet.length < packet.captured)
        packet.length = packet.captured;
    link = &f->links[packet.interface];
    if (!capture_passes(link->code, packet.frame.p, packet.captured, packet.length)) {
        common->counts.filtered++;
        return CAPTURE_STEP_FULL;
    }
    *out = (struct capture_packet){ .time_us = time_us,
        .data = packet.frame.p,
        .captured = packet.captured,
        .length = packet.length,
        .link_type = link->link_type,
        .capture = f->index,
        .number = f->number };
    fill->count++;
    return CAPTURE_STEP_FULL;
}

/* Sets the byte order of a section from its first bytes; false when it is no section. */
static bool
begin_section(struct capture_file *f, const uint8_t *p)
{
    f->is_big = capture_load32(p + 8, true) == BYTE_ORDER_MAGIC;
    return f->is_big || capture_load32(p + 8, false) == BYTE_ORDER_MAGIC;
}

static enum capture_step
take_section(struct capture_file *f, struct capture_common *common, uint32_t total)
{
    struct rd body = rd_of(f->buffer + f->at + 12, total - BLOCK_OVERHEAD - 4);
    uint16_t major = read16(f, &body);

    if (major != 1)
        return capture_file_damaged(f, common, "pcapng version %u; only 1 is known", major);
    f->link_count = 0;
    f->at += total;
    return CAPTURE_STEP_FULL;
}

/* Passes a block that is not needed, up to its last length. FULL: at that length. */
static enum capture_step
pass_block(struct capture_file *f, struct capture_common *common)
{
    size_t left = f->end - f->at;
    size_t take = f->skip < left ? (size_t)f->skip : left;
    uint32_t again;

    f->at += take;
    f->skip -= take;
    if (f->skip > 0 || f->end - f->at < 4)
        return capture_file_short(f, common, f->skip > 0 ? 1 : 4);
    again = capture_load32(f->buffer + f->at, f->is_big);
    if (again != f->skip_total)
        return capture_file_damaged(f, common,
            "a block that says %u bytes at its start and %u at its end", f->skip_total, again);
    f->at += 4;
    f->skip_total = 0;
    return CAPTURE_STEP_FULL;
}

/* One block that must be in memory as a whole. FULL: taken, go on. */
static enum capture_step
take_block(struct capture_file *f, struct capture_common *common, struct capture_fill *fill,
    uint32_t type, uint32_t total)
{
    const uint8_t *p = f->buffer + f->at;
    struct rd body;
    uint32_t again;

    if (total > BLOCK_MAX)
        return capture_file_damaged(
            f, common, "a block of %u bytes is over the limit of %u", total, BLOCK_MAX);
    if (f->end - f->at < total)
        return capture_file_short(f, common, total);
    again = capture_load32(p + total - 4, f->is_big);
    if (again != total)
        return capture_file_damaged(
            f, common, "a block that says %u bytes at its start and %u at its end", total, again);
    if (type == BLOCK_SECTION)
        return take_section(f, common, total);
    if (type != BLOCK_INTERFACE)
        return take_packet(f, common, fill, reader_of(type), total);
    body = rd_of(p + 8, total - BLOCK_OVERHEAD);
    if (!read_interface(f, common, &body))
        return capture_file_damaged(f, common, "an interface block that is not understood");
    f->at += total;
    return CAPTURE_STEP_FULL;
}

static enum capture_step
pcapng_read(struct capture_file *f, struct capture_common *common, struct capture_fill *fill)
{
    while (fill->count < CAPTURE_BATCH) {
        enum capture_step step;
        const uint8_t *p;
        uint32_t type, total;

        if (f->skip_total != 0) {
            step = pass_block(f, common);
            if (step != CAPTURE_STEP_FULL)
                return step;
            continue;
        }
        if (f->end - f->at < BLOCK_OVERHEAD)
            return capture_file_short(f, common, BLOCK_OVERHEAD);
        p = f->buffer + f->at;
        type = capture_load32(p, f->is_big);
        if (type == BLOCK_SECTION && !begin_section(f, p))
            return capture_file_damaged(f, common, "a section without byte order");
        total = capture_load32(p + 4, f->is_big);
        if (total < (type == BLOCK_SECTION ? SECTION_MINIMUM : BLOCK_OVERHEAD) || total % 4 != 0)
            return capture_file_damaged(f, common, "a block of %u bytes", total);
        if (type == BLOCK_SECTION || type == BLOCK_INTERFACE || reader_of(type) != NULL) {
            step = take_block(f, common, fill, type, total);
            if (step != CAPTURE_STEP_FULL)
                return step;
            continue;
        }
        f->number += is_counted(type);
        f->skip_total = total;
        f->skip = total - 4;
    }
    return CAPTURE_STEP_FULL;
}

enum capture_step
capture_pcapng_begin(struct capture_file *f, struct capture_common *common)
{
    const uint8_t *p = f->buffer + f->at;

    if (capture_load32(p, true) == BLOCK_SECTION) {
        if (f->end - f->at < BLOCK_OVERHEAD)
            return capture_file_short(f, common, BLOCK_OVERHEAD);
        if (begin_section(f, p)) {
            f->read = pcapng_read;
            return CAPTURE_STEP_LATER;
        }
    }
    f->fate = CAPTURE_FATE_FOREIGN;
    return CAPTURE_STEP_END;
}
