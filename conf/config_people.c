/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The tables of the two files that a configuration names: the roster of contractors and the lists
 * of indicators.
 */
#include "config_option.h"

/* clang-format off */
#define SIZE(type, member) sizeof(((type *)0)->member)
#define IN(type, member) .offset = offsetof(type, member), .size = SIZE(type, member)
#define LIST_IN(type, of, counter, what) .kind = KIND_LIST, .offset = offsetof(type, of), \
    .size = sizeof(*((type *)0)->of), .count_offset = offsetof(type, counter), .entry = &(what)
#define PERSON(member) IN(struct config_contractor, member)
#define PERSONS(member, what) LIST_IN(struct config_contractor, member.list, member.count, what)
#define SIGN(member) IN(struct config_indicator, member)
#define SIGNS(member, what) LIST_IN(struct config_indicator, member.list, member.count, what)
#define MAP_OF(table) .kind = KIND_MAP, .children = (table)
#define END { .key = NULL }

#define WEIGHT_MOST 20

static const struct config_option a_text = { .kind = KIND_TEXT };
static const struct config_option a_device = { .kind = KIND_DEVICE };
static const struct config_option a_domain = { .kind = KIND_DOMAIN };
static const struct config_option a_prefix = { .kind = KIND_PREFIX };
static const struct config_option an_asn = { .kind = KIND_ASN, .size = sizeof(uint32_t) };
static const struct config_option a_ja3 = { .kind = KIND_JA3 };
static const struct config_option a_mac = { .kind = KIND_MAC };

static const struct config_word link_words[] = {
    { "wired", LINK_WIRED }, { "mobile", LINK_MOBILE }, { "satellite", LINK_SATELLITE }, { "slow", LINK_SLOW }, { NULL, 0 }
};

static const struct config_option home_options[] = {
    { .key = "latitude", .kind = KIND_NUMBER, PERSON(latitude), .least = -90, .most = 90, .is_required = true },
    { .key = "longitude", .kind = KIND_NUMBER, PERSON(longitude), .least = -180, .most = 180, .is_required = true },
    END
};

static const struct config_option flag_options[] = {
    { .key = "name", .kind = KIND_TEXT, IN(struct config_flag, name), .is_required = true },
    { .key = "weight", .kind = KIND_NUMBER, IN(struct config_flag, weight), .most = WEIGHT_MOST, .is_required = true },
    { .key = "note", .kind = KIND_TEXT, IN(struct config_flag, note) },
    END
};
static const struct config_option a_flag = { MAP_OF(flag_options), .size = sizeof(struct config_flag) };

static const struct config_option contractor_options[] = {
    { .key = "name", .kind = KIND_TEXT, PERSON(name), .is_required = true },
    { .key = "accounts", PERSONS(accounts, a_text) },
    { .key = "country", .kind = KIND_COUNTRY, PERSON(country) },
    { .key = "region", .kind = KIND_TEXT, PERSON(region) },
    { .key = "timezone", .kind = KIND_ZONE, PERSON(timezone) },
    { .key = "home", MAP_OF(home_options), .present_offset = offsetof(struct config_contractor, has_home) },
    { .key = "hours", .kind = KIND_HOURS, PERSON(hours_from), .initial = "none" },
    { .key = "devices", PERSONS(devices, a_device) },
    { .key = "approved-tools", PERSONS(approved_tools, a_text) },
    { .key = "link", .kind = KIND_WORD, PERSON(link), .words = link_words },
    { .key = "start", .kind = KIND_DATE, PERSON(start) },
    { .key = "end", .kind = KIND_DATE, PERSON(end) },
    { .key = "flags", LIST_IN(struct config_contractor, flags, flag_count, a_flag) },
    END
};
static const struct config_option a_contractor = { MAP_OF(contractor_options), .size = sizeof(struct config_contractor) };

const struct config_option config_roster_options[] = {
    { .key = "contractors", LIST_IN(struct config_roster, list, count, a_contractor) },
    END
};

static const struct config_word confidence_words[] = {
    { "confirmed", CONFIDENCE_CONFIRMED }, { "reported", CONFIDENCE_REPORTED }, { "unverified", CONFIDENCE_UNVERIFIED }, { NULL, 0 }
};

/* An entry that says nothing of its confidence is nobody's finding: unverified. */
static const struct config_option indicator_options[] = {
    { .key = "name", .kind = KIND_TEXT, SIGN(name), .is_required = true },
    { .key = "source", .kind = KIND_TEXT, SIGN(source) },
    { .key = "date", .kind = KIND_PARTIAL_DATE, SIGN(date) },
    { .key = "confidence", .kind = KIND_WORD, SIGN(confidence), .words = confidence_words, .initial = "unverified" },
    { .key = "severity", .kind = KIND_WORD, SIGN(severity), .words = config_severity_words,
      .present_offset = offsetof(struct config_indicator, has_severity) },
    { .key = "weight", .kind = KIND_NUMBER, SIGN(weight), .most = WEIGHT_MOST,
      .present_offset = offsetof(struct config_indicator, has_weight) },
    { .key = "expires", .kind = KIND_DATE, SIGN(expires) },
    { .key = "domains", SIGNS(domains, a_domain) },
    { .key = "networks", SIGNS(networks, a_prefix) },
    { .key = "asns", LIST_IN(struct config_indicator, asns, asn_count, an_asn) },
    { .key = "ja3", SIGNS(ja3, a_ja3) },
    { .key = "ja4", SIGNS(ja4, a_text) },
    { .key = "certificates", SIGNS(certificates, a_text) },
    { .key = "macs", SIGNS(macs, a_mac) },
    END
};
static const struct config_option an_indicator = { MAP_OF(indicator_options), .size = sizeof(struct config_indicator) };

const struct config_option config_indicator_options[] = {
    { .key = "indicators", LIST_IN(struct config_indicators, list, count, an_indicator) },
    END
};
/* clang-format on */
