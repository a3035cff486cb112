/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a detector is: one file with one `const struct detector`, one row in registry.c.
 *
 * The analysis turns observations into a few kinds of events, with account, site, device and place
 * already known. A detector sees the events that it wants and reports sightings; merging them into
 * findings, updates, suppression and cases are not its business.
 *
 * Days of history (baselines): declare memory_bytes, the size of a struct of plain numbers and
 * texts without pointers, and memory_version; then detect_memory() gives the struct that belongs to
 * the event's account, else its site, zeroed the first time. It outlives restarts where a state
 * file is kept. Key its days by packet time (now_us / DAY_US), and overwrite the oldest. Whenever
 * the struct's meaning changes, raise memory_version and correct memory_fields: what an older
 * version stored is forgotten. Never keep history in `open` state: that ends with the process.
 */
#ifndef SENSOR_DETECT_DETECT_H
#define SENSOR_DETECT_DETECT_H

#include "../account.h"
#include "../activity.h"
#include "../finding.h"
#include "../minutes.h"
#include "../place.h"
#include "../watch.h"

#define DAY_US (INT64_C(86400) * 1000000)
#define HOUR_US (INT64_C(3600) * 1000000)
#define MINUTE_US (INT64_C(60) * 1000000)
#define SECOND_US INT64_C(1000000)

enum detect_event_kind {
    EVENT_LOGIN,    /* a login from outside, or a remote-access session that no login explains */
    EVENT_LIFE,     /* a lease shows that it still lives, or ends */
    EVENT_OVERLAP,  /* the least overlap of two sessions has passed since a login */
    EVENT_CONTROL,  /* remote-control session on a watched device: connected, then controlled */
    EVENT_PEER,     /* the hidden far end of a relayed remote-control session */
    EVENT_FLOW,     /* an established flow with a watched network */
    EVENT_EXPOSED,  /* a desktop or SSH session from outside that a watched device accepted */
    EVENT_TUNNEL,   /* a tunnel out of a watched device that is on the company's VPN */
    EVENT_ACTIVITY, /* ten minutes of a session, or of a device's flows: when its ends spoke */
    EVENT_RTT,      /* how far a client is, by which layer's clock; lease and account when known */
    EVENT_UPLOAD,   /* bytes that a device sent to code hosting or cloud storage */
    EVENT_SIGN      /* any other observation: names, fingerprints, addresses */
};
#define WANTS(kind) (1u << (kind))

/* Whose ten minutes an EVENT_ACTIVITY tells of. */
enum detect_activity {
    ACTIVITY_TUNNEL,  /* a VPN, of which only the outside is seen */
    ACTIVITY_DESKTOP, /* RDP, VNC */
    ACTIVITY_TOOL,    /* a remote-control tool */
    ACTIVITY_HANDS,   /* SSH */
    ACTIVITY_CALL,    /* audio and video; its app is the observation's */
    ACTIVITY_DEVICE   /* a device's web and mail flows, and what it says to the company */
};

/* The part that a watched device plays in a remote-control session. */
enum detect_role { ROLE_UNKNOWN, ROLE_DRIVEN, ROLE_VIEWER };

struct detect_event {
    enum detect_event_kind kind;
    const struct observation *observation;
    int64_t now_us;          /* the analyst's clock */
    struct account *account; /* NULL: not known */
    struct lease *lease;     /* NULL: no login is known */
    struct in6_addr address; /* where the person or device is: its site */
    char device[DEVICE_NAME];
    /* LOGIN: the outside address. CONTROL, PEER, FLOW, EXPOSED, TUNNEL: the far end, when has_far.
     */
    bool has_far;
    struct in6_addr far;
    struct geoip_place place; /* of far */
    /* CONTROL, PEER, EXPOSED, TUNNEL */
    const char *app, *state, *sign;
    enum detect_role role;
    bool is_controlled, is_first; /* is_first: this session was not reported before */
    bool is_far_new;              /* its far end was not known when it was reported before */
    bool is_driver_new;           /* for the first time the far end is known to drive the device */
    /* RTT: of the outside address, `far`; layer by the vocabulary (tcp, tls, openvpn, inner ...) */
    const char *layer;
    int64_t rtt_us;
    /* UPLOAD */
    const char *service;
    uint64_t bytes;
    /* ACTIVITY; `input` only when is_driven: the direction of packets to the driven device */
    enum detect_activity activity_of;
    const struct activity *activity;
    const struct activity_gaps *gaps;
    struct in6_addr host; /* the device's own address, inside */
    bool is_driven;
    unsigned input;
};

