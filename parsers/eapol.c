/* SPDX-License-Identifier: BSD-2-Clause
 *
 * EAP over LAN (IEEE 802.1X-2010, 11): who asks a switch or an access point to be let in, with
 * which card; and what TLS in EAP shows.
 */
#include "eap.h"
#include "text.h"

extern const struct parser parser_eapol;

#define ETHERTYPE_EAPOL 0x888e
#define VERSION_LAST 3
#define TYPE_EAP 0
#define TYPE_LAST 8
#define CODE_RESPONSE 2
#define CODE_SUCCESS 3
#define CODE_FAILURE 4
#define GROUP_BIT 0x01
#define SILENCE_US INT64_C(30000000) /* of a card before another one is followed */

struct state {
    int64_t time_us;
    struct eap_tls tls;
    uint8_t mac[TEXT_MAC_OCTETS]; /* of the card that wants to be let in; zeros: not known yet */
};

static bool
is_one_card(const uint8_t *mac)
{
    return mac != NULL && (mac[0] & GROUP_BIT) == 0;
}

/* Whether it is the card that is followed, or may be followed from now on. */
static bool
is_followed(struct state *s, const uint8_t *mac, int64_t now_us)
{
    static const uint8_t nobody[TEXT_MAC_OCTETS];
    bool is_free = memcmp(s->mac, nobody, sizeof nobody) == 0;

    if (memcmp(s->mac, mac, sizeof s->mac) != 0) {
        if (!is_free && s->tls.phase != 0 && now_us - s->time_us < SILENCE_US)
            return false;
        if (!is_free)
            s->tls = (struct eap_tls){ 0 };
        memcpy(s->mac, mac, sizeof s->mac);
    }
    s->time_us = now_us;
    return true;
}

/* One card at a time. On a cable both sides send to a group's address, so that the card shows first
 * where it responds. */
static void
follow(struct rd packet, const struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes;
    struct parse_nested which = { .key = 1 };
    uint8_t code = rd_peek(&packet);
    const uint8_t *card = code == CODE_RESPONSE ? in->source_mac : in->destination_mac;

    if (is_one_card(card) && !is_followed(s, card, in->time_us))
        return;
    memcpy(which.mac, s->mac, sizeof which.mac);
    if (eap_tls_packet(packet, &s->tls, &which, out) && !is_one_card(card))
        memset(s->mac, 0, sizeof s->mac);
    if (code == CODE_SUCCESS || code == CODE_FAILURE)
        s->tls = (struct eap_tls){ 0 };
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
    .link_wide = true,
    .parse = parse,
};
