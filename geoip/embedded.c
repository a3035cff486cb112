/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The assembler includes the file as it is; its path counts from the repository's root, where make
 * runs. Embedded files have a section of their own, so that their pages can be given back once they
 * were read.
 */
#include "embedded.h"

__asm__(".section embedded_files, \"a\", @progbits\n"
        ".balign 16\n"
        ".global geoip_embedded_country\n"
        ".global geoip_embedded_country_end\n"
        "geoip_embedded_country:\n"
        ".incbin \"geoip/data/iptoasn-country.mmdb\"\n"
        "geoip_embedded_country_end:\n"
        ".byte 0\n"
        ".previous\n");
