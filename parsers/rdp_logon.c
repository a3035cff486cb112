/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RDP's Save Session Info PDU ([MS-RDPBCGR] 2.2.10.1): the server says that somebody has logged on,
 * and who. In clear where the encryption level is none, or low, which seals the client's side only.
 * A wrong password is answered on the drawn screen alone, so no failure is ever seen.
 */
#include "rdp_internal.h"

#define MCS_SEND_DATA_INDICATION 0x68
#define SEC_ENCRYPT 0x0008
#define PDU_TYPE_MASK 0x000f
#define PDU_DATA 0x0007
#define PDU_SAVE_SESSION_INFO 38
#define INFO_LOGON 0
#define INFO_LOGON_LONG 1
#define INFO_PLAIN_NOTIFY 2
#define DOMAIN_BYTES 52
#define USER_BYTES 512
#define LONG_FIXED 10 /* version, size, session */
#define LONG_PAD 558

static void
tell_logon(struct rd domain, struct rd user, const struct parse_output *out)
{
    struct fact f;

    fact_begin(&f, FACT_LOGIN);
    f.pairing = FACT_ANSWER;
    f.transaction = RDP_LOGIN;
    rdp_text(&f, KEY_ACCOUNT, user);
    if (fact_has(&f, KEY_ACCOUNT))
        rdp_text(&f, KEY_REALM, domain);
    fact_word(&f, KEY_RESULT, "success");
    fact_word(&f, KEY_METHOD, "rdp-info");
    out->fact(out->context, &f);
}

/* Texts in blocks of one size: only so much of each as its length says. */
static bool
read_short(struct rd r, const struct parse_output *out)
{
    uint32_t domain_bytes = rd_u32_le(&r), user_bytes;
    struct rd domain = rd_sub(&r, DOMAIN_BYTES), user;

    user_bytes = rd_u32_le(&r);
    user = rd_sub(&r, USER_BYTES);
    if (!r.ok || domain_bytes > DOMAIN_BYTES || user_bytes > USER_BYTES)
        return false;
    tell_logon(rd_sub(&domain, domain_bytes), rd_sub(&user, user_bytes), out);
    return true;
}

static bool
read_long(struct rd r, const struct parse_output *out)
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
    tell_logon(domain, user, out);
    return true;
}

static bool
read_save_session(struct rd r, const struct parse_output *out, bool *is_logon)
{
    uint32_t type = rd_u32_le(&r);

    *is_logon = true;
    if (type == INFO_LOGON)
        return read_short(r, out);
    if (type == INFO_LOGON_LONG)
        return read_long(r, out);
    *is_logon = r.ok && type == INFO_PLAIN_NOTIFY;
    if (*is_logon)
        tell_logon(rd_of("", 0), rd_of("", 0), out);
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

bool
rdp_read_logon(struct rd r, const struct parse_output *out, bool *is_logon)
{
    struct rd data;
    uint16_t type;
    uint8_t kind, compressed;

    *is_logon = false;
    if (rd_u8(&r) != MCS_SEND_DATA_INDICATION)
        return true;
    rd_skip(&r, 5); /* initiator, channel, priority and segmentation */
    data = rd_sub(&r, rdp_per_length(&r));
    if (!data.ok)
        return false;
    if (!take_share_control(&data, &type) || (type & PDU_TYPE_MASK) != PDU_DATA)
        return true;
    rd_skip(&data, 8); /* share, padding, stream, length */
    kind = rd_u8(&data);
    compressed = rd_u8(&data);
    rd_skip(&data, sizeof(uint16_t));
    if (!data.ok || kind != PDU_SAVE_SESSION_INFO || compressed != 0)
        return data.ok;
    return read_save_session(data, out, is_logon);
}
