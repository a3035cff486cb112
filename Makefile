# SPDX-License-Identifier: BSD-2-Clause
#
#   make            build/farmwatch                 make demo    install what is needed, build, replay a laptop farm
#   make test       install, build, all tests       make lint    format, static analysis, include direction
#   make install    honours DESTDIR and PREFIX      make bench   against ndpiReader (builds its own capture)
#
# A variant is a folder: make BUILD=build/asan SANITIZE=address,undefined CC=clang

VERSION := 0.1.0
PREFIX ?= /usr/local
BUILD ?= build
SANITIZE ?=
DESTDIR ?=

# The one list of what Debian 12 must have. BUILD_PACKAGES build and run it, TEST_PACKAGES test it.
BUILD_PACKAGES := gcc libc6-dev pkg-config libpcap-dev libndpi-dev libmaxminddb-dev libyaml-dev \
	libcyaml-dev libcap-ng-dev nettle-dev libsqlite3-dev uthash-dev ieee-data
TEST_PACKAGES := libcmocka-dev python3 python3-yaml
LAB_PACKAGES := iproute2 tcpdump tcpreplay tshark openssl freeradius freeradius-utils krb5-kdc krb5-admin-server \
	krb5-user openvpn rsyslog ocserv openconnect samba smbclient slapd ldap-utils libsasl2-modules \
	xl2tpd ppp kmod user-mode-linux openssh-server openssh-client xrdp freerdp2-x11 xvfb tigervnc-standalone-server \
	tigervnc-viewer tigervnc-tools xterm apache2-bin apache2-utils curl dnsmasq-base isc-dhcp-client bind9-dnsutils \
	avahi-daemon iputils-ping strongswan-swanctl charon-systemd libcharon-extra-plugins libcharon-extauth-plugins \
	libstrongswan-extra-plugins wireguard-go wireguard-tools dante-server dovecot-imapd dovecot-pop3d coturn \
	nftables openvpn-auth-radius eapoltest hostapd wpasupplicant exim4-daemon-light vsftpd
LINT_PACKAGES := clang clang-format clang-tidy cppcheck libclang-rt-14-dev
BENCH_PACKAGES := valgrind libndpi-bin

LIBRARIES := libpcap libndpi libmaxminddb yaml-0.1 libcyaml libcap-ng nettle sqlite3

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
ifeq ($(SANITIZE),)
# clang would need a linker plugin that gcc brings along.
LTO := $(if $(findstring clang,$(CC)),,-flto=auto)
HARDEN := -O2 $(LTO) -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fcf-protection
HARDEN_LINK := -O2 $(LTO) -pie -Wl,-z,relro,-z,now,-z,noexecstack
else
HARDEN := -O1 -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
HARDEN_LINK := -fsanitize=$(SANITIZE)
endif
CPPFLAGS += -D_GNU_SOURCE -DFARMWATCH_VERSION='"$(VERSION)"' $(shell pkg-config --cflags $(LIBRARIES) 2>/dev/null | sed 's/-I/-isystem /g')
CFLAGS += -std=c11 -g -fPIE -pthread $(HARDEN) $(WARNINGS)
LDFLAGS += $(HARDEN_LINK) -pthread
LDLIBS += $(shell pkg-config --libs $(LIBRARIES) 2>/dev/null) -lm

SOURCES := $(wildcard sensor/*.c sensor/detect/*.c sensor/output/*.c parsers/*.c geoip/*.c conf/*.c)
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
LIBRARY := $(filter-out $(BUILD)/sensor/main.o,$(OBJECTS))
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/test_*.c))

all: check-packages $(BUILD)/farmwatch

# V=1 shows whole commands.
V ?= 0
ifeq ($(V),0)
say = @printf '  %-5s %s\n' $(1) $(2);
endif

$(BUILD)/farmwatch: $(OBJECTS)
	$(call say,LINK,$@) $(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<) $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# What is embedded must rebuild what embeds it.
$(BUILD)/geoip/embedded.o: $(wildcard geoip/data/*.mmdb)
$(BUILD)/conf/embedded.o: $(wildcard conf/lists/*) $(wildcard conf/indicators/*.yaml)

# A unit test links only the files that it names: /* links: parsers/fact.c parsers/packet*.c */ in its first lines.
# @analysis is all that the analyst needs.
ANALYSIS := sensor/analyst.c sensor/join*.c sensor/account.c sensor/memory.c sensor/change.c sensor/activity.c \
	sensor/minutes.c sensor/path.c \
	sensor/finding.c sensor/case.c sensor/names.c sensor/suppress.c sensor/claim.c sensor/locality.c sensor/place.c \
	sensor/zone.c sensor/watch.c sensor/stablehash.c sensor/address.c sensor/timestamp.c sensor/detect/*.c \
	parsers/fact.c parsers/text.c geoip/prefix.c geoip/distance.c geoip/countries.c \
	conf/cidr.c conf/list_network.c conf/list_tool.c conf/list_domain.c conf/list_service.c conf/embedded.c
named = $(shell sed -n 's|.*links: \(.*[^ ]\) *\*/.*|\1|p' $(1) | head -1)
links = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(subst @analysis,$(ANALYSIS),$(call named,$(1)))))
define unit_rule
$(BUILD)/tests/unit/$(1): $(BUILD)/tests/unit/$(1).o $(sort $(call links,tests/unit/$(1).c))
	$$(call say,LINK,$$@) $$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS) -lcmocka
