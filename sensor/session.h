/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Remote-access and remote-control sessions: flows whose tool or VPN is known, and how far they
 * got.
 *
 * named: the name or the hello was seen and nothing more; connected: application data both ways
 * behind the handshake; controlled: somebody drives the machine (control.h). A verdict known to err
 * (OpenVPN, WireGuard) opens a session only with a second sign: the protocol's own handshake, both
 * ways, its port, or one of the configured gateways as an end. A port alone is never a sign. A
 * parser that knows the tool's own protocol may say `state: named`: then the program waits to be
 * called, and the session begins when the parser speaks again or somebody is seen to drive; or
 * `connected`, when it saw that; and `how:
 * direct` or `relay`, what the server is.
 */
#ifndef SENSOR_SESSION_H
#define SENSOR_SESSION_H

#include "../conf/config.h"
#include "../conf/list.h"
#include "control.h"
#include "evidence.h"
#include "resume.h"

enum session_state { SESSION_NAMED, SESSION_CONNECTED, SESSION_CONTROLLED };
enum session_sign {
    SIGN_NDPI,
    SIGN_SNI,
    SIGN_DNS,
    SIGN_HTTP_HOST,
    SIGN_CERTIFICATE,
    SIGN_PEER_CERTIFICATE, /* one that the tool's program shows, not its vendor's machine */
    SIGN_HANDSHAKE,
    SIGN_PAGE,   /* a name of the vendor's that anybody visits: nothing, until somebody drives */
    SIGN_STUN,   /* WebRTC of who has the tool, and it may be a call: the same */
    SIGN_GATEWAY /* TLS with one of the configured gateways */
};

struct session_policy {
    struct control_policy control;
    uint32_t packets;     /* payload packets each way that make `connected` ... */
    uint32_t tls_packets; /* ... and behind a TLS handshake, whose own packets do not count */
    int64_t named_us;     /* how often a name is told again for one client */
};
extern const struct session_policy session_policy_default;

struct session_table;

/* `limit` sessions at once at most, at least 1; at the limit the least recently active is told as
 * closed, counted, and gives way. gateways is borrowed. NULL when memory is short. */
struct session_table *session_table_open(uint32_t limit, const struct session_policy *policy,
    const struct config_cidrs *gateways, struct emitter *emitter);
/* Whatever is told of a session, `describe` adds to it what else is known of its flow. */
void session_table_describe(struct session_table *t,
    void (*describe)(void *context, const struct flow *f, struct fact *fact), void *context);
/* A sign that the flow is the tool's; NULL is no tool. `protocol` lives as long as the table. What
 * else a parser `said` of the session (NULL: nothing) is told with its opening. A verdict that
 * lacks its second sign leaves FLOW_WANTS_SIGN and the tool in the flow, to be given again. */
void session_sign(struct session_table *t, struct flow *f, const struct list_tool *tool,
    enum session_sign sign, const char *protocol, const struct fact *said);
/* A client asked for the tool's machinery by name: told once an hour for each client. */
void session_asked(struct session_table *t, const struct flow *f, const struct list_tool *tool);
/* A parser counted the changes of keys of the session that it opened: told with whatever comes. */
void session_rekeyed(struct flow *f, const char *app, int64_t rekeys);
/* What the server sends, before session_packet: media in WebRTC that may be a tool's make it a
 * call. */
void session_hear_media(struct flow *f, const uint8_t *payload, size_t size);
/* A payload packet of a flow with a session, in a frame of `wire_bytes`. */
void session_packet(struct session_table *t, struct flow *f, unsigned direction,
    uint32_t payload_bytes, uint32_t wire_bytes);
/* The flow begins in the middle of a session that was open when the last run ended; nothing is
 * told. False when there is no room. */
bool session_resume(
    struct session_table *t, struct flow *f, const struct list_tool *tool, const struct resumed *r);
/* From here on sessions whose connections stand are not told as closed when their flows end: they
 * go on in the next run. */
void session_table_leave(struct session_table *t);
/* The flow ends; it must not move in memory before. Nothing when it has no session. */
void session_end(struct session_table *t, struct flow *f);
uint64_t session_table_evicted(const struct session_table *t);
void session_table_close(struct session_table *t);

#endif
