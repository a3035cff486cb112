/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which login a RADIUS message's EAP packet belongs to (RFC 3579): requests by who logs in, from
 * where; a challenge by the identifier of its request. A login that more than eleven others came
 * after is no longer followed.
 */
#include "radius_internal.h"
#include "text.h"

#define ATTRIBUTE_USER_NAME 1
#define ATTRIBUTE_STATE 24
#define ATTRIBUTE_CALLING_STATION 31
#define LOGINS                                                                                     \
    (sizeof((struct radius_logins *)0)->login / sizeof((struct radius_logins *)0)->login[0])

/* FNV-1a, 32 bits. */
static uint32_t
mix(uint32_t hash, struct rd r)
{
    while (rd_left(&r) > 0)
        hash = (hash ^ rd_u8(&r)) * UINT32_C(0x01000193);
    return hash;
}

static uint32_t
key_of(struct rd all)
{
    uint32_t key = UINT32_C(0x811c9dc5);
    struct rd value;
    uint8_t type;

    while (radius_take_attribute(&all, &type, &value))
        if (type == ATTRIBUTE_USER_NAME || type == ATTRIBUTE_CALLING_STATION)
            key = mix((key ^ type) * UINT32_C(0x01000193), value);
    return key != 0 ? key : 1;
}

bool
radius_is_under_way(const struct radius_logins *s, struct rd all)
{
    uint32_t key = key_of(all);
    struct rd value;
    uint8_t type;

    while (radius_take_attribute(&all, &type, &value))
        if (type == ATTRIBUTE_STATE)
            for (size_t i = 0; i < LOGINS; i++)
                if (s->login[i].key == key)
                    return true;
    return false;
}

void
radius_follow_request(struct radius_logins *s, uint8_t identifier, struct rd all,
    const struct fact *f, const struct parse_output *out)
{
    uint8_t room[RADIUS_EAP_ROOM];
    struct rd eap = radius_eap_packet(all, room);
    struct parse_nested which = { .key = key_of(all), .address = IN6ADDR_ANY_INIT };
    const char *mac = fact_get_text(f, KEY_DEVICE_MAC);
    size_t at = LOGINS;

    if (rd_left(&eap) == 0)
        return;
    for (size_t i = 0; i < LOGINS; i++) {
        if (s->login[i].key == which.key)
            at = i;
        else if (s->login[i].identifier == identifier)
            s->login[i].is_waiting = false;
    }
    if (at == LOGINS) {
        at = s->next;
        s->next = (uint8_t)((at + 1u) % LOGINS);
        s->login[at].key = which.key;
        s->login[at].tls = (struct eap_tls){ 0 };
    }
    s->login[at].identifier = identifier;
    s->login[at].is_waiting = true;
    (void)fact_get_address(f, KEY_OUTSIDE, &which.address);
    if (mac != NULL)
        (void)text_to_octets(text_of(mac), which.mac);
    (void)eap_tls_packet(eap, &s->login[at].tls, &which, out);
}

void
radius_follow_challenge(
    struct radius_logins *s, uint8_t identifier, struct rd all, const struct parse_output *out)
{
    uint8_t room[RADIUS_EAP_ROOM];

    for (size_t i = 0; i < LOGINS; i++) {
        struct parse_nested which = { .key = s->login[i].key };

        if (!s->login[i].is_waiting || s->login[i].identifier != identifier)
            continue;
        (void)eap_tls_packet(radius_eap_packet(all, room), &s->login[i].tls, &which, out);
        return;
    }
}