endef
$(foreach t,$(notdir $(UNIT)),$(eval $(call unit_rule,$(t))))

unit: $(UNIT)

# ---- what a person runs -------------------------------------------------------------------------

# Installs what is missing of a package list, and asks for root only then.
define install_packages
@missing=$$(for p in $(1); do dpkg-query -W -f='$${db:Status-Status}' $$p 2>/dev/null | grep -q '^installed' || echo $$p; done); \
if [ -n "$$missing" ]; then \
	command -v apt-get >/dev/null || { echo "needed:" $$missing >&2; exit 1; }; \
	as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	$$as_root apt-get update -q && \
	$$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing; fi
endef

deps:
	$(call install_packages,$(BUILD_PACKAGES))
test-deps: deps
	$(call install_packages,$(TEST_PACKAGES))
lab-deps: test-deps
	$(call install_packages,$(LAB_PACKAGES))
lint-deps: deps
	$(call install_packages,$(LINT_PACKAGES))
bench-deps: test-deps
	$(call install_packages,$(BENCH_PACKAGES))

# A second make, so that pkg-config is asked again once its files are there.
demo: deps
	$(MAKE) --no-print-directory all
	$(BUILD)/farmwatch -c tests/replay/demo/farmwatch.yaml -r tests/replay/demo/farm.pcap

test: test-deps
	$(MAKE) --no-print-directory check

check: all unit
	tests/run $(BUILD)

lab: lab-deps
	$(MAKE) --no-print-directory all
	tests/lab/run $(BUILD)/farmwatch

bench: bench-deps
	$(MAKE) --no-print-directory all
	tests/bench/bench.py $(BUILD)/farmwatch

lint: lint-deps
	tests/lint

FUZZ := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SECONDS ?= 10
# Each target links the whole library but main, with clang's libFuzzer.
fuzz: lint-deps
	$(MAKE) --no-print-directory CC=clang BUILD=$(BUILD)/fuzzed SANITIZE=address,undefined,fuzzer-no-link \
		run-fuzz FUZZ_SECONDS=$(FUZZ_SECONDS)
run-fuzz: $(FUZZ)
	tests/fuzz/run $(FUZZ_SECONDS) $(FUZZ)
$(BUILD)/fuzz/%: tests/fuzz/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,LINK,$@) $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

install: all
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/share/doc/farmwatch/indicators
	install -m 755 $(BUILD)/farmwatch $(DESTDIR)$(PREFIX)/sbin/farmwatch
	install -m 644 README.md LICENSE conf/farmwatch.yaml conf/contractors.example.yaml $(DESTDIR)$(PREFIX)/share/doc/farmwatch/
	install -m 644 conf/indicators/*.yaml $(DESTDIR)$(PREFIX)/share/doc/farmwatch/indicators/

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/sbin/farmwatch
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/farmwatch

clean:
	rm -rf $(BUILD)

.PHONY: all unit check-packages deps test-deps lab-deps lint-deps bench-deps demo test check lab bench lint fuzz run-fuzz \
	install uninstall clean
check-packages:
	@missing=; for l in $(LIBRARIES); do pkg-config --exists $$l 2>/dev/null || missing="$$missing $$l"; done; \
	[ -f /usr/include/uthash.h ] || missing="$$missing uthash"; \
	if [ -n "$$missing" ]; then echo "farmwatch needs:$$missing" >&2; \
	echo "Debian: sudo apt-get install -y $(BUILD_PACKAGES)" >&2; exit 1; fi

-include $(OBJECTS:.o=.d) $(wildcard $(BUILD)/tests/unit/*.d)
