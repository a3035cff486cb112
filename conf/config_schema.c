/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The tables of the configuration file: every key with its default and the reason for it. The
 * detectors' own keys are put in from what the detectors' registry declares.
 */
#include "config_option.h"
#include "config_text.h"

#include <string.h>

/* clang-format off */
#define SIZE(type, member) sizeof(((type *)0)->member)
#define IN(type, member) .offset = offsetof(type, member), .size = SIZE(type, member)
#define AT(member) IN(struct config, member)
#define LIST_AT(of, counter, what) .kind = KIND_LIST, .offset = offsetof(struct config, of), \
    .size = sizeof(*((struct config *)0)->of), .count_offset = offsetof(struct config, counter), .entry = &(what)
#define TEXTS_AT(member, what) LIST_AT(member.list, member.count, what)
#define MAP_OF(table) .kind = KIND_MAP, .children = (table)
#define END { .key = NULL }

/* Room for the largest machine of today; each entry costs what its help says. */
#define TABLE_MOST 100e6

static const struct config_option a_text = { .kind = KIND_TEXT };
static const struct config_option a_path = { .kind = KIND_PATH };
static const struct config_option a_prefix = { .kind = KIND_PREFIX };
static const struct config_option an_address = { .kind = KIND_ADDRESS };
static const struct config_option a_country = { .kind = KIND_COUNTRY };

const struct config_word config_severity_words[] = {
    { "info", SEVERITY_INFO }, { "low", SEVERITY_LOW }, { "medium", SEVERITY_MEDIUM },
    { "high", SEVERITY_HIGH }, { "critical", SEVERITY_CRITICAL }, { NULL, 0 }
};

static const struct config_option location_options[] = {
    { .key = "latitude", .kind = KIND_NUMBER, AT(sensor.latitude), .least = -90, .most = 90, .is_required = true },
    { .key = "longitude", .kind = KIND_NUMBER, AT(sensor.longitude), .least = -180, .most = 180, .is_required = true },
    END
};

static const struct config_option sensor_options[] = {
    { .key = "name", .kind = KIND_TEXT, AT(sensor.name), .initial = "farmwatch",
      .help = "What this sensor calls itself in alerts. Not the host's name unless you say so, so that a replay gives the same bytes everywhere." },
    { .key = "interfaces", TEXTS_AT(sensor.interfaces, a_text), .example = "[eth0]",
      .help = "What to watch when neither -i nor -r is given." },
    { .key = "filter", .kind = KIND_TEXT, AT(sensor.filter), .example = "not port 9100",
      .help = "BPF expression, as tcpdump's; words on the command line replace it." },
    { .key = "workers", .kind = KIND_COUNT, AT(sensor.workers), .initial = "0", .least = 0, .most = 64,
      .help = "Threads that read packets, up to 64; 0 is one per core. The output is the same with any number." },
    { .key = "snaplen", .kind = KIND_COUNT, AT(sensor.snaplen), .initial = "65535", .least = 96, .most = 262144,
      .help = "Bytes taken of each packet. Whole packets, since names stand late in certificates and syslog lines." },
    { .key = "buffer-mib", .kind = KIND_COUNT, AT(sensor.buffer_mib), .initial = "64", .least = 1, .most = 4096,
      .help = "Ring of each worker in the kernel. 64 lost nothing at 0.3 million packets a second; larger ones take longer to map." },
    { .key = "location", MAP_OF(location_options), .present_offset = offsetof(struct config, sensor.has_location),
      .example = "{latitude: 47.61, longitude: -122.33}",
      .help = "Where the sensor stands. Unset: path-too-long and path-too-short stand down." },
    { .key = "run-as", .kind = KIND_TEXT, AT(sensor.run_as), .example = "farmwatch",
      .help = "User to become once the interfaces are open. Unset: it stays who started it, without the capabilities." },
    END
};

static const struct config_option timeout_options[] = {
    { .key = "tcp", .kind = KIND_DURATION, AT(limits.tcp_us), .initial = "30m",
      .help = "Silence that ends a TCP flow. RFC 5382 asks NATs for two hours, but nobody works through a flow that was silent for half of one." },
    { .key = "tcp-closing", .kind = KIND_DURATION, AT(limits.tcp_closing_us), .initial = "30s",
      .help = "The same once FIN or RST was seen: what comes later are stray copies." },
    { .key = "udp", .kind = KIND_DURATION, AT(limits.udp_us), .initial = "3m",
      .help = "RFC 4787 asks NATs for 2 minutes or more; WireGuard rekeys after 2." },
    { .key = "icmp", .kind = KIND_DURATION, AT(limits.icmp_us), .initial = "30s",
      .help = "Echo and its answer." },
    END
};

