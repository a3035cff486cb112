/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A place in words, and what its kind of network means for the rules.
 */
#ifndef SENSOR_PLACE_H
#define SENSOR_PLACE_H

#include "../conf/config.h"
#include "../geoip/geoip.h"

#define PLACE_TEXT 320
#define PLACE_KEY 96

/* "Shenyang, China (CN; AS4837 China Unicom)". Returns out. */
const char *place_text(const struct geoip_place *p, char out[PLACE_TEXT]);
/* Short and stable, for a finding's object: "CN/Shenyang", "CN", "AS4837", "unknown". */
void place_key(const struct geoip_place *p, char out[PLACE_KEY]);
/* Two keys in alphabetical order: "CN/Shenyang - US/Seattle". */
void place_pair(
    const struct geoip_place *a, const struct geoip_place *b, char out[2 * PLACE_KEY + 4]);
/* English name of a country code; the code itself when unknown. */
const char *place_country_name(const char *code);

/* Hosting, VPN, Tor, residential proxy: the person is somewhere else. */
bool place_is_anonymiser(const struct geoip_place *p);
/* A home, for all that is known: not hosting, VPN, Tor, relay, mobile, CGNAT or corporate. */
bool place_can_be_home(const struct geoip_place *p);
bool place_in_countries(const char *country, const struct config_texts *list);

#endif
