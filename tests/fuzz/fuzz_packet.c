/* SPDX-License-Identifier: BSD-2-Clause
 *
 * libFuzzer target: the packet decoder, fragments and copies. The first two bytes choose the link
 * type and how much the wire had beyond the capture; the rest is a frame, or several, each behind
 * its length in two bytes, so that fragments can meet.
 */
#include "../../sensor/defrag.h"
#include "../../sensor/duplicate.h"

#include <stdlib.h>

#define DATAGRAMS 4
#define WINDOW_US 1000
#define STEP_US 700000 /* between frames: time-outs and windows are passed */

static const uint32_t link_types[] = { 1, 0, 9, 12, 50, 51, 101, 104, 105, 108, 113, 127, 166, 228,
    229, 239, 276, 147 };

static volatile uint64_t sink;

static void
read_all(const uint8_t *at, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        sink += at[i];
}

/* Whatever the decoder promises must be readable. */
static void
check(enum packet_result r, const struct packet *p)
{
    if (p->layer_count > PACKET_LAYERS)
        abort();
    if (p->ip != NULL)
        read_all(p->ip, p->ip_captured);
    if (r == PACKET_OK) {
        if (p->ip == NULL || p->payload_captured > p->payload_length)
            abort();
        read_all(p->payload, p->payload_captured);
        read_all(p->transport, p->ip_captured - (uint32_t)(p->transport - p->ip));
    }
    if (r == PACKET_FRAGMENT) {
        read_all(p->fragment.data, p->fragment.captured);
        read_all(p->fragment.unfragmentable, p->fragment.unfragmentable_length);
    }
    if (r == PACKET_NOT_IP)
        read_all(p->link_payload.p, (uint32_t)rd_left(&p->link_payload));
    if (p->source_mac != NULL)
        read_all(p->source_mac, 6);
    if (p->destination_mac != NULL)
        read_all(p->destination_mac, 6);
    if (*packet_result_name(r) == '\0')
        abort();
}

static void
feed(struct defrag *fragments, struct duplicate *copies, const uint8_t *frame, uint32_t n,
    uint32_t link_type, uint32_t beyond, int64_t time_us)
{
    struct packet p;
    const uint8_t *ip;
    uint32_t length;
    enum packet_result r = packet_decode(&p, link_type, frame, n, n + beyond);

    check(r, &p);
    (void)duplicate_is_copy(copies, &p, time_us);
    if (r == PACKET_FRAGMENT && defrag_add(fragments, &p, time_us, &ip, &length))
        check(packet_decode_ip(&p, ip, length, length), &p);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct rd r = rd_of(bytes, n);
    uint8_t link = rd_u8(&r), beyond = rd_u8(&r);
    struct defrag *fragments = defrag_open(DATAGRAMS);
    struct duplicate *copies = duplicate_open(WINDOW_US);

    for (int64_t time_us = 0; rd_left(&r) > 2; time_us += beyond & 1 ? STEP_US : 1) {
        struct rd frame = rd_sub_upto(&r, rd_u16(&r));
        uint32_t size = (uint32_t)rd_left(&frame);
        /* A block of its own, so that a read past its end is seen. */
        uint8_t *copy = malloc(size == 0 ? 1 : size);

        if (copy == NULL || fragments == NULL || copies == NULL)
            abort();
        if (size > 0)
            memcpy(copy, frame.p, size);
        feed(fragments, copies, copy, size,
            link_types[link % (sizeof link_types / sizeof link_types[0])], beyond & 0xfe, time_us);
        free(copy);
    }
    duplicate_close(copies);
    defrag_close(fragments);
    return 0;
}