static const struct config_option limits_options[] = {
    { .key = "flows", .kind = KIND_COUNT, AT(limits.flows), .initial = "1000000", .least = 1000, .most = TABLE_MOST,
      .help = "Flows remembered at once, over all workers; then the longest silent goes, reported and counted." },
    { .key = "flow-memory-mib", .kind = KIND_COUNT, AT(limits.flow_memory_mib), .initial = "1024", .least = 16, .most = 1048576,
      .help = "All that flows may take, streams and nDPI's state with them: a quarter of a small server." },
    { .key = "accounts", .kind = KIND_COUNT, AT(limits.accounts), .initial = "100000", .least = 16, .most = TABLE_MOST,
      .help = "Login names remembered: above any one company's, so that guessing of names is what hits it." },
    { .key = "sites", .kind = KIND_COUNT, AT(limits.sites), .initial = "100000", .least = 16, .most = TABLE_MOST,
      .help = "Public addresses that accounts came from." },
    { .key = "stream-bytes", .kind = KIND_COUNT, AT(limits.stream_bytes), .initial = "16384", .least = 2048, .most = 1048576,
      .help = "Start of each direction of a flow that parsers see: a TLS server's whole certificate chain, mostly." },
    { .key = "fragments", .kind = KIND_COUNT, AT(limits.fragments), .initial = "4096", .least = 16, .most = 1048576,
      .help = "Datagrams being put together at once. Linux gives the same work 4 MiB (ipfrag_high_thresh): this many of a kilobyte." },
    { .key = "lease", .kind = KIND_DURATION, AT(limits.lease_us), .initial = "24h",
      .help = "How long an account keeps an address when nobody tells of its logout: a working day and its night. An address that is at work without a pause is kept on." },
    { .key = "duplicate-window", .kind = KIND_DURATION, AT(limits.duplicate_window_us), .initial = "1ms",
      .help = "Two equal packets within this time are one packet seen by two taps. Retransmissions come later: their shortest timer is 200 ms." },
    { .key = "timeouts", MAP_OF(timeout_options), .help = "After which silence a flow has ended." },
    END
};

static const struct config_option networks_options[] = {
    { .key = "inside", TEXTS_AT(networks.inside, a_prefix),
      .initial = "[10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16, 127.0.0.0/8, 'fc00::/7', 'fe80::/10', '::1/128']",
      .help = "Where devices stand. Private ranges (RFC 1918, RFC 4193, link-local, loopback); not 100.64.0.0/10, which is a provider's." },
    { .key = "company", TEXTS_AT(networks.company, a_prefix), .example = "[198.51.100.0/24]",
      .help = "Public addresses of one's own: a viewer that goes there is at work." },
    { .key = "vpn-gateways", TEXTS_AT(networks.vpn_gateways, an_address), .example = "[198.51.100.1]",
      .help = "Outside addresses of the company's VPN." },
    { .key = "vpn-pools", TEXTS_AT(networks.vpn_pools, a_prefix), .example = "[10.99.0.0/16]",
      .help = "Inside addresses that the VPN gives out." },
    { .key = "trusted", TEXTS_AT(networks.trusted, a_prefix), .example = "[203.0.113.7]",
      .help = "Exempt from every detector: branch offices, test laboratories." },
    END
};

static const struct config_option geoip_options[] = {
    { .key = "country", .kind = KIND_PATH, AT(geoip.country), .example = "/var/lib/GeoIP/GeoLite2-Country.mmdb",
      .help = "MaxMind DB files; relative paths start at this file's folder. Unset: the country table inside the program." },
    { .key = "city", .kind = KIND_PATH, AT(geoip.city), .example = "/var/lib/GeoIP/GeoLite2-City.mmdb",
      .help = "Gives coordinates with a radius: distances become exact." },
    { .key = "asn", .kind = KIND_PATH, AT(geoip.asn), .example = "/var/lib/GeoIP/GeoLite2-ASN.mmdb",
      .help = "Gives networks their holders' names." },
    { .key = "anonymous-ip", .kind = KIND_PATH, AT(geoip.anonymous_ip), .example = "/var/lib/GeoIP/GeoIP2-Anonymous-IP.mmdb",
      .help = "Commercial: hosting, VPN, Tor, residential proxies." },
    { .key = "connection-type", .kind = KIND_PATH, AT(geoip.connection_type), .example = "/var/lib/GeoIP/GeoIP2-Connection-Type.mmdb",
      .help = "Commercial: cable, mobile, satellite." },
    { .key = "isp", .kind = KIND_PATH, AT(geoip.isp), .example = "/var/lib/GeoIP/GeoIP2-ISP.mmdb",
      .help = "Commercial: provider and organisation." },
    END
};

