/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Findings: what one detector says of one subject and object, from the first sighting on.
 *
 * The id is FNV-1a 64 over detector, subject and object, each ended by a zero octet. A finding is
 * written at once, again when its severity rises, else at most once an hour of packet time and at
 * the end, and only if it grew.
 */
#ifndef SENSOR_FINDING_H
#define SENSOR_FINDING_H

#include "account.h"
#include "claim.h"
#include "suppress.h"

#define FINDING_OBJECT 208
#define FINDING_SUMMARY 640
#define FINDING_CLAIMS 6
#define FINDING_ADDRESSES 4
#define FINDING_SITES 8        /* sites in whose sessions it was earned */
#define FINDING_PER_SUBJECT 64 /* the least recently seen goes */
#define FINDING_REFERENCE 256

enum finding_family {
    FAMILY_PLACE,
    FAMILY_SHARING,
    FAMILY_DRIVING,
    FAMILY_PHYSICS,
    FAMILY_HABIT,
    FAMILY_INDICATOR,
    FAMILY_ROSTER,
    FAMILY_COUNT
};

/* What a detector says to the pattern that a case's sentence names. */
#define FINDING_SIGN_SITE_SHARED 0x01u
#define FINDING_SIGN_ACCOUNT_SHARED 0x02u
#define FINDING_SIGN_ANONYMISER 0x04u
#define FINDING_SIGN_PLACE 0x08u
#define FINDING_SIGN_DRIVEN 0x10u
#define FINDING_SIGN_PHYSICS 0x20u
#define FINDING_SIGN_INDICATOR 0x40u
#define FINDING_SIGN_THEFT 0x80u

struct detector;
struct detect;

struct names;

struct sighting {
    const struct detector *detector;
    struct account *account; /* one of the two, or site_address */
    struct in6_addr site_address;
    const struct observation *cause;
    const struct names *names; /* what addresses were looked up as */
    int64_t now_us;
    enum config_severity severity;
    double weight;
    char object[FINDING_OBJECT];
    char who[320];
    char device[DEVICE_NAME];
    char summary[FINDING_SUMMARY];
    char reference[FINDING_REFERENCE]; /* of an indicator; "" for none */
    char domain[256];                  /* the name concerned, for suppression */
    struct claim claims[FINDING_CLAIMS];
    unsigned claim_count;
    struct in6_addr addresses[FINDING_ADDRESSES];
    unsigned address_count;
    bool is_same_event;  /* raises severity, but is no further sighting */
    bool lists_accounts; /* the subject's site is shared: name its accounts */
};

struct finding {
    uint64_t id;
    const struct detector *detector;
    struct account *account; /* subject: one of the two */
    struct site *site;
    enum config_severity severity, written_severity;
    double weight;
    uint64_t count, written_count;
    int64_t first_us, last_us, written_us;
    bool is_written, is_suppressed, lists_accounts, is_grown;
    uint64_t last_flow; /* further sightings in one flow count once */
    char object[FINDING_OBJECT];
    char summary[FINDING_SUMMARY];
    char device[DEVICE_NAME];
    char site_name[LOCALITY_SITE_SIZE]; /* where the sighting took place; "" when nobody can say */
    char reference[FINDING_REFERENCE];
    struct claim *claims;
    unsigned claim_count;
    struct in6_addr addresses[FINDING_ADDRESSES];
    unsigned address_count;
    struct finding_site {
        uint64_t serial;
        int64_t last_us;
    } sites[FINDING_SITES]; /* by serial of the site */
    unsigned site_count;
    struct finding *prev, *next;             /* of the subject */
    struct finding *grown_prev, *grown_next; /* those that grew since they were written */
};

struct findings;

struct findings_request {
    const struct config *config;
    const struct geoip *geoip;
    struct accounts *accounts;
    struct suppress *suppress;
    void (*alert)(void *context, const struct alert *a);
    void (*touched)(void *context, struct finding *f); /* after each sighting: cases are due */
    void *context;
};

struct findings *findings_open(const struct findings_request *request);
void findings_close(struct findings *t);
/* Takes the sighting into its finding and writes what is due. NULL when the subject is exempt or
 * memory is short. */
struct finding *findings_sight(struct findings *t, const struct sighting *s);
/* Writes updates whose hour has passed. */
void findings_age(struct findings *t, int64_t now_us);
/* Writes all that grew since, in the order of first sighting and id. */
void findings_finish(struct findings *t);
/* The subject goes: writes what grew if asked to, frees its findings. */
void findings_drop(struct findings *t, struct subject_state *state, bool write);

/* From a state file: copies what the row says of itself alone; claims and sites come after. NULL:
 * the subject has as many as it may, or memory is short. */
struct finding *findings_restore(
    struct findings *t, struct subject_state *state, const struct finding *row);
/* While there is room. */
void finding_add_claim(struct finding *f, const struct claim *claim);

/* Alphabetical: the order of subject.accounts. */
void finding_sort_names(const char **names, unsigned count);
/* 100 / (1 + exp(5 - weight)), rounded. */
int finding_score(double weight);
uint64_t finding_id(
    const char *detector, const struct account *a, const char *site, const char *object);
/* True when it was earned in sessions at that site since. */
bool finding_earned_at(const struct finding *f, const struct site *s, int64_t since_us);

#endif
