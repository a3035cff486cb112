/* SPDX-License-Identifier: BSD-2-Clause
 *
 * EAP over LAN (IEEE 802.1X-2010, 11): who asks a switch or an access point to be let in, with
 * which card; and what TLS in EAP shows.
 */
#include "eap.h"

extern const struct parser parser_eapol;

#define ETHERTYPE_EAPOL 0x888e
#define VERSION_LAST 3
#define TYPE_EAP 0
#define TYPE_LAST 8
#define CODE_RESPONSE 2

/* One conversation at a time between two ends. */
static void
follow(struct rd packet, const struct parse_input *in, const struct parse_output *out)
{
    struct parse_nested which = { .key = 1 };

    if (rd_peek(&packet) == CODE_RESPONSE && in->source_mac != NULL)
        memcpy(which.mac, in->source_mac, sizeof which.mac);
    eap_tls_packet(packet, (struct eap_tls *)(void *)in->state->bytes, &which, out);
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data, body, packet;
    uint8_t version = rd_u8(&r), type = rd_u8(&r);
    enum parse_result result = PARSE_OK;
    struct fact about;

    body = rd_sub(&r, rd_u16(&r));
    if (!body.ok)
        return PARSE_MORE;
    if (version == 0 || version > VERSION_LAST || type > TYPE_LAST)
        return PARSE_BAD;
    fact_begin(&about, FACT_LOGIN);
    if (type == TYPE_EAP && rd_peek(&body) == CODE_RESPONSE)
        fact_mac(&about, KEY_DEVICE_MAC, in->source_mac); /* the device is whoever responds */
    packet = body;
    if (type == TYPE_EAP)
        result = eap_packet(&body, 0, &about, out);
    if (result != PARSE_OK)
        return PARSE_BAD;
    if (type == TYPE_EAP)
        follow(packet, in, out);
    rd_skip(&r, rd_left(&r)); /* frames are padded */
    in->data = r;
    return PARSE_OK;
}

const struct parser parser_eapol = {
    .name = "eapol",
    .transports = PARSER_LINK,
    .ports = { ETHERTYPE_EAPOL },
    .has_state = true,
    .parse = parse,
};
