/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a database record says, whatever its publisher's layout: MaxMind's nested fields first, then
 * the flat ones of free databases.
 */
#ifndef GEOIP_FIELD_H
#define GEOIP_FIELD_H

#include "geoip.h"
#include "mmdb.h"

bool field_country(const struct mmdb_record *r, char code[3]);
/* City, region and point; true when at least one is there. */
bool field_city(const struct mmdb_record *r, struct geoip_place *out);
/* AS number and organisation; true when at least one is there. */
bool field_asn(const struct mmdb_record *r, struct geoip_place *out);
/* ISP databases name the operator of a mobile network by its country code. */
bool field_is_mobile(const struct mmdb_record *r);
/* What an anonymiser database says: GEOIP_UNKNOWN when nothing. provider may become "". */
enum geoip_kind field_anonymiser(const struct mmdb_record *r, char *provider, size_t size);
/* What connection type and user type say. */
enum geoip_kind field_connection(const struct mmdb_record *r);
/* Whether the record has the fields of an anonymiser or connection database at all. */
bool field_has_anonymiser(const struct mmdb_record *r);
bool field_has_connection(const struct mmdb_record *r);

#endif
