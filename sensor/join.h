/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The analyst's inside: from observations to accounts, leases and events. join_login.c merges what
 * several sources say of one login; join_session.c decides to whom sessions and flows belong.
 */
#ifndef SENSOR_JOIN_H
#define SENSOR_JOIN_H

#include "analyst.h"
#include "case.h"
#include "detect/detect.h"
#include "underway.h"

/* Two sources tell of one login within this time ... */
#define JOIN_COPY_US (5 * SECOND_US)
/* What begins again after such a silence is another session, although it has the name of the last.
 */
#define JOIN_ANEW_US (12 * HOUR_US)
/* ... and a flow belongs to the login that its address gets within this time of its start. */
#define JOIN_FLOW_US (60 * SECOND_US)
/* Sites and accounts know each other for this long. */
#define JOIN_SITE_US (7 * DAY_US)

struct analyst {
    const struct config *config;
    const struct geoip *geoip;
    void (*alert)(void *context, const struct alert *a);
    void *context;
    struct accounts *accounts;
    struct suppress *suppress;
    struct watch *watch;
    struct names *names;
    struct findings *findings;
    struct cases *cases;
    struct detect detects[CONFIG_DETECTORS];
    unsigned detect_count;
    bool is_closing, has_time, has_past;
    int64_t now_us, past_us; /* past: up to there a state file has seen all */
    struct analyst_summary summary;
    struct underway_session *sessions; /* open ones, by flow, in order of use */
    unsigned restored_count;           /* those of the last run that were not heard of yet */
    int64_t restored_looked_us;
    struct underway *pendings; /* flows that wait for their login; like the others oldest first */
    unsigned pending_count;
    struct underway *overlaps; /* logins whose least overlap is still to pass */
    unsigned overlap_count;
    struct underway *callers; /* far ends told before their session */
    unsigned caller_count;
};

/* Runs the detectors that want it. */
void join_raise(struct analyst *a, const struct detect_event *e);

/* login, logout */
void join_login(struct analyst *a, const struct observation *o);
/* Logins whose least overlap has passed; all of them when `all`. */
void join_login_due(struct analyst *a, bool all);
void join_login_close(struct analyst *a);
/* A sign of life of a login at the analyst's time. */
void join_login_lives(struct analyst *a, struct lease *l, const struct observation *o);
/* Whose is the flow that begins now at this outside address: the login nearest to now within the
 * minute, else the only account that is logged in from there. NULL: nobody's. is_near tells which.
 */
struct lease *join_lease_outside(
    struct analyst *a, const struct in6_addr *outside, int64_t at_us, bool *is_near);

/* Who sits at an address: a contractor's device or site, or nobody that is watched. */
struct join_end {
    unsigned rank; /* 0 = nobody watched; the higher the surer */
    struct account *account;
    struct lease *lease;
    struct in6_addr address;
    enum locality locality;
};

/* join_underway.c: a record in a list; NULL when memory is short. */
struct underway *join_underway_add(struct analyst *a, struct underway **list,
    enum underway_kind kind, const struct in6_addr *address, const struct observation *o);
void join_underway_drop(struct underway **list, struct underway *w);
/* The session that this observation is of, with what it says of its flow; made when it is new. NULL
 * when memory is short. */
struct underway_session *join_underway_session(struct analyst *a, const struct observation *o);
void join_underway_close(struct analyst *a, struct underway_session *r);
/* Sessions of the last run whose flows have not come again end as theirs would have. */
void join_underway_expire(struct analyst *a);
/* From a state file, once accounts are there. False: there is no room. */
bool join_underway_restore(struct analyst *a, const struct underway *row);
bool join_underway_restore_session(struct analyst *a, const struct underway_session *row);

/* What a session does that is neither access nor control: a way in, a way around; once. */
void join_session_ways(struct analyst *a, const struct observation *o, const char *class_name,
    const struct in6_addr *client, const struct in6_addr *server, struct underway_session *told);

/* session-open, session-update, session-close */
void join_session(struct analyst *a, const struct observation *o);
/* A flow with the far end, whose network is watched. */
void join_session_watched_flow(
    struct analyst *a, const struct observation *o, const struct in6_addr *far);
/* peer */
void join_peer(struct analyst *a, const struct observation *o);
/* The device is driven by the tool, "" for not at all, and who drives it does not show himself in
 * the session itself. */
void join_peer_driven(struct analyst *a, const struct in6_addr *address, const char *app);
/* A device plays its role in a control session with that server: those who asked for it a moment
 * ago are its far ends. */
void join_peer_early(struct analyst *a, const struct in6_addr *server, enum detect_role role);
void join_peer_close(struct analyst *a);
/* A server has let the client of the flow in, or has not: SSH or VNC that is refused is no session.
 */
void join_session_answered(struct analyst *a, const struct observation *o, bool is_refused);
void join_session_due(struct analyst *a, bool all);
void join_session_close(struct analyst *a);
/* activity: of a device's flows */
void join_activity(struct analyst *a, const struct observation *o);
/* What a session was doing for ten minutes, when the observation says so. */
struct join_doing {
    enum detect_activity of;
    struct join_end end;
    bool is_driven; /* end is, by packets of the direction `input` */
    unsigned input;
};
void join_activity_raise(
    struct analyst *a, const struct observation *o, const struct join_doing *doing);
/* rtt: how far a client is, by which layer's clock. One from outside waits for its login. */
void join_rtt(struct analyst *a, const struct observation *o);
void join_session_wait_rtt(
    struct analyst *a, const struct observation *o, const struct in6_addr *outside);
void join_rtt_raise(struct analyst *a, const struct observation *o, struct lease *l,
    const struct in6_addr *outside);
/* upload: bytes from a device to a service. Git goes through SSH, which shows no name: a session to
 * an address that was looked up as a service's counts, beyond the bytes *told before. */
void join_upload(struct analyst *a, const struct observation *o);
void join_upload_session(struct analyst *a, const struct observation *o,
    const struct in6_addr *client, const struct in6_addr *server, uint64_t *told);
/* A new login: flows of its outside address that wait are its. */
void join_session_claim(struct analyst *a, struct lease *l);

struct join_end join_end_of(struct analyst *a, const struct in6_addr *address);
/* Whether policy or roster allows the tool to this account (NULL: to anybody). */
bool join_is_approved(const struct analyst *a, const struct account *account, const char *app);
/* Puts account, lease, address and the device's name into an event. */
void join_place_event(struct analyst *a, const struct join_end *end, struct detect_event *e);
/* The far end of an event, with its place. */
void join_set_far(struct analyst *a, struct detect_event *e, const struct in6_addr *far);

#endif
