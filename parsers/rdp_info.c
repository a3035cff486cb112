/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RDP's Client Info PDU ([MS-RDPBCGR] 2.2.1.11): account, domain, the client's own address and time
 * zone. In clear only where the server asks for no encryption at all; else it is passed over. The
 * password that may stand in it is never looked at.
 */
#include "login.h"
#include "rdp_internal.h"
#include "text.h"

#define MCS_SEND_DATA_REQUEST 0x64
#define SEC_ENCRYPT 0x0008
#define SEC_INFO_PKT 0x0040
#define SEC_LICENSE_PKT 0x0080
#define INFO_UNICODE 0x00000010
#define FIELD_MAX 1024 /* the specification allows 512 bytes */
#define FIELDS 5
#define TIME_ZONE_NAME_BYTES 64
#define FAMILY_INET 0x0002
#define FAMILY_INET6 0x0017
#define TEXT_BYTES 256

enum field { DOMAIN_NAME, USER_NAME, PASSWORD, SHELL, WORKING_DIRECTORY };

/* A field as UTF-8 in `text`. */
static struct rd
to_text(char text[TEXT_BYTES], struct rd field, bool is_unicode)
{
    size_t n;

    if (is_unicode)
        return rd_of(text, text_from_utf16le(text, TEXT_BYTES, field));
    n = rd_left(&field) < TEXT_BYTES ? rd_left(&field) : TEXT_BYTES;
    if (n > 0)
        memcpy(text, field.p, n);
    return rd_of(text, n);
}

static void
tell_login(const struct rd fields[FIELDS], bool is_unicode, const struct rdp_state *s,
    const struct parse_output *out)
{
    char user[TEXT_BYTES], domain[TEXT_BYTES];
    struct rd name = to_text(user, fields[USER_NAME], is_unicode);
    struct rd realm = to_text(domain, fields[DOMAIN_NAME], is_unicode);
    struct fact f;

    if (rd_left(&name) == 0)
        return;
    login_begin_attempt(&f, "rdp-info", RDP_LOGIN);
    if (rd_left(&realm) > 0) {
        fact_text(&f, KEY_ACCOUNT, name.p, rd_left(&name));
        fact_text(&f, KEY_REALM, realm.p, rd_left(&realm));
    } else {
        login_account(&f, name);
    }
    fact_text(&f, KEY_DEVICE_HOST_NAME, s->client_name, s->name_bytes);
    out->fact(out->context, &f);
}

/* The address that the client has itself, behind whatever translates it. */
static void
tell_address(struct rd text, const struct rdp_state *s, const struct parse_output *out)
{
    char utf8[TEXT_BYTES];
    struct in6_addr address;
    struct fact f;

    if (!text_to_address(to_text(utf8, text, true), &address) || s->name_bytes == 0)
        return;
    fact_begin(&f, FACT_DEVICE);
    fact_address(&f, KEY_ADDRESS, &address);
    fact_text(&f, KEY_HOST_NAME, s->client_name, s->name_bytes);
    out->fact(out->context, &f);
}

/* clientAddressFamily, clientAddress, clientDir, clientTimeZone: absent from old clients. */
static void
tell_extra(struct rd r, const struct rdp_state *s, const struct parse_output *out)
{
    uint16_t family = rd_u16_le(&r);
    struct rd address, zone;
    struct fact f;

    address = rd_sub(&r, rd_u16_le(&r));
    rd_skip(&r, rd_u16_le(&r));
    rd_skip(&r, sizeof(uint32_t)); /* bias */
    zone = rd_sub(&r, TIME_ZONE_NAME_BYTES);
    if (address.ok && (family == FAMILY_INET || family == FAMILY_INET6))
        tell_address(address, s, out);
    if (!zone.ok)
        return;
    fact_begin(&f, FACT_LOCALE);
    rdp_text(&f, KEY_TIME_ZONE, zone);
    if (fact_has(&f, KEY_TIME_ZONE))
        out->fact(out->context, &f);
}

/* Code page, flags, five lengths without the terminators, five terminated texts. */
static bool
read_info(struct rd r, const struct rdp_state *s, const struct parse_output *out)
{
    struct rd fields[FIELDS];
    uint16_t lengths[FIELDS];
    uint32_t flags;
    bool is_unicode;

    rd_skip(&r, sizeof(uint32_t));
    flags = rd_u32_le(&r);
    is_unicode = (flags & INFO_UNICODE) != 0;
    for (unsigned i = 0; i < FIELDS; i++)
        lengths[i] = rd_u16_le(&r);
    for (unsigned i = 0; i < FIELDS; i++) {
        if (lengths[i] > FIELD_MAX)
            return false;
        fields[i] = rd_sub(&r, lengths[i]);
        rd_skip(&r, is_unicode ? sizeof(uint16_t) : sizeof(uint8_t));
    }
    if (!r.ok)
        return false;
    tell_login(fields, is_unicode, s, out);
    if (rd_left(&r) > 0)
        tell_extra(r, s, out);
    return true;
}

bool
rdp_read_client_info(struct rd r, const struct parse_input *in, const struct rdp_state *s,
    const struct parse_output *out, bool *is_info)
{
    uint16_t flags;
    struct rd data;

    (void)in;
    *is_info = false;
    if (rd_u8(&r) != MCS_SEND_DATA_REQUEST)
        return true;
    rd_skip(&r, 5); /* initiator, channel, priority and segmentation */
    data = rd_sub(&r, rdp_per_length(&r));
    flags = rd_u16_le(&data);
    rd_skip(&data, sizeof(uint16_t));
    if (!data.ok)
        return false;
    *is_info = (flags & (SEC_INFO_PKT | SEC_LICENSE_PKT)) != 0;
    if ((flags & SEC_INFO_PKT) == 0 || (flags & SEC_ENCRYPT) != 0)
        return true;
    return read_info(data, s, out);
}
