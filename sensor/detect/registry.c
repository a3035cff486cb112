/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of detectors, in the order in which they run. A new one is its file and two lines here.
 */
#include "detect.h"

extern const struct detector detect_dprk_network, detect_egress_country, detect_anonymiser_egress,
    detect_vpn_flap, detect_claimed_location, detect_impossible_travel, detect_indicator,
    detect_shared_site, detect_account_fanout, detect_concurrent_logins, detect_nat_crowd,
    detect_device_churn, detect_remote_control, detect_second_tool, detect_ip_kvm,
    detect_control_coupling, detect_mesh_tunnel, detect_direct_exposure, detect_revealed_peer,
    detect_path_too_long, detect_path_too_short, detect_layered_rtt, detect_inner_outer_rtt,
    detect_tunnel_mtu, detect_input_lag, detect_marathon, detect_clock_shift, detect_steady_hand,
    detect_locale, detect_concurrent_calls, detect_bulk_egress, detect_ipmsg;

const struct detector *const detect_table[] = {
    &detect_dprk_network,
    &detect_egress_country,
    &detect_anonymiser_egress,
    &detect_vpn_flap,
    &detect_claimed_location,
    &detect_impossible_travel,
    &detect_indicator,
    &detect_shared_site,
    &detect_account_fanout,
    &detect_concurrent_logins,
    &detect_nat_crowd,
    &detect_device_churn,
    &detect_remote_control,
    &detect_second_tool,
    &detect_ip_kvm,
    &detect_control_coupling,
    &detect_mesh_tunnel,
    &detect_direct_exposure,
    &detect_revealed_peer,
    &detect_path_too_long,
    &detect_path_too_short,
    &detect_layered_rtt,
    &detect_inner_outer_rtt,
    &detect_tunnel_mtu,
    &detect_input_lag,
    &detect_marathon,
    &detect_clock_shift,
    &detect_steady_hand,
    &detect_locale,
    &detect_concurrent_calls,
    &detect_bulk_egress,
    &detect_ipmsg,
};
const unsigned detect_table_count = sizeof detect_table / sizeof detect_table[0];