/* Per detector and run. */
struct detect {
    const struct config *config;
    const struct config_detector *own; /* severity, weight, keys in the order of the table */
    const struct geoip *geoip;
    const struct watch *watch;
    const struct names *names;
    struct accounts *accounts;
    struct findings *findings;
    const struct detector *detector;
    void *state; /* what open made */
};

struct detector {
    const char *name, *about;
    const char *rule, *blind; /* for --list-detectors -v: what it does, what it cannot see */
    enum finding_family family;
    unsigned signs; /* FINDING_SIGN_: what it says to a case's pattern */
    enum config_severity severity;
    double weight;
    const struct config_detector_key *keys;
    unsigned key_count;
    const char *const *attack; /* NULL-terminated, like references */
    const char *const *references;
    const char *action;
    unsigned wants; /* WANTS(EVENT_...) */
    void (*run)(const struct detect *d, const struct detect_event *e);
    void (*finish)(const struct detect *d, int64_t now_us); /* optional: no more will come */
    void *(*open)(const struct detect *d);                  /* optional; NULL result = no state */
    void (*close)(void *state);
    unsigned memory_version; /* of what detect_memory() gives; 0 with memory_bytes 0: keeps none */
    size_t memory_bytes;     /* at most MEMORY_BLOCK_MOST */
    const struct memory_field *memory_fields; /* what it is made of */
};

/* The table, in the order in which detectors run. */
extern const struct detector *const detect_table[];
extern const unsigned detect_table_count;

/* A sighting begun: subject (the account when known, else the site), time, cause, and the address
 * that the event is about; severity and weight as configured. */
void detect_begin(struct sighting *s, const struct detect *d, const struct detect_event *e);
/* How the minutes of an EVENT_ACTIVITY count as somebody's work; false: not at all. */
bool detect_minutes_source(const struct detect_event *e, enum minutes_source *source);
/* What was seen earlier, as the cause of a sighting now. */
void detect_recall(struct observation *o, const struct claim_source *source);
/* One step down: the severity below, and half the weight. */
void detect_lower(struct sighting *s);
/* Adds evidence; what and value are cut to fit. source NULL = the event's observation. */
void detect_claim(struct sighting *s, const struct claim_source *source, const char *what,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Where an address is, what network, and as what it was looked up. */
void detect_claim_place(struct sighting *s, const struct claim_source *source, const char *what,
    const struct in6_addr *address, const struct geoip_place *place);
void detect_say(struct sighting *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Whom the summary is about: "jdoe", or "a device at 192.0.2.7". Borrowed from the sighting. */
const char *detect_who(const struct sighting *s);
/* The same within a sentence. */
void detect_who_within(const struct sighting *s, char *out, size_t size);
/* What named something, in words: "DNS question" for dns-question. */
const char *detect_words(const char *what);
/* Whom the event is about: its account, else its site, made if need be. NULL: memory is short. */
struct subject_state *detect_subject(const struct detect *d, const struct detect_event *e);
/* What this detector remembers of detect_subject(); take it when something is to be written. NULL:
 * memory is short. */
void *detect_memory(const struct detect *d, const struct detect_event *e);
/* True when the roster claims that country for the account. */
bool detect_claims(const struct account *a, const char *country);

#endif
