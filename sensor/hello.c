/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ICA: both ends begin with 7f 7f "ICA" 00. Media of a call: RTP (RFC 3550, 5.1), STUN (RFC 8489,
 * 5), DTLS (RFC 6347, 4.1) or Zoom's own layer (Michel et al., IMC 2022: its types are small
 * numbers); they mean a call only at the port of a call service, since much else speaks them.
 */
#include "hello.h"
#include "../conf/list.h"
#include "flow_track.h"
#include <string.h>

#define ICA_WORD 0x7f7f4943u /* 7f 7f "IC" ... */
#define ICA_REST 0x4100      /* ... "A" 00 */

#define RTP_VERSION 2u /* the first two bits */
#define STUN_COOKIE 0x2112a442u
#define DTLS_FIRST 20 /* content types of RFC 6347 */
#define DTLS_LAST 23
#define DTLS_VERSION 0xfe
#define ZOOM_LAST 7

static enum hello
media_of(struct rd r)
{
    uint8_t first = rd_u8(&r), second = rd_u8(&r);

    rd_skip(&r, 2);
    if (first >> 6 == RTP_VERSION || rd_u32(&r) == STUN_COOKIE ||
        (first >= DTLS_FIRST && first <= DTLS_LAST && second == DTLS_VERSION))
        return HELLO_MEDIA;
    return first > 0 && first <= ZOOM_LAST ? HELLO_ZOOM : HELLO_NONE;
}

void
hello_read(struct flow *f, unsigned direction, const struct packet *p)
{
    struct rd r = rd_of(p->payload, p->payload_captured);

    if (f->protocol == FLOW_PROTOCOL_TCP && f->payload_packets[direction] == 1 &&
        rd_u32(&r) == ICA_WORD && rd_u16(&r) == ICA_REST)
        f->hello[direction] = HELLO_ICA;
    else if (f->protocol == FLOW_PROTOCOL_UDP && f->payload_packets[direction] == 1)
        f->hello[direction] = (uint8_t)media_of(rd_of(p->payload, p->payload_captured));
}

const struct list_tool *
hello_call(const struct flow *f)
{
    const struct list_tool *tool;

    if (f->hello[0] < HELLO_MEDIA || f->hello[1] < HELLO_MEDIA)
        return NULL;
    tool = list_tool_by_port(false, f->port[FLOW_SERVER]);
    if (tool == NULL || strcmp(tool->class_name, "call") != 0)
        return NULL;
    if (f->hello[0] == HELLO_ZOOM || f->hello[1] == HELLO_ZOOM)
        return strcmp(tool->name, "Zoom") == 0 ? tool : NULL;
    return tool;
}

const char *
hello_protocol(const struct flow *f)
{
    return f->hello[0] == HELLO_ICA && f->hello[1] == HELLO_ICA ? "citrix" : NULL;
}
