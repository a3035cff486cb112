/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The configuration: everything an operator can say, loaded from YAML, checked as a whole, then
 * immutable.
 *
 * Loaded through libcyaml. Every key is optional; an unknown key or a wrong type is an error with
 * file, line, column and the nearest valid key. Detectors' keys come from the detectors' own
 * tables, so that adding a detector touches its file and the registry only.
 */
#ifndef CONF_CONFIG_H
#define CONF_CONFIG_H

#include "cidr.h"
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum config_severity {
    SEVERITY_INFO,
    SEVERITY_LOW,
    SEVERITY_MEDIUM,
    SEVERITY_HIGH,
    SEVERITY_CRITICAL,
    SEVERITY_COUNT
};

#define CONFIG_DETECTOR_KEYS 16
#define CONFIG_DETECTORS 48

/* One key of a detector, as its file declares it. */
struct config_detector_key {
    const char *name; /* "min-distance-km" */
    enum {
        CONFIG_NUMBER,
        CONFIG_DURATION /* "15m", "24h", "7d"; seconds in value */,
        CONFIG_SEVERITY
    } type;
    double value;       /* default (a duration in seconds; a severity as its number) */
    const char *unit;   /* "km", "ratio", "accounts" ... */
    const char *source; /* why this number: advisory, paper, measurement */
};

/* What the registry tells the loader of one detector. */
struct config_detector_spec {
    const char *name;
    enum config_severity severity;
    double weight;
    const struct config_detector_key
        *keys; /* key_count of them; their order gives the index into `key` below */
    unsigned key_count;
};

struct config_detector {
    bool enabled;
    enum config_severity severity;
    double weight;
    double key[CONFIG_DETECTOR_KEYS];
};

struct config_cidrs {
    struct cidr *list;
    unsigned count;
};
struct config_texts {
    const char **list;
    unsigned count;
};

struct config_flag {
    const char *name;
    double weight;
    const char *note;
};

enum config_link { LINK_UNSAID, LINK_WIRED, LINK_MOBILE, LINK_SATELLITE, LINK_SLOW };

struct config_contractor {
    const char *name;
    struct config_texts accounts;
    char country[3]; /* claimed; "" when not said */
    const char *region;
    const char *timezone; /* IANA name, checked; NULL when not said */
    bool has_home;
    double latitude, longitude;
    int hours_from, hours_to; /* minutes after midnight in timezone; -1 when not said */
    struct config_texts devices, approved_tools;
    enum config_link link;
    int64_t start, end; /* Unix seconds at 00:00 UTC; 0 when not said */
    struct config_flag *flags;
    unsigned flag_count;
};

enum config_confidence { CONFIDENCE_CONFIRMED, CONFIDENCE_REPORTED, CONFIDENCE_UNVERIFIED };

struct config_indicator {
    const char *name, *source, *date;
    enum config_confidence confidence;
    bool has_severity, has_weight;
    enum config_severity severity; /* from the confidence unless said: confirmed high 5, reported
                                      medium 3, unverified low 1.5 */
    double weight;
    int64_t expires; /* Unix seconds; 0 = never */
    struct config_texts domains, ja3, ja4, certificates, macs;
    struct config_cidrs networks;
    uint32_t *asns;
    unsigned asn_count;
    const char *file; /* where it stands, for messages */
};

struct config_suppress {
    const char *detector, *account, *site, *reason;
    bool has_network;
    struct cidr network;
    uint16_t port; /* 0 = any */
    const char *domain;
    uint32_t asn;  /* 0 = any */
    int64_t until; /* Unix seconds; 0 = for ever */
    unsigned line;
};

enum config_output_type { OUTPUT_YAML, OUTPUT_JSON, OUTPUT_SYSLOG };
#define OUTPUT_ALERTS 1u
#define OUTPUT_OBSERVATIONS 2u
#define OUTPUT_HEALTH 4u

struct config_output {
    enum config_output_type type;
    const char *path; /* file, "-" = standard output; NULL with a url */
    const char *url;  /* udp://H:P tcp://H:P tls://H:P unix:PATH */
    enum { SYSLOG_RFC5424, SYSLOG_CEF } format;
    unsigned what; /* OUTPUT_ bits; alerts when not said */
    bool has_min_severity;
    enum config_severity min_severity; /* default: info for files and stdout, medium for syslog */
    unsigned rotate_mib, keep;
};

struct config_memory;

struct config {
    struct config_memory *memory; /* owns all that is pointed to */
    const char *file;             /* NULL when there was none */
    struct {
        const char *name;
        struct config_texts interfaces;
        const char *filter;
        unsigned workers, snaplen, buffer_mib;
        bool has_location;
        double latitude, longitude;
        const char *run_as;
    } sensor;
    struct {
        unsigned flows, flow_memory_mib, accounts, sites, stream_bytes, fragments;
        int64_t lease_us, duplicate_window_us;
        int64_t tcp_us, tcp_closing_us, udp_us, icmp_us; /* timeouts */
    } limits;
    struct {
        struct config_cidrs inside, company, vpn_gateways, vpn_pools, trusted;
    } networks;
    struct {
        const char *country, *city, *asn, *anonymous_ip, *connection_type, *isp;
    } geoip;
    struct {
        struct config_texts watched_countries, allowed_countries, approved_tools, approved_vpns;
        bool keep_realms;  /* realms: keep */
        bool watch_roster; /* watch: roster */
    } policy;
    const char *roster_path;
    struct config_contractor *contractors;
    unsigned contractor_count;
    struct config_texts indicator_paths;
    struct config_indicator
        *indicators; /* the shipped dprk.yaml (embedded) when no path is configured */
    unsigned indicator_count;
    struct config_detector detectors[CONFIG_DETECTORS]; /* by index in the spec table */
    struct config_suppress *suppress;
    unsigned suppress_count;
    struct {
        double medium, high, critical;
    } cases; /* scores, 0-100 */
    struct config_output *outputs;
    unsigned output_count;
    const char *state_path;
    const char *metrics_listen;
    bool classify_enabled; /* classify: {enabled}: nDPI on or off */
};

struct config_request {
    const char *path;             /* -c; NULL = defaults only */
    const char *const *overrides; /* --set key=value (dotted path), in order */
    unsigned override_count;
    const char *roster; /* --roster, or NULL */
    const char *state;  /* --state, or NULL */
    const struct config_detector_spec *specs;
    unsigned spec_count;
    void (*message)(void *context,
        const char *line); /* each error and warning, "file:line:column: key: what was expected" */
    void *context;
};

/* NULL after at least one message. The result owns all that it points to. */
struct config *config_load(const struct config_request *request);
void config_free(struct config *c);

/* The configuration as YAML that config_load reads back to the same (--dump-config): effective
 * values of every key. 0 or -1 with errno. */
int config_dump(const struct config *c, const struct config_detector_spec *specs,
    unsigned spec_count, FILE *to);

const char *config_severity_name(enum config_severity s);

#endif