static const struct config_word realm_words[] = { { "ignore", 0 }, { "keep", 1 }, { NULL, 0 } };
static const struct config_word watch_words[] = { { "all", 0 }, { "roster", 1 }, { NULL, 0 } };

static const struct config_option policy_options[] = {
    { .key = "watched-countries", TEXTS_AT(policy.watched_countries, a_country), .initial = "[CN, RU, KP]",
      .help = "A login from there is a finding. The advisory of May 2022 names China and Russia as where DPRK IT workers sit." },
    { .key = "allowed-countries", TEXTS_AT(policy.allowed_countries, a_country), .example = "[US, CA]",
      .help = "When set, a login from anywhere else is a finding." },
    { .key = "approved-tools", TEXTS_AT(policy.approved_tools, a_text), .example = "[TeamViewer]",
      .help = "Remote-control tools that may be used, by the names of --list-tools; case, spaces and hyphens do not matter." },
    { .key = "approved-vpns", TEXTS_AT(policy.approved_vpns, a_text), .example = "[Tailscale]",
      .help = "The same for VPNs and meshes." },
    { .key = "realms", .kind = KIND_WORD, AT(policy.keep_realms), .words = realm_words, .initial = "ignore",
      .help = "ignore: user@REALM and DOMAIN\\user are user, since gateways and Kerberos write one person differently; keep: they differ." },
    { .key = "watch", .kind = KIND_WORD, AT(policy.watch_roster), .words = watch_words, .initial = "all",
      .help = "all: every account that logs in from outside; roster: only those of the roster." },
    END
};

/* Told apart by index: see config_options(). */
static const struct config_option suppress_options[] = {
    { .key = "detector", .kind = KIND_NAME, IN(struct config_suppress, detector) },
    { .key = "account", .kind = KIND_TEXT, IN(struct config_suppress, account) },
    { .key = "site", .kind = KIND_SITE, IN(struct config_suppress, site) },
    { .key = "network", .kind = KIND_PREFIX, IN(struct config_suppress, network),
      .present_offset = offsetof(struct config_suppress, has_network) },
    { .key = "port", .kind = KIND_COUNT, IN(struct config_suppress, port), .least = 1, .most = UINT16_MAX },
    { .key = "domain", .kind = KIND_DOMAIN, IN(struct config_suppress, domain) },
    { .key = "asn", .kind = KIND_ASN, IN(struct config_suppress, asn) },
    { .key = "until", .kind = KIND_DATE, IN(struct config_suppress, until) },
    { .key = "reason", .kind = KIND_TEXT, IN(struct config_suppress, reason) },
    END
};
#define SUPPRESS_DETECTOR 0

static const struct config_option cases_options[] = {
    { .key = "medium", .kind = KIND_NUMBER, AT(cases.medium), .initial = "30", .least = 0, .most = 100,
      .help = "Two or three weak signs, or a strong one." },
    { .key = "high", .kind = KIND_NUMBER, AT(cases.high), .initial = "70", .least = 0, .most = 100,
      .help = "Strong signs of two families." },
    { .key = "critical", .kind = KIND_NUMBER, AT(cases.critical), .initial = "95", .least = 0, .most = 100,
      .help = "Hardly to be explained otherwise; a DPRK network alone reaches it." },
    END
};

static const struct config_word type_words[] = {
    { "yaml", OUTPUT_YAML }, { "json", OUTPUT_JSON }, { "syslog", OUTPUT_SYSLOG }, { NULL, 0 }
};
static const struct config_word format_words[] = {
    { "rfc5424", SYSLOG_RFC5424 }, { "cef", SYSLOG_CEF }, { NULL, 0 }
};
static const struct config_word what_words[] = {
    { "alerts", OUTPUT_ALERTS }, { "observations", OUTPUT_OBSERVATIONS }, { "health", OUTPUT_HEALTH }, { NULL, 0 }
};

