/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Ivanti (Pulse Secure, before that Juniper) Connect Secure: who logged in, which address the
 * tunnel was given, when the session ended.
 *
 * Both formats of its syslog are read: "Standard", `date - node - [address] user(realm)[roles] -
 * text`, and WELF, whose msg= begins with the message's id (AUT24414, NWC23464 ...). A primary
 * authentication that succeeds is no login yet, as a second factor may follow. A name in which the
 * marks around it occur is not read.
 */
#include "login.h"
#include "syslog_vendor.h"
#include "text.h"

#define ID_LETTERS 3 /* of a message's id: three letters, five digits */
#define ID_LENGTH 8

/* Behind the message's id. What stands behind a field below is written by the gateway, but for the
 * host name and the client's software, which end the line. */
static const struct syslog_pattern lines[] = {
    { "Agent login succeeded for {x} from {x}", FACT_LOGIN, "success" },
    { "Login succeeded for {x} from {x}", FACT_LOGIN, "success" },
    { "Session created for user: {x}", FACT_LOGIN, "success" },
    { "VPN Tunneling: Session started for user {x}with IPv4 address {i}, hostname {h}", FACT_LOGIN,
        "success" },
    { "VPN Tunneling: Session started for user with IP {i}, hostname {h}", FACT_LOGIN, "success" },
    { "Login failed{x}Reason: {r}", FACT_LOGIN, "failure" },
    { "Primary authentication failed for {x}", FACT_LOGIN, "failure" },
    { "Secondary authentication failed for {x}", FACT_LOGIN, "failure" },
    { "VPN Tunneling: Session ended for user {x}with IPv4 address {i}", FACT_LOGOUT, NULL },
    { "VPN Tunneling: Session ended for user with IP {i}", FACT_LOGOUT, NULL },
    { "Logout from {x}", FACT_LOGOUT, NULL },
    { "Session timed out for {x} due to {r} (last access at {x}", FACT_LOGOUT, NULL },
};

/* Takes what stands before a mark that occurs once. */
static bool
take_until_only(struct rd *r, const char *mark, struct rd *piece)
{
    struct rd at = *r;

    if (!text_take_until(&at, mark, piece) || text_contains(at, mark))
        return false;
    *r = at;
    return true;
}

/* The virtual system that a user belongs to stands before the name; these two exist everywhere. */
static struct rd
without_system(struct rd user)
{
    if (!text_take(&user, "Default Network::"))
        (void)text_take(&user, "Root::");
    return user;
}

/* `[address] user(realm)[roles] - text`; newer ones write the session behind the roles. */
static bool
read_standard(struct rd r, struct rd *address, struct rd *user, struct rd *text)
{
    struct rd date, node, roles, who;

    if (!text_take_until(&r, " - ", &date) || !text_take_until(&r, " - [", &node) ||
        !text_take_until(&r, "] ", address) || !take_until_only(&r, ")[", &who) ||
        !text_take_until(&r, "] - ", &roles) || !text_take_until_last(&who, "(", user))
        return false;
    *user = without_system(*user);
    *text = r;
    return true;
}

/* `AUT24414: ` */
static bool
take_id(struct rd *r)
{
    struct rd id;
    uint64_t number;

    if (!text_take_until(r, ": ", &id) || rd_left(&id) != ID_LENGTH)
        return false;
    rd_skip(&id, ID_LETTERS);
    return text_to_number(id, &number);
}

/* The client's software is its own words, so msg= must be the only one behind it. */
static bool
read_welf(struct rd r, struct rd *address, struct rd *user, struct rd *text)
{
    struct rd head, before, realm;

    if (!text_take(&r, "id=firewall time=") || !take_until_only(&r, " msg=\"", &head) ||
        !text_take_until(&head, " user=", &before) || !take_until_only(&head, " realm=\"", user) ||
        !text_take_until(&head, "\" ", &realm) || !text_take_until(&head, " src=", &before) ||
        !text_take_until(&head, " ", address) || !take_id(&r))
        return false;
    return text_take_until_last(&r, "\"", text);
}

static bool
read(const struct syslog_message *m, struct fact *f)
{
    struct rd address, user, text, mac;

    if (!text_equals(&m->app, "PulseSecure") && !text_equals(&m->app, "Juniper"))
        return false;
    if (!read_welf(m->text, &address, &user, &text) &&
        !read_standard(m->text, &address, &user, &text))
        return false;
    if (!syslog_match_any(text_trim(text), lines, sizeof(lines) / sizeof(*lines), f))
        return false;
    syslog_account(f, user);
    (void)login_address(f, KEY_OUTSIDE, address);
    if (text_take(&text, "Session created for user: ") &&
        text_take_until_last(&text, " mac-address: [", &mac) && text_take_until(&text, "]", &mac))
        login_calling_station(f, mac);
    return fact_has(f, KEY_ACCOUNT);
}

const struct syslog_vendor syslog_ivanti = { "syslog-ivanti", read };
