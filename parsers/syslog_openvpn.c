/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OpenVPN's server: who connected from where, which address was handed out, when the client left.
 *
 * Lines are those of OpenVPN 2.4 to 2.6 as its daemon gives them to syslog. Each begins with the
 * client as `name/address:port` or, before it has a name, `address:port`. A name may hold any
 * printable character; one with a space is not read, as it could look like any line. The address
 * of the pool is an offer: RADIUS or a client's file may have another given, which is then learnt.
 */
#include "login.h"
#include "syslog_vendor.h"
#include "text.h"
#include <string.h>

#define OFFER "MULTI_sva: pool returned IPv4="

/* Behind the client's prefix. */
static const struct syslog_pattern lines[] = {
    { OFFER "{i}, IPv6={i}", FACT_LOGIN, "success" },
    { "TLS: Username/Password authentication succeeded for username '{U}' {x}", FACT_LOGIN,
        "success" },
    { "TLS: Username/Password authentication succeeded for username '{U}'", FACT_LOGIN, "success" },
    { "TLS: Username/auth-token authentication succeeded for username '{U}'", FACT_LOGIN,
        "success" },
    { "TLS Auth Error: Auth Username/Password verification failed for peer", FACT_LOGIN,
        "failure" },
    { "SIGTERM[soft,{r}] received, client-instance exiting", FACT_LOGOUT, NULL },
    { "SIGUSR1[soft,{r}] received, client-instance restarting", FACT_LOGOUT, NULL },
};

/* Unless the server has duplicate-cn. Who drops the earlier ones has been told as logged in. */
static const struct syslog_pattern replaced[] = {
    { "MULTI: new connection by client '{U}' will cause previous active sessions {x}", FACT_LOGOUT,
        NULL },
};

/* `[name] Peer Connection Initiated with [AF_INET]address:port` */
static bool
read_initiated(struct rd text, struct rd *name)
{
    struct rd peer;

    return text_take(&text, "[") &&
           text_take_until_last(&text, "] Peer Connection Initiated with [AF_INET", name) &&
           text_take_until(&text, "]", &peer) && rd_left(name) > 0;
}

/* Of `address:port` and `[address]:port`. */
static bool
has_port(struct rd client)
{
    struct rd host;

    return rd_peek(&client) == '[' || (text_take_until_last(&client, ":", &host) &&
                                          memchr(host.p, ':', rd_left(&host)) == NULL);
}

/* A client as lines begin with it: outside, and the name when it has one. Address and port are the
 * session's name, the same in all its lines. */
static bool
read_client(struct rd client, struct fact *f)
{
    struct rd name = { NULL, NULL, true };

    (void)text_take_until_last(&client, "/", &name);
    if (!login_address(f, KEY_OUTSIDE, client))
        return false;
    if (has_port(client))
        fact_text(f, KEY_SESSION, client.p, rd_left(&client));
    syslog_account(f, name);
    return true;
}

/* `MULTI: Learn: address -> client`; the client is that of the prefix, when there is one. */
static bool
read_learn(struct rd text, struct rd prefix, struct fact *f)
{
    struct rd learnt;

    if (!text_take(&text, "MULTI: Learn: ") || !text_take_until(&text, " -> ", &learnt) ||
        memchr(text.p, ' ', rd_left(&text)) != NULL)
        return false;
    if (prefix.p != NULL &&
        (rd_left(&text) != rd_left(&prefix) || memcmp(text.p, prefix.p, rd_left(&prefix)) != 0))
        return false;
    fact_begin(f, FACT_LOGIN);
    fact_word(f, KEY_RESULT, "success");
    return login_address(f, KEY_INSIDE, learnt) && read_client(text, f);
}

static bool
is_openvpn(struct rd app)
{
    return text_take(&app, "openvpn") || text_take(&app, "ovpn-");
}

/* Once it drops a session the server forgets whose prefix it was writing. */
static bool
read_unprefixed(struct rd text, struct fact *f)
{
    if (read_learn(text, (struct rd){ NULL, NULL, true }, f))
        return true;
    if (!syslog_match_any(text, replaced, sizeof(replaced) / sizeof(*replaced), f))
        return false;
    fact_word(f, KEY_STATUS, "earlier");
    return true;
}

static bool
read(const struct syslog_message *m, struct fact *f)
{
    struct rd text = m->text, name, prefix;
    struct fact client;

    if (!is_openvpn(m->app))
        return false;
    fact_begin(&client, FACT_LOGIN);
    if (!text_take_until(&text, " ", &prefix) || !read_client(prefix, &client))
        return read_unprefixed(m->text, f);
    if (read_initiated(text, &name)) {
        fact_begin(f, FACT_LOGIN);
        fact_word(f, KEY_RESULT, "success");
        syslog_account(f, name);
    } else if (read_learn(text, prefix, f)) {
        return true;
    } else if (!syslog_match_any(text, lines, sizeof(lines) / sizeof(*lines), f)) {
        return false;
    } else if (text_take(&text, OFFER)) {
        fact_word(f, KEY_STATUS, "offered");
    }
    fact_fill(f, &client);
    return true;
}

const struct syslog_vendor syslog_openvpn = { "syslog-openvpn", read };
