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

enum field {
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

static const char *const field_names[FIELD_COUNT] = { "type", "subtype", "action", "user",
    "xauthuser", "remip", "tunnelip", "assignip", "tunnelid", "reason" };

/* Several message numbers share an action, and releases renumber them. */
static const struct {
    const char *action;
    uint8_t kind;
    const char *result;
} actions[] = {
    { "tunnel-up", FACT_LOGIN, "success" },
    { "tunnel-down", FACT_LOGOUT, NULL },
    { "ssl-login-fail", FACT_LOGIN, "failure" },
};

/* FortiOS begins a line with one of these; another program's line only quotes one. */
static bool
begins_as_fortios(struct rd content)
{
    return text_take(&content, "date=") || text_take(&content, "logver=") ||
           text_take(&content, "timestamp=");
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

    if (!begins_as_fortios(m->content))
        return false;
    (void)syslog_read_pairs(m->content, field_names, fields, FIELD_COUNT);
    if (!text_equals(&fields[FIELD_TYPE], "event") || !text_equals(&fields[FIELD_SUBTYPE], "vpn"))
        return false;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (!text_equals(&fields[FIELD_ACTION], actions[i].action))
            continue;
        fact_begin(f, actions[i].kind);
        if (actions[i].result != NULL)
            fact_word(f, KEY_RESULT, actions[i].result);
        fill(f, fields);
        return fact_has(f, KEY_ACCOUNT);
    }
    return false;
}

const struct syslog_vendor syslog_fortigate = { "syslog-fortigate", read };
