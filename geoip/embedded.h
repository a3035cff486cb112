/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The country database inside the program (geoip/data/LICENSE says what it is good for).
 */
#ifndef GEOIP_EMBEDDED_H
#define GEOIP_EMBEDDED_H

#define GEOIP_EMBEDDED_NAME "iptoasn-country.mmdb (built in)"

extern const char geoip_embedded_country[];
extern const char geoip_embedded_country_end[];

#endif