static const struct config_option output_options[] = {
    { .key = "type", .kind = KIND_WORD, IN(struct config_output, type), .words = type_words, .is_required = true },
    { .key = "path", .kind = KIND_TEXT, IN(struct config_output, path) },
    { .key = "url", .kind = KIND_URL, IN(struct config_output, url) },
    { .key = "format", .kind = KIND_WORD, IN(struct config_output, format), .words = format_words, .initial = "rfc5424" },
    { .key = "what", .kind = KIND_FLAGS, IN(struct config_output, what), .words = what_words, .initial = "[alerts]" },
    { .key = "min-severity", .kind = KIND_WORD, IN(struct config_output, min_severity), .words = config_severity_words,
      .present_offset = offsetof(struct config_output, has_min_severity) },
    { .key = "rotate-mib", .kind = KIND_COUNT, IN(struct config_output, rotate_mib), .initial = "100", .least = 0, .most = 1048576 },
    { .key = "keep", .kind = KIND_COUNT, IN(struct config_output, keep), .initial = "10", .least = 0, .most = 10000 },
    END
};
static const struct config_option an_output = { MAP_OF(output_options), .size = sizeof(struct config_output) };

static const struct config_option metrics_options[] = {
    { .key = "listen", .kind = KIND_LISTEN, AT(metrics_listen), .example = "127.0.0.1:9494",
      .help = "Where counters would be served over HTTP; this version serves none, and says so." },
    END
};

static const struct config_option classify_options[] = {
    { .key = "enabled", .kind = KIND_BOOL, AT(classify_enabled), .initial = "true",
      .help = "nDPI's classification of what no parser of ours has read. Without it tools are known by handshakes, names and ports only." },
    END
};

static const struct config_option top_options[] = {
    { .key = "sensor", MAP_OF(sensor_options), .help = "This sensor and its packets." },
    { .key = "limits", MAP_OF(limits_options), .help = "Every table is bounded; what leaves one at its limit is counted and said." },
    { .key = "networks", MAP_OF(networks_options), .help = "Which addresses are whose. A lone address is a prefix of its own." },
    { .key = "geoip", MAP_OF(geoip_options), .help = "Geo databases, read at start." },
    { .key = "policy", MAP_OF(policy_options), .help = "What is allowed here." },
    { .key = "roster", .kind = KIND_PATH, AT(roster_path), .example = "contractors.yaml",
      .help = "Who works here and from where: see contractors.example.yaml. Relative to this file's folder." },
    { .key = "indicators", TEXTS_AT(indicator_paths, a_path), .example = "[indicators/dprk.yaml, mine.yaml]",
      .help = "Names and networks of known actors. Unset: the list of indicators/dprk.yaml, which is inside the program." },
    { .key = "detectors", .kind = KIND_MAP, .help = "What is looked for. A weight is natural log-odds: how much one finding adds to its subject's case." },
    { .key = "suppress", LIST_AT(suppress, suppress_count, a_text),
      .example = "\n  - detector: egress-country\n    account: jdoe\n    network: 203.0.113.0/24\n    until: 2027-01-31\n    reason: posted to Shanghai\n",
      .help = "Alerts not to write: an entry matches when all that it names does (detector, account, site, network, port, domain, asn). From the day of `until` on (UTC, by the packets' time) it no longer does." },
    { .key = "cases", MAP_OF(cases_options), .help = "Scores (0-100) from which the findings on one subject make a case of that severity." },
    { .key = "outputs", LIST_AT(outputs, output_count, an_output),
      .example = "\n  - type: yaml\n    path: /var/log/farmwatch/alerts.yaml\n    min-severity: info\n    rotate-mib: 100\n    keep: 10\n"
          "  - type: syslog\n    url: udp://192.0.2.10:514\n    format: rfc5424\n    what: [alerts, health]\n    min-severity: medium\n",
      .help = "Where alerts go. type yaml or json with a path (- is standard output), syslog with a url (udp:// tcp:// unix:). what: alerts, observations, health. "
          "min-severity is info for files and medium for syslog, where somebody is woken. A file is rotated at 100 MiB and 10 are kept unless said otherwise; rotate-mib 0 never rotates." },
    { .key = "state", .kind = KIND_TEXT, AT(state_path), .example = "/var/lib/farmwatch/state.db",
      .help = "What is known outlives a restart in this SQLite file: accounts, sites, devices, leases, findings, cases, what detectors learned. Alerts that an output could not take wait in files beside it. Replays use one only when --state names it." },
    { .key = "metrics", MAP_OF(metrics_options), .help = "Counters for a monitoring system." },
    { .key = "classify", MAP_OF(classify_options), .help = "Recognition of applications." },
    END
};
#define TOP_DETECTORS 7
#define TOP_SUPPRESS 8
/* clang-format on */

