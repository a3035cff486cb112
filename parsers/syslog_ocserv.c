/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ocserv (the OpenConnect server): logins, refusals and ends of sessions, as ocserv 0.11 to 1.3 log
 * them. Each line begins with the process and its user: `main[user]:address:port`.
 */
#include "syslog_vendor.h"
#include "text.h"

/* An IPv6 address stands in brackets, of which the first must not end the user. */
static const struct syslog_pattern lines[] = {
    { "main[{U}]:{o} user logged in", FACT_LOGIN, "success" },
    { "main[{U}]:[{o}]:{x} user logged in", FACT_LOGIN, "success" },
    { "main[{U}]:{o} new user session", FACT_LOGIN, "success" },
    { "main[{U}]:[{o}]:{x} new user session", FACT_LOGIN, "success" },
    { "main[{U}]:{o} assigned IPv4: {i}", FACT_LOGIN, "success" },
    { "main[{U}]:[{o}]:{x} assigned IPv4: {i}", FACT_LOGIN, "success" },
    { "main[{U}]:{o} assigned IPv6: {i}/{x}", FACT_LOGIN, "success" },
    { "main[{U}]:[{o}]:{x} assigned IPv6: {i}/{x}", FACT_LOGIN, "success" },
    { "worker[{U}]: {o} sending IPv4 {i}", FACT_LOGIN, "success" },
    { "main[{U}]:{o} user disconnected (reason: {r}, rx: {x}, tx: {x})", FACT_LOGOUT, NULL },
    { "main[{U}]:[{o}]:{x} user disconnected (reason: {r}, rx: {x}, tx: {x})", FACT_LOGOUT, NULL },
};

/* `worker[user]: address file.c:line: failed authentication for 'user'`: the same name twice. */
static bool
read_failure(struct rd text, struct fact *f)
{
    struct rd address, name, source, rest = text;

    if (text_take(&rest, "worker[") && text_take_until(&rest, "]: ", &name) &&
        text_take_until(&rest, " ", &address) &&
        text_take_until(&rest, ": failed authentication for '", &source) &&
        rd_left(&rest) == rd_left(&name) + 1) {
        fact_begin(f, FACT_LOGIN);
        fact_word(f, KEY_RESULT, "failure");
        return syslog_match(text, "worker[{U}]: {o} {x}: failed authentication for '{x}'", f);
    }
    return false;
}

static bool
read(const struct syslog_message *m, struct fact *f)
{
    if (!text_equals(&m->app, "ocserv"))
        return false;
    return syslog_match_any(m->text, lines, sizeof(lines) / sizeof(*lines), f) ||
           read_failure(m->text, f);
}

const struct syslog_vendor syslog_ocserv = { "syslog-ocserv", read };
