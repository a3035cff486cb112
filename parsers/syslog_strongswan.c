/* SPDX-License-Identifier: BSD-2-Clause
 *
 * strongSwan's charon: whom a gateway let in by IKE, from where, with which address.
 *
 * Lines are those of strongSwan 5.2 to 6.0, `08[IKE] <connection|number> text`. IKE identities are
 * written by the peer: hosts, networks' gateways and certificates have them too, so that only one
 * that reads like a person's is an account.
 */
#include "login.h"
#include "syslog_vendor.h"
#include "text.h"
#include <string.h>

static const struct syslog_pattern lines[] = {
    { "assigning virtual IP {i} to peer '{U}'", FACT_LOGIN, "success" },
    { "XAuth authentication of '{U}' successful", FACT_LOGIN, "success" },
    { "XAuth authentication of '{U}' failed", FACT_LOGIN, "failure" },
    { "received EAP identity '{U}'", FACT_LOGIN, "attempt" },
};

/* An address, a domain name or a distinguished name is a machine's; an anonymous identity (RFC
 * 7542, 2.4) is nobody's. */
static bool
is_person(struct rd id)
{
    struct in6_addr address;
    struct rd user = id;
    bool has_realm = text_take_until(&id, "@", &user);

    if (rd_left(&user) == 0 || text_equals_nocase(&user, "anonymous") ||
        text_to_address(user, &address) || text_contains(user, "="))
        return false;
    return has_realm || !(text_contains(user, ".") || text_contains(user, ":"));
}

/* `name[number] established between address[id]...address[id]`: ours, then the peer's. */
static bool
read_ends(struct rd r, const char *verb, struct fact *f)
{
    struct rd name, ours, address, id;

    if (!text_take_until(&r, verb, &name) || !text_take_until(&r, "]...", &ours) ||
        text_contains(r, "]...") || !text_take_until(&r, "[", &address) ||
        !text_take_until_last(&r, "]", &id) || rd_left(&r) > 0)
        return false;
    if (!is_person(id) || !login_address(f, KEY_OUTSIDE, address))
        return false;
    syslog_account(f, id);
    return fact_has(f, KEY_ACCOUNT);
}

/* `08[IKE] <ra|7> `: the thread and subsystem, and the connection. */
static bool
take_prefix(struct rd *text)
{
    struct rd thread, connection;
    uint64_t number;

    if (!text_take_until(text, "[IKE] ", &thread) || !text_to_number(thread, &number))
        return false;
    if (text_take(text, "<"))
        return text_take_until(text, "> ", &connection);
    return true;
}

static bool
is_charon(struct rd app)
{
    return text_equals(&app, "charon") || text_equals(&app, "charon-systemd") ||
           text_equals(&app, "ipsec");
}

static bool
read(const struct syslog_message *m, struct fact *f)
{
    struct rd text = m->text;

    if (!is_charon(m->app) || !take_prefix(&text))
        return false;
    if (text_take(&text, "IKE_SA ")) {
        fact_begin(f, FACT_LOGIN);
        fact_word(f, KEY_RESULT, "success");
        return read_ends(text, "] established between ", f);
    }
    if (text_take(&text, "deleting IKE_SA ")) {
        fact_begin(f, FACT_LOGOUT);
        return read_ends(text, "] between ", f);
    }
    if (!syslog_match_any(text, lines, sizeof(lines) / sizeof(*lines), f))
        return false;
    text = rd_of(fact_get_text(f, KEY_ACCOUNT), strlen(fact_get_text(f, KEY_ACCOUNT)));
    return is_person(text);
}

const struct syslog_vendor syslog_strongswan = { "syslog-strongswan", read };