/* e^20 to 1: no sum of other findings outweighs it, so more would mean no more. */
#define WEIGHT_MOST 20

/* "km: Elastic 500 km"; a duration's unit stands with its value. */
static const char *
detector_help(struct config_memory *m, const struct config_detector_key *key)
{
    bool has_unit = key->type == CONFIG_NUMBER && key->unit != NULL && key->unit[0] != '\0';

    if (!has_unit || key->source == NULL)
        return has_unit ? key->unit : key->source;
    return config_memory_print(m, "%s: %s", key->unit, key->source);
}

static struct config_option
detector_key(struct config_memory *m, const struct config_detector_key *key, unsigned index)
{
    static const enum config_kind kinds[] = {
        [CONFIG_NUMBER] = KIND_NUMBER,
        [CONFIG_DURATION] = KIND_SECONDS,
        [CONFIG_SEVERITY] = KIND_WORD,
    };
    char text[CONFIG_TEXT_SIZE];

    if (key->type == CONFIG_DURATION)
        config_text_duration(text, key->value * 1e6);
    else if (key->type == CONFIG_SEVERITY)
        snprintf(text, sizeof(text), "%s", config_severity_words[(unsigned)key->value].text);
    else
        config_text_number(text, key->value);
    return (struct config_option){
        .key = key->name,
        .kind = kinds[key->type],
        .offset = offsetof(struct config_detector, key) + index * sizeof(double),
        .size = sizeof(double),
        .initial = config_memory_copy(m, text, strlen(text)),
        .help = detector_help(m, key),
        .words = key->type == CONFIG_SEVERITY ? config_severity_words : NULL,
    };
}

static const struct config_option *
detector_options(struct config_memory *m, const struct config_detector_spec *spec)
{
    const struct config_option shared[] = {
        { .key = "enabled",
            .kind = KIND_BOOL,
            IN(struct config_detector, enabled),
            .initial = "true" },
        { .key = "severity",
            .kind = KIND_WORD,
            IN(struct config_detector, severity),
            .words = config_severity_words,
            .initial = config_severity_words[spec->severity].text },
        { .key = "weight",
            .kind = KIND_NUMBER,
            IN(struct config_detector, weight),
            .most = WEIGHT_MOST,
            .initial = config_memory_print(m, "%g", spec->weight) },
    };
    const unsigned count = sizeof(shared) / sizeof(shared[0]);
    struct config_option *all = config_memory_take(m, (count + spec->key_count + 1) * sizeof(*all));

    memcpy(all, shared, sizeof(shared));
    for (unsigned i = 0; i < spec->key_count; i++)
        all[count + i] = detector_key(m, &spec->keys[i], i);
    return all;
}

static const struct config_option *
suppress_entry(
    struct config_memory *m, const struct config_detector_spec *specs, unsigned spec_count)
{
    struct config_option *children = config_memory_take(m, sizeof(suppress_options));
    struct config_option *entry = config_memory_take(m, sizeof(*entry));
    struct config_word *names = config_memory_take(m, (spec_count + 2) * sizeof(*names));

    for (unsigned i = 0; i < spec_count; i++)
        names[i].text = specs[i].name;
    names[spec_count].text = "case";
    memcpy(children, suppress_options, sizeof(suppress_options));
    children[SUPPRESS_DETECTOR].words = names;
    *entry = (struct config_option){ MAP_OF(children), .size = sizeof(struct config_suppress),
        .line_offset = offsetof(struct config_suppress, line) };
    return entry;
}

const struct config_option *
config_options(
    struct config_memory *m, const struct config_detector_spec *specs, unsigned spec_count)
{
    struct config_option *top = config_memory_take(m, sizeof(top_options));
    struct config_option *detectors = config_memory_take(m, (spec_count + 1) * sizeof(*detectors));

    for (unsigned i = 0; i < spec_count; i++)
        detectors[i] = (struct config_option){
            .key = specs[i].name,
            .offset = offsetof(struct config, detectors) + i * sizeof(struct config_detector),
            .size = sizeof(struct config_detector),
            MAP_OF(detector_options(m, &specs[i])),
        };
    memcpy(top, top_options, sizeof(top_options));
    top[TOP_DETECTORS].children = detectors;
    top[TOP_SUPPRESS].entry = suppress_entry(m, specs, spec_count);
    return top;
}
