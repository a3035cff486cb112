/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RDP's Save Session Info PDU ([MS-RDPBCGR] 2.2.10.1): the server says that somebody has logged on,
 * and who. In clear where the encryption level is none, or low, which seals the client's side only.
 * A wrong password may be answered on the drawn screen alone, and is not seen then.
 */
#include "rdp_internal.h"

#define MCS_SEND_DATA_INDICATION 0x68
#define SEC_ENCRYPT 0x0008
#define PDU_TYPE_MASK 0x000f
#define PDU_DATA 0x0007
#define SEC_LICENSE_PKT 0x0080
#define PDU_SAVE_SESSION_INFO 38
#define PDU_SET_ERROR_INFO 47
#define INFO_LOGON 0
#define INFO_LOGON_LONG 1
#define INFO_PLAIN_NOTIFY 2
#define INFO_EXTENDED 3
#define DOMAIN_BYTES 52
#define USER_BYTES 512
#define LONG_FIXED 10 /* version, size, session */
#define LONG_PAD 558

static void
tell_logon(struct rd domain, struct rd user, struct rdp_state *s, const struct parse_output *out)
{
    struct fact f;

    fact_begin(&f, FACT_LOGIN);
    f.pairing = s->is_refused ? FACT_ALONE : FACT_ANSWER; /* the answer was no; this is another's */
    f.transaction = RDP_LOGIN;
    rdp_text(&f, KEY_ACCOUNT, user);
    if (fact_has(&f, KEY_ACCOUNT))
        rdp_text(&f, KEY_REALM, domain);
    else if (s->is_refused)
        return;
    fact_word(&f, KEY_RESULT, "success");
    fact_word(&f, KEY_METHOD, "rdp-info");
    out->fact(out->context, &f);
}

/* Texts in blocks of one size: only so much of each as its length says. */
static bool
read_short(struct rd r, struct rdp_state *s, const struct parse_output *out)
{
    uint32_t domain_bytes = rd_u32_le(&r), user_bytes;
    struct rd domain = rd_sub(&r, DOMAIN_BYTES), user;

    user_bytes = rd_u32_le(&r);
    user = rd_sub(&r, USER_BYTES);
    if (!r.ok || domain_bytes > DOMAIN_BYTES || user_bytes > USER_BYTES)
        return false;
    tell_logon(rd_sub(&domain, domain_bytes), rd_sub(&user, user_bytes), s, out);
    return true;
}

static bool
read_long(struct rd r, struct rdp_state *s, const struct parse_output *out)
{
    uint32_t domain_bytes, user_bytes;
    struct rd domain, user;

    rd_skip(&r, LONG_FIXED);
    domain_bytes = rd_u32_le(&r);
    user_bytes = rd_u32_le(&r);
    rd_skip(&r, LONG_PAD);
    domain = rd_sub(&r, domain_bytes);
    user = rd_sub(&r, user_bytes);
    if (!r.ok)
        return false;
    tell_logon(domain, user, s, out);
    return true;
}

static bool
read_save_session(struct rd r, struct rdp_state *s, const struct parse_output *out, bool *is_logon)
{
    uint32_t type = rd_u32_le(&r);

    if (type == INFO_EXTENDED)
        return rdp_read_logon_errors(r, s, out);
    *is_logon = true;
    if (type == INFO_LOGON)
        return read_short(r, s, out);
    if (type == INFO_LOGON_LONG)
        return read_long(r, s, out);
    *is_logon = r.ok && type == INFO_PLAIN_NOTIFY;
    if (*is_logon)
        tell_logon(rd_of("", 0), rd_of("", 0), s, out);
    return r.ok;
}

/* totalLength, pduType, source: 2.2.8.1.1.1.1. A security header may stand before it; with the
 * length of all that follows it is none. */
static bool
take_share_control(struct rd *r, uint16_t *type)
{
    struct rd at = *r;

    if (rd_u16_le(&at) != rd_left(r)) {
        at = *r;
        if ((rd_u16_le(&at) & SEC_ENCRYPT) != 0)
            return false;
        rd_skip(&at, sizeof(uint16_t));
        if (rd_u16_le(&at) != rd_left(&at) + sizeof(uint16_t))
            return false;
    }
    *type = rd_u16_le(&at);
    rd_skip(&at, sizeof(uint16_t));
    *r = at;
    return at.ok;
}

/* A PDU of data: share, padding, stream, length, kind, compression. */
static bool
read_share_data(struct rd r, struct rdp_state *s, const struct parse_output *out, bool *is_logon)
{
    uint8_t kind, compressed;

    rd_skip(&r, 8);
    kind = rd_u8(&r);
    compressed = rd_u8(&r);
    rd_skip(&r, sizeof(uint16_t));
    if (!r.ok || compressed != 0)
        return r.ok;
    if (kind == PDU_SET_ERROR_INFO)
        rdp_read_error_info(r, s, out);
    return kind != PDU_SAVE_SESSION_INFO || read_save_session(r, s, out, is_logon);
}

static bool
is_license(struct rd *r)
{
    struct rd at = *r;
    uint16_t flags = rd_u16_le(&at);

    rd_skip(&at, sizeof(uint16_t));
    if (!at.ok || (flags & (SEC_LICENSE_PKT | SEC_ENCRYPT)) != SEC_LICENSE_PKT)
        return false;
    *r = at;
    return true;
}

bool
rdp_read_logon(struct rd r, struct rdp_state *s, const struct parse_output *out, bool *is_logon)
{
    struct rd data, license;
    uint16_t type;

    *is_logon = false;
    if (rd_u8(&r) != MCS_SEND_DATA_INDICATION)
        return true;
    rd_skip(&r, 5); /* initiator, channel, priority and segmentation */
    data = rd_sub(&r, rdp_per_length(&r));
    if (!data.ok)
        return false;
    license = data;
    if (is_license(&license) && rdp_read_license(license, s, out))
        return true;
    if (!take_share_control(&data, &type) || (type & PDU_TYPE_MASK) != PDU_DATA)
        return true;
    return read_share_data(data, s, out, is_logon);
}
