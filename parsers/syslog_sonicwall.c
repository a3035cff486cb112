/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SonicWall firewalls: logins of VPN, SSL VPN and local users, from the key=value lines of SonicOS.
 *
 * Message numbers (m=): "SonicOS Log Events Reference Guide". The user may stand before or behind
 * the addresses, so that a line in which a key that is read occurs twice is not read: a name with a
 * quote in it forges nothing.
 */
#include "login.h"
#include "syslog_vendor.h"
#include "text.h"

enum field { FIELD_NUMBER, FIELD_USER, FIELD_SOURCE, FIELD_SOURCE_6, FIELD_TEXT, FIELD_COUNT };

static const char *const field_names[FIELD_COUNT] = { "m", "usr", "src", "srcV6", "msg" };

static const struct {
    uint16_t number;
    uint8_t kind;
    bool is_failure;
} messages[] = {
    { 24, FACT_LOGOUT, false },  /* user logged out, disconnect detected */
    { 29, FACT_LOGIN, false },   /* administrator login allowed */
    { 30, FACT_LOGIN, true },    /* administrator login denied, bad credentials */
    { 31, FACT_LOGIN, false },   /* user login from an internal zone */
    { 32, FACT_LOGIN, true },    /* user login denied, bad credentials */
    { 33, FACT_LOGIN, true },    /* the same, unknown user */
    { 139, FACT_LOGIN, false },  /* XAUTH succeeded */
    { 140, FACT_LOGIN, true },   /* XAUTH failed */
    { 235, FACT_LOGIN, false },  /* administrator from the VPN zone */
    { 236, FACT_LOGIN, false },  /* administrator from the WAN zone */
    { 237, FACT_LOGIN, false },  /* user from the VPN zone */
    { 238, FACT_LOGIN, false },  /* user from the WAN zone */
    { 243, FACT_LOGIN, true },   /* user login denied, RADIUS */
    { 246, FACT_LOGIN, true },   /* user login denied, not from that location */
    { 318, FACT_LOGIN, false },  /* L2TP server, local */
    { 319, FACT_LOGIN, false },  /* L2TP server, RADIUS or LDAP */
    { 311, FACT_LOGIN, true },   /* L2TP server, RADIUS or LDAP */
    { 312, FACT_LOGIN, true },   /* L2TP server, local */
    { 745, FACT_LOGIN, true },   /* user login denied, LDAP */
    { 749, FACT_LOGIN, true },   /* user login denied, invalid credentials on LDAP server */
    { 1035, FACT_LOGIN, true },  /* user login denied, password expired */
    { 1080, FACT_LOGIN, false }, /* user from the SSL VPN zone */
};

/* `address:port:interface:name`, each but the first may be missing. */
static void
put_source(struct fact *f, struct rd source)
{
    struct rd address = source;

    if (!text_take_until(&source, ":", &address))
        address = source;
    (void)login_address(f, KEY_OUTSIDE, address);
}

static bool
read(const struct syslog_message *m, struct fact *f)
{
    struct rd fields[FIELD_COUNT], start = m->content;
    uint64_t number;

    if (!text_take(&start, "id=") || !text_contains(start, " sn=") ||
        !syslog_read_pairs(m->content, field_names, fields, FIELD_COUNT) ||
        !text_to_number(fields[FIELD_NUMBER], &number))
        return false;
    for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++) {
        if (messages[i].number != number)
            continue;
        fact_begin(f, messages[i].kind);
        if (messages[i].kind == FACT_LOGIN)
            fact_word(f, KEY_RESULT, messages[i].is_failure ? "failure" : "success");
        syslog_account(f, fields[FIELD_USER]);
        put_source(f, fields[FIELD_SOURCE]);
        (void)login_address(f, KEY_OUTSIDE, fields[FIELD_SOURCE_6]);
        if (messages[i].is_failure || messages[i].kind == FACT_LOGOUT)
            fact_text(f, KEY_REASON, fields[FIELD_TEXT].p, rd_left(&fields[FIELD_TEXT]));
        return fact_has(f, KEY_ACCOUNT);
    }
    return false;
}

const struct syslog_vendor syslog_sonicwall = { "syslog-sonicwall", read };
