/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How an RDP server says no in clear ([MS-RDPBCGR]): to the protocols that were asked for
 * (2.2.1.2.2); by a licensing error (2.2.1.12); by the reason for the end (Set Error
 * Info, 2.2.5.1); by a logon error, where the client wants to know of them (2.2.10.1.1.4).
 */
#include "login.h"
#include "rdp_internal.h"

#define LICENSE_ERROR_ALERT 0xff
#define LICENSE_ABORT 1 /* state transition */
#define ERROR_LICENSE_FIRST 0x100
#define ERROR_LICENSE_LAST 0x10a
#define FIELD_COOKIE 0x1 /* of extended logon information: 2.2.10.1.1.4 */
#define FIELD_ERRORS 0x2
#define NO_PERMISSION 0xfffffffau

struct reason {
    uint32_t code;
    const char *name;
};

static const struct reason negotiations[] = {
    { 1, "SSL_REQUIRED_BY_SERVER" },
    { 2, "SSL_NOT_ALLOWED_BY_SERVER" },
    { 3, "SSL_CERT_NOT_ON_SERVER" },
    { 4, "INCONSISTENT_FLAGS" },
    { 5, "HYBRID_REQUIRED_BY_SERVER" },
    { 6, "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER" },
};

static const struct reason licenses[] = {
    { 1, "ERR_INVALID_SERVER_CERTIFICATE" },
    { 2, "ERR_NO_LICENSE" },
    { 3, "ERR_INVALID_MAC" },
    { 4, "ERR_INVALID_SCOPE" },
    { 6, "ERR_NO_LICENSE_SERVER" },
    { 8, "ERR_INVALID_CLIENT" },
    { 11, "ERR_INVALID_PRODUCTID" },
    { 12, "ERR_INVALID_MESSAGE_LEN" },
};

/* Other codes tell of sessions that went well before. */
static const struct reason errors[] = {
    { 0x4, "LOGON_TIMEOUT" },
    { 0x7, "SERVER_DENIED_CONNECTION" },
    { 0x9, "SERVER_INSUFFICIENT_PRIVILEGES" },
    { 0xa, "SERVER_FRESH_CREDENTIALS_REQUIRED" },
};

static const struct reason logons[] = {
    { 0, "LOGON_FAILED_BAD_PASSWORD" },
    { 1, "LOGON_FAILED_UPDATE_PASSWORD" },
    { 2, "LOGON_FAILED_OTHER" },
};

static const char *
name_of(const struct reason *table, size_t count, uint32_t code)
{
    for (size_t i = 0; i < count; i++)
        if (table[i].code == code)
            return table[i].name;
    return NULL;
}
#define NAME_OF(table, code) name_of(table, sizeof(table) / sizeof(*(table)), code)

static void
tell(const char *reason, uint32_t transaction, const struct parse_output *out)
{
    struct fact f;

    login_begin_answer(&f, transaction, false);
    fact_word(&f, KEY_REASON, reason);
    out->fact(out->context, &f);
}

static void
tell_login(const char *reason, struct rdp_state *s, const struct parse_output *out)
{
    s->is_refused = true;
    tell(reason, RDP_LOGIN, out);
}

void
rdp_tell_negotiation(uint32_t code, const struct parse_output *out)
{
    const char *reason = NAME_OF(negotiations, code);

    if (reason != NULL)
        tell(reason, RDP_COOKIE, out);
}

bool
rdp_read_license(struct rd r, struct rdp_state *s, const struct parse_output *out)
{
    size_t all = rd_left(&r);
    uint8_t type = rd_u8(&r);
    uint32_t code, transition;
    const char *reason;

    rd_skip(&r, 1); /* flags and version */
    if (rd_u16_le(&r) != all)
        return false;
    code = rd_u32_le(&r);
    transition = rd_u32_le(&r);
    reason = NAME_OF(licenses, code);
    if (r.ok && type == LICENSE_ERROR_ALERT && transition == LICENSE_ABORT && reason != NULL)
        tell_login(reason, s, out);
    return true;
}

void
rdp_read_error_info(struct rd r, struct rdp_state *s, const struct parse_output *out)
{
    uint32_t code = rd_u32_le(&r);
    const char *reason = NAME_OF(errors, code);

    if (reason == NULL && code >= ERROR_LICENSE_FIRST && code <= ERROR_LICENSE_LAST)
        reason = "LICENSE";
    if (r.ok && reason != NULL)
        tell_login(reason, s, out);
}

bool
rdp_read_logon_errors(struct rd r, struct rdp_state *s, const struct parse_output *out)
{
    uint32_t fields, data, type;
    const char *reason;
    struct rd field;

    rd_skip(&r, sizeof(uint16_t)); /* length */
    fields = rd_u32_le(&r);
    if ((fields & FIELD_COOKIE) != 0)
        (void)rd_sub(&r, rd_u32_le(&r));
    if ((fields & FIELD_ERRORS) == 0)
        return r.ok;
    field = rd_sub(&r, rd_u32_le(&r));
    data = rd_u32_le(&field);
    type = rd_u32_le(&field);
    if (!field.ok)
        return false;
    reason = data == NO_PERMISSION ? "LOGON_MSG_NO_PERMISSION" : NAME_OF(logons, type);
    if (reason != NULL)
        tell_login(reason, s, out);
    return true;
}
