/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ICA: both ends begin with 7f 7f "ICA" 00.
 */
#include "hello.h"
#include "flow_track.h"

#define ICA_WORD 0x7f7f4943u /* 7f 7f "IC" ... */
#define ICA_REST 0x4100      /* ... "A" 00 */

void
hello_read(struct flow *f, unsigned direction, const struct packet *p)
{
    struct rd r = rd_of(p->payload, p->payload_captured);

    if (f->protocol == FLOW_PROTOCOL_TCP && f->payload_packets[direction] == 1 &&
        rd_u32(&r) == ICA_WORD && rd_u16(&r) == ICA_REST)
        f->hello[direction] = HELLO_ICA;
}

const char *
hello_protocol(const struct flow *f)
{
    return f->hello[0] == HELLO_ICA && f->hello[1] == HELLO_ICA ? "citrix" : NULL;
}
