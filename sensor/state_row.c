/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every row has the serial of its owner: an account, a site, a device, a session, what waits.
 * Whatever changes here raises STATE_DB_VERSION.
 */
#include "state_row.h"
#include <string.h>

/* clang-format off */
#define FIELD(kind, name, type, member) \
    { name, STATE_##kind, offsetof(struct type, member), sizeof(((struct type *)0)->member) }
#define SOURCE(type, member) \
    FIELD(WHOLE, "source_us", type, member.time_us), FIELD(WHOLE, "flow", type, member.flow), \
    FIELD(WHOLE, "packet", type, member.packet), FIELD(TEXT, "protocol", type, member.protocol), \
    FIELD(TEXT, "capture", type, member.capture), FIELD(TEXT, "encapsulation", type, member.encapsulation)
#define SUBJECT(type) \
    FIELD(WHOLE, "owner", type, state.change.serial), FIELD(WHOLE, "used", type, state.change.used), \
    FIELD(WHOLE, "last_us", type, last_us), FIELD(FLAG, "case_written", type, state.case_written), \
    FIELD(SMALL, "case_severity", type, state.case_severity), FIELD(SMALL, "case_families", type, state.case_families), \
    FIELD(SMALL, "case_score", type, state.case_written_score)

static const struct state_field meta_fields[] = {
    FIELD(WHOLE, "owner", meta_row, owner),
    FIELD(WHOLE, "clock_us", meta_row, clock_us),
    FIELD(WHOLE, "serial", meta_row, serial),
    FIELD(WHOLE, "used", meta_row, used),
    FIELD(FLAG, "has_time", meta_row, has_time),
    FIELD(FLAG, "keep_realms", meta_row, keep_realms),
};

static const struct state_field account_fields[] = {
    SUBJECT(account),
    FIELD(TEXT, "account", account, key),
    FIELD(TEXT, "name", account, name),
    FIELD(WHOLE, "attempts", account, attempts),
    FIELD(WHOLE, "failures", account, failures),
};

static const struct state_field site_fields[] = {
    SUBJECT(site),
    FIELD(BYTES, "site", site, key),
    FIELD(BYTES, "address", site, address),
    FIELD(TEXT, "name", site, name),
};

static const struct state_field device_fields[] = {
    FIELD(WHOLE, "owner", device, change.serial),
    FIELD(WHOLE, "used", device, change.used),
    FIELD(WHOLE, "last_us", device, last_us),
    FIELD(BYTES, "address", device, address),
    FIELD(TEXT, "host_name", device, host_name),
    FIELD(TEXT, "mac", device, mac),
    FIELD(TEXT, "driven_by", device, driven_by),
    FIELD(WHOLE, "driven_us", device, driven_us),
    FIELD(WHOLE, "on_vpn_us", device, on_vpn_us),
    FIELD(TEXT, "dhcp", device, fingerprints[0]),
    FIELD(TEXT, "tcp", device, fingerprints[1]),
    FIELD(TEXT, "hassh", device, fingerprints[2]),
    FIELD(TEXT, "ja4", device, fingerprints[3]),
};

static const struct state_field lease_fields[] = {
    FIELD(WHOLE, "owner", lease_row, owner),
    FIELD(WHOLE, "serial", lease_row, lease.serial),
    FIELD(FLAG, "has_outside", lease_row, lease.has_outside),
    FIELD(FLAG, "has_inside", lease_row, lease.has_inside),
    FIELD(FLAG, "tells_end", lease_row, lease.tells_end),
    FIELD(FLAG, "is_weak", lease_row, lease.is_weak),
    FIELD(FLAG, "is_ended", lease_row, lease.is_ended),
    FIELD(FLAG, "travel_pending", lease_row, lease.travel_pending),
    FIELD(WHOLE, "overlapped", lease_row, lease.overlapped),
    FIELD(BYTES, "outside", lease_row, lease.outside),
    FIELD(BYTES, "inside", lease_row, lease.inside),
    FIELD(WHOLE, "start_us", lease_row, lease.start_us),
    FIELD(WHOLE, "last_us", lease_row, lease.last_us),
    FIELD(WHOLE, "renewed_us", lease_row, lease.renewed_us),
    FIELD(WHOLE, "interim_us", lease_row, lease.interim_us),
    FIELD(TEXT, "method", lease_row, lease.method),
    FIELD(TEXT, "session_1", lease_row, lease.session[0]),
    FIELD(TEXT, "session_2", lease_row, lease.session[1]),
    FIELD(TEXT, "session_3", lease_row, lease.session[2]),
    FIELD(TEXT, "session_4", lease_row, lease.session[3]),
    FIELD(SMALL, "session_count", lease_row, lease.session_count),
    FIELD(TEXT, "device", lease_row, lease.device),
    SOURCE(lease_row, lease.source),
};
_Static_assert(LEASE_SESSIONS == 4, "as many columns");

static const struct state_field tie_fields[] = {
    FIELD(WHOLE, "owner", tie_row, owner),
    FIELD(WHOLE, "site", tie_row, site),
    FIELD(WHOLE, "used", tie_row, tie.used),
    FIELD(WHOLE, "last_us", tie_row, tie.last_us),
    SOURCE(tie_row, tie.source),
};

static const struct state_field origin_fields[] = {
    FIELD(WHOLE, "owner", origin_row, owner),
    FIELD(SMALL, "place", origin_row, place),
    FIELD(TEXT, "country", origin_row, origin.country),
    FIELD(SMALL, "asn", origin_row, origin.asn),
    FIELD(WHOLE, "last_us", origin_row, origin.last_us),
    FIELD(BYTES, "address", origin_row, origin.address),
    SOURCE(origin_row, origin.source),
};

static const struct state_field tool_fields[] = {
    FIELD(WHOLE, "owner", tool_row, owner),
    FIELD(SMALL, "place", tool_row, place),
    FIELD(TEXT, "name", tool_row, tool.name),
    FIELD(TEXT, "device", tool_row, tool.device),
    FIELD(WHOLE, "last_us", tool_row, tool.last_us),
    SOURCE(tool_row, tool.source),
};

static const struct state_field away_fields[] = {
    FIELD(WHOLE, "owner", away_row, owner),
    FIELD(SMALL, "place", away_row, place),
    FIELD(WHOLE, "day", away_row, day),
};

static const struct state_field finding_fields[] = {
    FIELD(WHOLE, "owner", finding_row, owner),
    FIELD(SMALL, "place", finding_row, place),
    FIELD(TEXT, "detector", finding_row, detector),
    FIELD(WHOLE, "id", finding_row, finding.id),
    FIELD(SMALL, "severity", finding_row, finding.severity),
    FIELD(SMALL, "written_severity", finding_row, finding.written_severity),
    FIELD(REAL, "weight", finding_row, finding.weight),
    FIELD(WHOLE, "count", finding_row, finding.count),
    FIELD(WHOLE, "written_count", finding_row, finding.written_count),
    FIELD(WHOLE, "first_us", finding_row, finding.first_us),
    FIELD(WHOLE, "last_us", finding_row, finding.last_us),
    FIELD(WHOLE, "written_us", finding_row, finding.written_us),
    FIELD(FLAG, "is_written", finding_row, finding.is_written),
    FIELD(FLAG, "is_suppressed", finding_row, finding.is_suppressed),
    FIELD(FLAG, "lists_accounts", finding_row, finding.lists_accounts),
    FIELD(WHOLE, "last_flow", finding_row, finding.last_flow),
    FIELD(TEXT, "object", finding_row, finding.object),
    FIELD(TEXT, "summary", finding_row, finding.summary),
    FIELD(TEXT, "device", finding_row, finding.device),
    FIELD(TEXT, "site_name", finding_row, finding.site_name),
    FIELD(TEXT, "reference", finding_row, finding.reference),
    FIELD(BYTES, "addresses", finding_row, finding.addresses),
    FIELD(SMALL, "address_count", finding_row, finding.address_count),
};

static const struct state_field earned_fields[] = {
    FIELD(WHOLE, "owner", earned_row, owner),
    FIELD(SMALL, "place", earned_row, place),
    FIELD(WHOLE, "finding", earned_row, finding),
    FIELD(WHOLE, "site", earned_row, at.serial),
    FIELD(WHOLE, "last_us", earned_row, at.last_us),
};

static const struct state_field claim_fields[] = {
    FIELD(WHOLE, "owner", claim_row, owner),
    FIELD(SMALL, "place", claim_row, place),
    FIELD(WHOLE, "finding", claim_row, finding),
    FIELD(TEXT, "what", claim_row, claim.what),
    FIELD(TEXT, "value", claim_row, claim.value),
    SOURCE(claim_row, claim.source),
    FIELD(WHOLES, "packets", claim_row, claim.packets),
    FIELD(SMALL, "packet_count", claim_row, claim.packet_count),
};

static const struct state_field memory_fields[] = {
    FIELD(WHOLE, "owner", memory_row, owner),
    FIELD(TEXT, "detector", memory_row, detector),
    FIELD(SMALL, "version", memory_row, version),
    FIELD(BLOB, "bytes", memory_row, bytes),
};

static const struct state_field session_fields[] = {
    FIELD(WHOLE, "owner", underway_session, change.serial),
    FIELD(WHOLE, "used", underway_session, change.used),
    FIELD(WHOLE, "flow", underway_session, as.flow),
    FIELD(BYTES, "source", underway_session, as.address[0]),
    FIELD(SMALL, "source_port", underway_session, as.port[0]),
    FIELD(BYTES, "destination", underway_session, as.address[1]),
    FIELD(SMALL, "destination_port", underway_session, as.port[1]),
    FIELD(SMALL, "transport", underway_session, as.transport),
    FIELD(WHOLE, "first_us", underway_session, as.first_us),
    FIELD(WHOLE, "last_us", underway_session, as.last_us),
    FIELD(WHOLE, "bytes_out", underway_session, as.bytes[0]),
    FIELD(WHOLE, "bytes_in", underway_session, as.bytes[1]),
    FIELD(WHOLE, "packets_out", underway_session, as.packets[0]),
    FIELD(WHOLE, "packets_in", underway_session, as.packets[1]),
    FIELD(SMALL, "rekeys", underway_session, as.rekeys),
    FIELD(TEXT, "tool", underway_session, as.tool),
    FIELD(TEXT, "protocol", underway_session, as.protocol),
    FIELD(TEXT, "state", underway_session, as.state),
    FIELD(TEXT, "sign", underway_session, as.sign),
    FIELD(FLAG, "is_direct", underway_session, as.is_direct),
    FIELD(FLAG, "has_controller", underway_session, as.has_controller),
    FIELD(BYTES, "controller", underway_session, as.controller),
    FIELD(WHOLE, "lease", underway_session, lease),
    FIELD(WHOLE, "holder", underway_session, holder),
    FIELD(WHOLE, "start_us", underway_session, start_us),
    FIELD(FLAG, "is_access", underway_session, is_access),
    FIELD(FLAG, "is_reported", underway_session, is_reported),
    FIELD(FLAG, "is_controlled", underway_session, is_controlled),
    FIELD(FLAG, "has_far", underway_session, has_far),
    FIELD(FLAG, "is_refused", underway_session, is_refused),
    FIELD(FLAG, "is_proven", underway_session, is_proven),
    FIELD(FLAG, "is_exposed", underway_session, is_exposed),
    FIELD(FLAG, "is_tunnel", underway_session, is_tunnel),
    FIELD(FLAG, "has_driver", underway_session, has_driver),
    FIELD(FLAG, "is_driven", underway_session, is_driven),
    FIELD(SMALL, "input", underway_session, input),
    FIELD(BYTES, "driven", underway_session, driven),
    FIELD(WHOLE, "uploaded", underway_session, uploaded),
};

static const struct state_field waiting_fields[] = {
    FIELD(WHOLE, "owner", waiting_row, owner),
    FIELD(SMALL, "kind", waiting_row, waiting.kind),
    FIELD(BYTES, "address", waiting_row, waiting.address),
    FIELD(WHOLE, "lease", waiting_row, waiting.lease),
    FIELD(WHOLE, "due_us", waiting_row, waiting.due_us),
    FIELD(FLAG, "is_told", waiting_row, waiting.is_told),
    FIELD(FLAG, "is_refused", waiting_row, waiting.is_refused),
    FIELD(FLAG, "is_proven", waiting_row, waiting.is_proven),
    FIELD(BLOB, "observation", waiting_row, observation),
};

#define TABLE(name, key, order, row) { #name, key, order, name##_fields, sizeof name##_fields / sizeof name##_fields[0], sizeof(struct row) }

/* What stands in an order of use in memory is read in that. */
const struct state_table state_tables[TABLE_COUNT] = {
    [META] = TABLE(meta, "owner", "owner", meta_row),
    [ACCOUNT] = TABLE(account, "owner", "used", account),
    [SITE] = TABLE(site, "owner", "used", site),
    [DEVICE] = TABLE(device, "owner", "used", device),
    [LEASE] = TABLE(lease, "owner, serial", "serial", lease_row),
    [TIE] = TABLE(tie, "owner, site", "used", tie_row),
    [ORIGIN] = TABLE(origin, "owner, place", "owner, place", origin_row),
    [TOOL] = TABLE(tool, "owner, place", "owner, place", tool_row),
    [AWAY] = TABLE(away, "owner, place", "owner, place", away_row),
    [FINDING] = TABLE(finding, "owner, place", "owner, place", finding_row),
    [EARNED] = TABLE(earned, "owner, place", "owner, place", earned_row),
    [CLAIM] = TABLE(claim, "owner, place", "owner, place", claim_row),
    [MEMORY] = TABLE(memory, "owner, detector", "owner, detector", memory_row),
    [SESSION] = TABLE(session, "owner", "used", underway_session),
    [WAITING] = TABLE(waiting, "owner", "owner", waiting_row),
};
/* clang-format on */

const struct detector *
state_detector(const char *name)
{
    for (unsigned i = 0; i < detect_table_count; i++)
        if (strcmp(detect_table[i]->name, name) == 0)
            return detect_table[i];
    return NULL;
}
