/* SPDX-License-Identifier: BSD-2-Clause
 *
 * FortiGate: logins of SSL VPN and IPsec dial-up users, from the key=value lines of FortiOS.
 *
 * Message numbers and fields: "FortiOS Log Message Reference", event log, subtype vpn. Values may
 * stand in double quotes, in which \" is a quote. FortiOS writes the addresses before the user, so
 * of a key that occurs twice the first is taken: a quote smuggled into a name forges nothing.
 */
#include "login.h"
#include "syslog_vendor.h"
#include "text.h"

#define MESSAGE_DIGITS 6 /* the last of the ten digits of logid */
#define LOGID_DIGITS 10

enum field {
    FIELD_LOGID,
    FIELD_TYPE,
    FIELD_SUBTYPE,
    FIELD_ACTION,
    FIELD_USER,
    FIELD_XAUTHUSER,
    FIELD_REMIP,
    FIELD_TUNNELIP,
    FIELD_ASSIGNIP,
    FIELD_TUNNELID,
    FIELD_REASON,
    FIELD_COUNT
};

static const char *const field_names[FIELD_COUNT] = { "logid", "type", "subtype", "action", "user",
    "xauthuser", "remip", "tunnelip", "assignip", "tunnelid", "reason" };

static const struct {
    uint32_t number;
    uint8_t kind;
    const char *action;
    const char *result;
} messages[] = {
    { 37138, FACT_LOGIN, "tunnel-up", "success" }, /* IPsec connection status */
    { 37138, FACT_LOGOUT, "tunnel-down", NULL },
    { 39424, FACT_LOGIN, "tunnel-up", "success" },      /* SSL_VPN_USER_TUNNEL_UP */
    { 39425, FACT_LOGOUT, "tunnel-down", NULL },        /* SSL_VPN_USER_TUNNEL_DOWN */
    { 39426, FACT_LOGIN, "ssl-login-fail", "failure" }, /* SSL_VPN_USER_SSL_LOGIN_FAIL */
    { 39947, FACT_LOGIN, "tunnel-up", "success" },      /* SSL_VPN_SESSION_TUNNEL_UP */
    { 39948, FACT_LOGOUT, "tunnel-down", NULL },        /* SSL_VPN_SESSION_TUNNEL_DOWN */
};

/* FortiOS begins a line with one of these; another program's line only quotes one. */
static bool
begins_as_fortios(struct rd content)
{
    return text_take(&content, "date=") || text_take(&content, "logver=") ||
           text_take(&content, "timestamp=");
}

static bool
message_number(struct rd logid, uint64_t *number)
{
    if (rd_left(&logid) != LOGID_DIGITS)
        return false;
    rd_skip(&logid, LOGID_DIGITS - MESSAGE_DIGITS);
    return text_to_number(logid, number);
}

static void
fill(struct fact *f, const struct rd fields[FIELD_COUNT])
{
    enum field which = fields[FIELD_XAUTHUSER].p != NULL ? FIELD_XAUTHUSER : FIELD_USER;
    struct rd user = fields[which];

    if (text_contains(user, "\\\"")) /* this backslash parts no domain from a user */
        fact_text(f, KEY_ACCOUNT, user.p, rd_left(&user));
    else
        syslog_account(f, user);
    (void)login_address(f, KEY_OUTSIDE, fields[FIELD_REMIP]);
    (void)login_address(f, KEY_INSIDE, fields[FIELD_TUNNELIP]);
    (void)login_address(f, KEY_INSIDE, fields[FIELD_ASSIGNIP]);
    fact_text(f, KEY_SESSION, fields[FIELD_TUNNELID].p, rd_left(&fields[FIELD_TUNNELID]));
    fact_text(f, KEY_REASON, fields[FIELD_REASON].p, rd_left(&fields[FIELD_REASON]));
}

static bool
read(const struct syslog_message *m, struct fact *f)
{
    struct rd fields[FIELD_COUNT];
    uint64_t number;

    if (!begins_as_fortios(m->content))
        return false;
    (void)syslog_read_pairs(m->content, field_names, fields, FIELD_COUNT);
    if (!message_number(fields[FIELD_LOGID], &number) ||
        !text_equals(&fields[FIELD_TYPE], "event") || !text_equals(&fields[FIELD_SUBTYPE], "vpn"))
        return false;
    for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++) {
        if (messages[i].number != number || !text_equals(&fields[FIELD_ACTION], messages[i].action))
            continue;
        fact_begin(f, messages[i].kind);
        if (messages[i].result != NULL)
            fact_word(f, KEY_RESULT, messages[i].result);
        fill(f, fields);
        return fact_has(f, KEY_ACCOUNT);
    }
    return false;
}

const struct syslog_vendor syslog_fortigate = { "syslog-fortigate", read };
