/* SPDX-License-Identifier: BSD-2-Clause
 *
 * MikroTik RouterOS: users of its PPP servers (L2TP, PPTP, SSTP, OpenVPN, PPPoE) and of the router
 * itself.
 *
 * Lines are those of RouterOS 6 and 7: the topics, separated by commas, then the message. Without
 * topics (a logging prefix instead) they are not recognised.
 */
#include "syslog_vendor.h"
#include "text.h"

/* PPP names stand first in their lines and may read like any line, so that those come first, which
 * end in what only the router writes. */
static const struct syslog_pattern ppp[] = {
    { "{U} logged in, {i} from {p}", FACT_LOGIN, "success" },
    { "{U} logged in, {i}", FACT_LOGIN, "success" },
    { "{U} logged out, {w} {w} {w} {w} {w} from {p}", FACT_LOGOUT, NULL },
    { "{U} logged out, {w} {w} {w} {w} {w}", FACT_LOGOUT, NULL },
};

static const struct syslog_pattern failed[] = {
    { "<{w}>: user {U} authentication failed", FACT_LOGIN, "failure" },
};

static const struct syslog_pattern router[] = {
    { "user {U} logged in from {p} via {w}", FACT_LOGIN, "success" },
    { "user {U} logged out from {p} via {w}", FACT_LOGOUT, NULL },
    { "login failure for user {U} from {p} via {w}", FACT_LOGIN, "failure" },
};

static bool
has_topic(struct rd topics, const char *wanted)
{
    struct rd topic;

    while (text_take_until(&topics, ",", &topic))
        if (text_equals(&topic, wanted))
            return true;
    return text_equals(&topics, wanted);
}

static bool
read(const struct syslog_message *m, struct fact *f)
{
    struct rd text = m->content, topics;

    if (!text_take_until(&text, " ", &topics))
        return false;
    text = text_trim(text);
    if ((has_topic(topics, "ppp") || has_topic(topics, "ovpn")) && has_topic(topics, "account"))
        return syslog_match_any(text, ppp, sizeof(ppp) / sizeof(*ppp), f);
    if (has_topic(topics, "ppp") && has_topic(topics, "error"))
        return syslog_match_any(text, failed, sizeof(failed) / sizeof(*failed), f);
    if (has_topic(topics, "system") && (has_topic(topics, "account") || has_topic(topics, "error")))
        return syslog_match_any(text, router, sizeof(router) / sizeof(*router), f);
    return false;
}

const struct syslog_vendor syslog_mikrotik = { "syslog-mikrotik", read };
