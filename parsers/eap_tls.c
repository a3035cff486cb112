/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TLS in EAP: flags, the length of the whole where they say so, then bytes of TLS's records. One
 * packet waits for the other's answer under the same identifier, and each request has the next one
 * (RFC 3748, 4.1 recommends it, and servers do): so a packet that came twice, or is missing, shows.
 */
#include "eap.h"

#define CODE_REQUEST 1
#define CODE_RESPONSE 2
#define HEADER_BYTES 4
#define FLAG_LENGTH 0x80 /* RFC 5216, 3.1 */
#define FLAG_START 0x20
#define FLAG_OUTER 0x10
#define TYPE_TEAP 55

enum phase { PHASE_NONE, PHASE_ASKED, PHASE_ANSWERED };

static bool
is_over_tls(uint8_t type)
{
    static const uint8_t types[] = { 13, 21, 25, 43, TYPE_TEAP }; /* TLS, TTLS, PEAP, FAST, TEAP */

    return memchr(types, type, sizeof types) != NULL;
}

/* Whether the packet is the one that comes next. Behind one that is missing nothing is followed any
 * more; one that came twice has the identifier that was seen before. */
static bool
is_next(struct eap_tls *s, bool is_request, uint8_t identifier)
{
    uint8_t expected = (uint8_t)(s->identifier + (is_request ? 1 : 0));

    if (s->phase == (is_request ? PHASE_ANSWERED : PHASE_ASKED) && identifier == expected) {
        s->identifier = identifier;
        s->phase = is_request ? PHASE_ASKED : PHASE_ANSWERED;
        return true;
    }
    if (identifier != s->identifier)
        s->phase = PHASE_NONE;
    return false;
}

/* RFC 7170, 4.1: TEAP may say how long the TLVs behind TLS's bytes are. */
static struct rd
tls_bytes(struct rd body, uint8_t type, uint8_t flags)
{
    uint32_t behind = 0;

    if ((flags & FLAG_LENGTH) != 0)
        rd_skip(&body, sizeof(uint32_t));
    if (type == TYPE_TEAP && (flags & FLAG_OUTER) != 0)
        behind = rd_u32(&body);
    return rd_sub(&body, rd_left(&body) >= behind ? rd_left(&body) - behind : SIZE_MAX);
}

bool
eap_tls_packet(
    struct rd packet, struct eap_tls *s, struct parse_nested *which, const struct parse_output *out)
{
    uint8_t code = rd_u8(&packet), identifier = rd_u8(&packet), type, flags;
    uint16_t length = rd_u16(&packet);
    struct rd body;

    if (!packet.ok || (code != CODE_REQUEST && code != CODE_RESPONSE) || length < HEADER_BYTES)
        return false;
    body = rd_sub(&packet, (size_t)length - HEADER_BYTES);
    type = rd_u8(&body);
    flags = rd_u8(&body);
    if (!body.ok || !is_over_tls(type))
        return false;
    if (code == CODE_REQUEST && (flags & FLAG_START) != 0) {
        if (s->phase == PHASE_ASKED && s->identifier == identifier)
            return false;
        *s = (struct eap_tls){ .phase = PHASE_ASKED, .identifier = identifier };
        out->nested_of(out->context, which, NULL, 0);
        return true;
    }
    body = tls_bytes(body, type, flags);
    if (!body.ok || !is_next(s, code == CODE_REQUEST, identifier) || rd_left(&body) == 0)
        return false;
    which->from_client = code == CODE_RESPONSE;
    out->nested_of(out->context, which, body.p, rd_left(&body));
    return false;
}
