/* SPDX-License-Identifier: BSD-2-Clause
 *
 * IEEE 802.11 data frames, bare or behind a radiotap header (https://www.radiotap.org).
 *
 * Only what was sent in the clear, or was decrypted by the access point that captured it, leads to
 * IP; management, control, encrypted and fragmented frames are PACKET_NOT_IP. Of an aggregate
 * (A-MSDU) the first frame is read.
 */
#include "packet_internal.h"

#define MAC_BYTES 6
#define WIFI_HEADER 24

/* Frame control, as little-endian */
#define TYPE_MASK 0x000c
#define TYPE_DATA 0x0008
#define SUBTYPE_NO_DATA 0x0040
#define SUBTYPE_QOS 0x0080
#define TO_DS 0x0100
#define FROM_DS 0x0200
#define MORE_FRAGMENTS 0x0400
#define PROTECTED 0x4000
#define ORDER 0x8000
#define FRAGMENT_NUMBER 0x000f /* of the sequence control */
#define QOS_AGGREGATE 0x0080   /* of the QoS control */

#define RADIOTAP_TSFT 0x00000001u
#define RADIOTAP_FLAGS 0x00000002u
#define RADIOTAP_MORE 0x80000000u
#define RADIOTAP_PADDED 0x20 /* flags: header padded to 4 bytes before the body */

/* Which of the addresses is source and which destination depends on who relays. */
static void
set_addresses(struct packet *out, uint16_t control, const uint8_t *const address[4])
{
    bool is_to = control & TO_DS, is_from = control & FROM_DS;

    out->destination_mac = is_to ? address[2] : address[0];
    out->source_mac = is_to && is_from ? address[3] : is_from ? address[2] : address[1];
}

/* The first frame of an aggregate: destination, source, length. */
static enum packet_result
aggregate(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r = span_header(s, 2 * MAC_BYTES + 2, &h, PACKET_BAD_LINK);

    if (r != PACKET_OK)
        return r;
    out->destination_mac = rd_bytes(&h, MAC_BYTES);
    out->source_mac = rd_bytes(&h, MAC_BYTES);
    return span_limit(s, rd_u16(&h)) ? packet_llc(out, s) : PACKET_BAD_LINK;
}

static enum packet_result
wifi(struct packet *out, struct span *s, bool is_padded)
{
    const uint8_t *address[4] = { NULL, NULL, NULL, NULL };
    size_t more = 0;
    uint16_t control, qos = 0;
    struct rd h;
    enum packet_result r = span_header(s, WIFI_HEADER, &h, PACKET_BAD_LINK);

    if (r != PACKET_OK)
        return r == PACKET_CUT ? r : packet_not_ip(out, s); /* control frames are shorter */
    control = rd_u16_le(&h);
    rd_skip(&h, 2); /* duration */
    for (int i = 0; i < 3; i++)
        address[i] = rd_bytes(&h, MAC_BYTES);
    if ((control & TYPE_MASK) != TYPE_DATA || (control & SUBTYPE_NO_DATA) ||
        (control & PROTECTED) || (control & MORE_FRAGMENTS) ||
        (rd_u16_le(&h) & FRAGMENT_NUMBER) != 0)
        return packet_not_ip(out, s);
    more += (control & TO_DS) && (control & FROM_DS) ? MAC_BYTES : 0;
    more += control & SUBTYPE_QOS ? 2 : 0;
    more += (control & SUBTYPE_QOS) && (control & ORDER) ? 4 : 0;
    more += is_padded && (WIFI_HEADER + more) % 4 != 0 ? 2 : 0;
    if ((r = span_header(s, more, &h, PACKET_BAD_LINK)) != PACKET_OK)
        return r;
    if ((control & TO_DS) && (control & FROM_DS))
        address[3] = rd_bytes(&h, MAC_BYTES);
    if (control & SUBTYPE_QOS)
        qos = rd_u16_le(&h);
    set_addresses(out, control, address);
    return qos & QOS_AGGREGATE ? aggregate(out, s) : packet_llc(out, s);
}

enum packet_result
packet_wifi(struct packet *out, struct span *s)
{
    return wifi(out, s, false);
}

/* Whether the 802.11 header is padded: a bit in the flags field, which stands first or behind the
 * 8-byte, 8-aligned time stamp. `h` stands behind the first word of what is present. */
static bool
is_padded(struct rd *h, uint32_t present)
{
    size_t at = 8; /* version, pad, length, the first word */
    uint32_t word = present;

    while (h->ok && (word & RADIOTAP_MORE)) {
        word = rd_u32_le(h);
        at += 4;
    }
    if (!(present & RADIOTAP_FLAGS))
        return false;
    if (present & RADIOTAP_TSFT)
        rd_skip(h, (at % 8) + 8); /* `at` is a multiple of 4, so the gap is its remainder */
    return rd_u8(h) & RADIOTAP_PADDED;
}

enum packet_result
packet_radiotap(struct packet *out, struct span *s)
{
    struct rd start = s->rd, h;
    uint8_t version = rd_u8(&start);
    uint16_t size;
    enum packet_result r;

    rd_skip(&start, 1);
    size = rd_u16_le(&start);
    if (!start.ok)
        return span_short(s, 4, PACKET_BAD_LINK);
    if (version != 0 || size < 8)
        return PACKET_BAD_LINK;
    if ((r = span_header(s, size, &h, PACKET_BAD_LINK)) != PACKET_OK)
        return r;
    rd_skip(&h, 4);
    return wifi(out, s, is_padded(&h, rd_u32_le(&h)));
}
