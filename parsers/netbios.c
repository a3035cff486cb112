/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The encoding of NetBIOS names: each octet as two letters from A to P (RFC 1001, 14.1).
 */
#include "netbios.h"
#include "text.h"

#define ENCODED (2 * (NETBIOS_NAME + 1))
#define LABEL_MAX 63
#define LABELS_MAX 32

bool
netbios_read_name(struct rd octets, struct netbios_name *out)
{
    const uint8_t *name = rd_bytes(&octets, NETBIOS_NAME);

    out->suffix = rd_u8(&octets);
    if (!octets.ok)
        return false;
    memcpy(out->bytes, name, NETBIOS_NAME);
    out->text = rd_of(out->bytes, NETBIOS_NAME);
    while (rd_left(&out->text) > 0 && (out->text.end[-1] == ' ' || out->text.end[-1] == 0))
        out->text.end--;
    return true;
}

static bool
decode(struct rd letters, struct netbios_name *out)
{
    uint8_t octets[NETBIOS_NAME + 1];

    for (size_t i = 0; i < sizeof octets; i++) {
        unsigned high = rd_u8(&letters) - 'A', low = rd_u8(&letters) - 'A';

        if (!letters.ok || high > 0xf || low > 0xf)
            return false;
        octets[i] = (uint8_t)(high << 4 | low);
    }
    return netbios_read_name(rd_of(octets, sizeof octets), out);
}

bool
netbios_decode(const struct dns_name *encoded, struct netbios_name *out)
{
    struct rd text = rd_of(encoded->text, encoded->length);
    struct rd letters = rd_sub(&text, ENCODED);

    return (rd_left(&text) == 0 || rd_peek(&text) == '.') && decode(letters, out);
}

bool
netbios_take_name(struct rd *r, struct netbios_name *out)
{
    struct rd letters = rd_sub(r, rd_u8(r));
    uint8_t length;

    for (unsigned i = 0; (length = rd_u8(r)) != 0; i++) {
        if (length > LABEL_MAX || i == LABELS_MAX)
            return false;
        rd_skip(r, length);
    }
    return r->ok && rd_left(&letters) == ENCODED && decode(letters, out);
}

bool
netbios_is_host(const struct netbios_name *name, bool is_group)
{
    return !is_group && rd_left(&name->text) > 0 &&
           (name->suffix == NETBIOS_WORKSTATION || name->suffix == NETBIOS_SERVER);
}
