/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Cisco ASA and Firepower Threat Defense: logins of AnyConnect, WebVPN and IPsec clients.
 *
 * Message numbers and wording: "Cisco Secure Firewall ASA Series Syslog Messages". Read are those
 * that name a user and begin, refuse or end a session. 722023 (one of a session's connections
 * ended) is no logout, 113019 is; 722055 is left out as both its user and its client are free text.
 */
#include "syslog_vendor.h"
#include "text.h"

static const struct {
    uint32_t number;
    struct syslog_pattern line;
} messages[] = {
    { 113004, { "AAA user authentication Successful : server = {x} : user = {u}", FACT_LOGIN,
                  "success" } },
    { 113005,
        { "AAA user authentication Rejected : reason = {r} : server = {x} : user = {U} : user IP = "
          "{o}",
            FACT_LOGIN, "failure" } },
    { 113012, { "AAA user authentication Successful : local database : user = {u}", FACT_LOGIN,
                  "success" } },
    { 113015,
        { "AAA user authentication Rejected : reason = {r} : local database : user = {U} : user IP "
          "= {o}",
            FACT_LOGIN, "failure" } },
    { 113019, { "Group = {x}, Username = {U}, IP = {o}, Session disconnected. Session Type: {x}, "
                "Duration: {x}, Bytes xmt: {x}, Bytes rcv: {x}, Reason: {r}",
                  FACT_LOGOUT, NULL } },
    { 113039, { "Group <{x}> User <{U}> IP <{o}> AnyConnect parent session started.", FACT_LOGIN,
                  "success" } },
    { 611101,
        { "User authentication succeeded: IP address: {o}, Uname: {u}", FACT_LOGIN, "success" } },
    { 611102,
        { "User authentication failed: IP address: {o}, Uname: {u}", FACT_LOGIN, "failure" } },
    { 713228,
        { "Group = {x}, Username = {U}, IP = {o}, Assigned private IP address {i} to remote user",
            FACT_LOGIN, "success" } },
    { 716001,
        { "Group <{x}> User <{U}> IP <{o}> WebVPN session started.", FACT_LOGIN, "success" } },
    { 716002,
        { "Group <{x}> User <{U}> IP <{o}> WebVPN session terminated: {r}.", FACT_LOGOUT, NULL } },
    { 716038, { "Group <{x}> User <{U}> IP <{o}> Authentication: successful, Session Type: {x}",
                  FACT_LOGIN, "success" } },
    { 716039, { "Group <{x}> User <{U}> IP <{o}> Authentication: rejected, Session Type: {x}",
                  FACT_LOGIN, "failure" } },
    { 722022, { "Group <{x}> User <{U}> IP <{o}> TCP SVC connection established {x}", FACT_LOGIN,
                  "success" } },
    { 722022, { "Group <{x}> User <{U}> IP <{o}> UDP SVC connection established {x}", FACT_LOGIN,
                  "success" } },
    { 722051, { "Group <{x}> User <{U}> IP <{o}> IPv4 Address <{i}> IPv6 address <{i}> assigned to "
                "session",
                  FACT_LOGIN, "success" } },
    { 722051, { "Group <{x}> User <{U}> IP <{o}> IPv4 Address <{i}> IPv6 Address <{i}> assigned to "
                "session",
                  FACT_LOGIN, "success" } },
    { 722051, { "Group <{x}> User <{U}> IP <{o}> Address <{i}> assigned to session", FACT_LOGIN,
                  "success" } },
    { 751025,
        { "Local:{x} Remote:{o} Username:{U} IKEv2 Group:{x} IPv4 Address={i} IPv6 address={i} "
          "assigned to session",
            FACT_LOGIN, "success" } },
};

/* `%ASA-6-113039: ` at the beginning of the content, behind at most a host name and a colon that
 * the header's rules left there. */
static bool
take_number(struct rd *content, uint64_t *number)
{
    struct rd before, product, severity, digits;

    if (!text_take_until(content, "%", &before))
        return false;
    before = text_trim(before);
    while (rd_left(&before) > 0) {
        uint8_t c = rd_u8(&before);

        if ((c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '.' &&
            c != '-' && c != '_' && c != ':')
            return false;
    }
    if (!text_take_until(content, "-", &product) ||
        !(text_equals(&product, "ASA") || text_equals(&product, "FTD")))
        return false;
    return text_take_until(content, "-", &severity) && rd_left(&severity) == 1 &&
           text_take_until(content, ": ", &digits) && text_to_number(digits, number);
}

static bool
read(const struct syslog_message *m, struct fact *f)
{
    struct rd content = m->content;
    uint64_t number;

    if (!take_number(&content, &number))
        return false;
    content = text_trim(content);
    for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++)
        if (messages[i].number == number && syslog_match_any(content, &messages[i].line, 1, f))
            return true;
    return false;
}

const struct syslog_vendor syslog_asa = { "syslog-cisco-asa", read };
