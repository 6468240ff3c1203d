// Written by scripts/embed-formats.
#include "CEmbedded.h"

static const uint8_t format_0[] = {
#embed "../../Datasets/formats/apache.yaml"
};
static const uint8_t format_1[] = {
#embed "../../Datasets/formats/aruba.yaml"
};
static const uint8_t format_2[] = {
#embed "../../Datasets/formats/avi-vantage.yaml"
};
static const uint8_t format_3[] = {
#embed "../../Datasets/formats/aws-alb.yaml"
};
static const uint8_t format_4[] = {
#embed "../../Datasets/formats/aws-cloudfront.yaml"
};
static const uint8_t format_5[] = {
#embed "../../Datasets/formats/aws-s3.yaml"
};
static const uint8_t format_6[] = {
#embed "../../Datasets/formats/aws-vpc-flow.yaml"
};
static const uint8_t format_7[] = {
#embed "../../Datasets/formats/azure-firewall.yaml"
};
static const uint8_t format_8[] = {
#embed "../../Datasets/formats/barracuda.yaml"
};
static const uint8_t format_9[] = {
#embed "../../Datasets/formats/bluecoat.yaml"
};
static const uint8_t format_10[] = {
#embed "../../Datasets/formats/caddy.yaml"
};
static const uint8_t format_11[] = {
#embed "../../Datasets/formats/cato.yaml"
};
static const uint8_t format_12[] = {
#embed "../../Datasets/formats/cef.yaml"
};
static const uint8_t format_13[] = {
#embed "../../Datasets/formats/check-point.yaml"
};
static const uint8_t format_14[] = {
#embed "../../Datasets/formats/cisco-asa.yaml"
};
static const uint8_t format_15[] = {
#embed "../../Datasets/formats/cisco-cws.yaml"
};
static const uint8_t format_16[] = {
#embed "../../Datasets/formats/cisco-firepower.yaml"
};
static const uint8_t format_17[] = {
#embed "../../Datasets/formats/cisco-fwsm.yaml"
};
static const uint8_t format_18[] = {
#embed "../../Datasets/formats/cisco-meraki.yaml"
};
static const uint8_t format_19[] = {
#embed "../../Datasets/formats/cisco-umbrella.yaml"
};
static const uint8_t format_20[] = {
#embed "../../Datasets/formats/cisco-wsa.yaml"
};
static const uint8_t format_21[] = {
#embed "../../Datasets/formats/citrix.yaml"
};
static const uint8_t format_22[] = {
#embed "../../Datasets/formats/clavister.yaml"
};
static const uint8_t format_23[] = {
#embed "../../Datasets/formats/cloudflare.yaml"
};
static const uint8_t format_24[] = {
#embed "../../Datasets/formats/cloudflare-gateway.yaml"
};
static const uint8_t format_25[] = {
#embed "../../Datasets/formats/contentkeeper.yaml"
};
static const uint8_t format_26[] = {
#embed "../../Datasets/formats/corrata.yaml"
};
static const uint8_t format_27[] = {
#embed "../../Datasets/formats/csv.yaml"
};
static const uint8_t format_28[] = {
#embed "../../Datasets/formats/cyberoam.yaml"
};
static const uint8_t format_29[] = {
#embed "../../Datasets/formats/envoy.yaml"
};
static const uint8_t format_30[] = {
#embed "../../Datasets/formats/f5-bigip.yaml"
};
static const uint8_t format_31[] = {
#embed "../../Datasets/formats/fastly.yaml"
};
static const uint8_t format_32[] = {
#embed "../../Datasets/formats/forcepoint.yaml"
};
static const uint8_t format_33[] = {
#embed "../../Datasets/formats/fortigate.yaml"
};
static const uint8_t format_34[] = {
#embed "../../Datasets/formats/fortiweb.yaml"
};
static const uint8_t format_35[] = {
#embed "../../Datasets/formats/gcp.yaml"
};
static const uint8_t format_36[] = {
#embed "../../Datasets/formats/haproxy.yaml"
};
static const uint8_t format_37[] = {
#embed "../../Datasets/formats/i-filter.yaml"
};
static const uint8_t format_38[] = {
#embed "../../Datasets/formats/iboss.yaml"
};
static const uint8_t format_39[] = {
#embed "../../Datasets/formats/iis.yaml"
};
static const uint8_t format_40[] = {
#embed "../../Datasets/formats/iptables.yaml"
};
static const uint8_t format_41[] = {
#embed "../../Datasets/formats/json-lines.yaml"
};
static const uint8_t format_42[] = {
#embed "../../Datasets/formats/juniper-srx.yaml"
};
static const uint8_t format_43[] = {
#embed "../../Datasets/formats/juniper-ssg.yaml"
};
static const uint8_t format_44[] = {
#embed "../../Datasets/formats/leef.yaml"
};
static const uint8_t format_45[] = {
#embed "../../Datasets/formats/menlo-security.yaml"
};
static const uint8_t format_46[] = {
#embed "../../Datasets/formats/microsoft-defender-endpoint.yaml"
};
static const uint8_t format_47[] = {
#embed "../../Datasets/formats/microsoft-tmg.yaml"
};
static const uint8_t format_48[] = {
#embed "../../Datasets/formats/mikrotik.yaml"
};
static const uint8_t format_49[] = {
#embed "../../Datasets/formats/netskope.yaml"
};
static const uint8_t format_50[] = {
#embed "../../Datasets/formats/open-systems.yaml"
};
static const uint8_t format_51[] = {
#embed "../../Datasets/formats/palo-alto.yaml"
};
static const uint8_t format_52[] = {
#embed "../../Datasets/formats/pfsense.yaml"
};
static const uint8_t format_53[] = {
#embed "../../Datasets/formats/pulse-secure.yaml"
};
static const uint8_t format_54[] = {
#embed "../../Datasets/formats/skyhigh-swg.yaml"
};
static const uint8_t format_55[] = {
#embed "../../Datasets/formats/snort.yaml"
};
static const uint8_t format_56[] = {
#embed "../../Datasets/formats/sonicwall.yaml"
};
static const uint8_t format_57[] = {
#embed "../../Datasets/formats/sophos-sg.yaml"
};
static const uint8_t format_58[] = {
#embed "../../Datasets/formats/sophos-xg.yaml"
};
static const uint8_t format_59[] = {
#embed "../../Datasets/formats/squid.yaml"
};
static const uint8_t format_60[] = {
#embed "../../Datasets/formats/stormshield.yaml"
};
static const uint8_t format_61[] = {
#embed "../../Datasets/formats/suricata.yaml"
};
static const uint8_t format_62[] = {
#embed "../../Datasets/formats/traefik.yaml"
};
static const uint8_t format_63[] = {
#embed "../../Datasets/formats/ubiquiti-unifi.yaml"
};
static const uint8_t format_64[] = {
#embed "../../Datasets/formats/w3c.yaml"
};
static const uint8_t format_65[] = {
#embed "../../Datasets/formats/wandera.yaml"
};
static const uint8_t format_66[] = {
#embed "../../Datasets/formats/watchguard.yaml"
};
static const uint8_t format_67[] = {
#embed "../../Datasets/formats/websense.yaml"
};
static const uint8_t format_68[] = {
#embed "../../Datasets/formats/zeek.yaml"
};
static const uint8_t format_69[] = {
#embed "../../Datasets/formats/zscaler.yaml"
};

static const ce_file formats[] = {
    {format_0, sizeof format_0},  // apache
    {format_1, sizeof format_1},  // aruba
    {format_2, sizeof format_2},  // avi-vantage
    {format_3, sizeof format_3},  // aws-alb
    {format_4, sizeof format_4},  // aws-cloudfront
    {format_5, sizeof format_5},  // aws-s3
    {format_6, sizeof format_6},  // aws-vpc-flow
    {format_7, sizeof format_7},  // azure-firewall
    {format_8, sizeof format_8},  // barracuda
    {format_9, sizeof format_9},  // bluecoat
    {format_10, sizeof format_10},  // caddy
    {format_11, sizeof format_11},  // cato
    {format_12, sizeof format_12},  // cef
    {format_13, sizeof format_13},  // check-point
    {format_14, sizeof format_14},  // cisco-asa
    {format_15, sizeof format_15},  // cisco-cws
    {format_16, sizeof format_16},  // cisco-firepower
    {format_17, sizeof format_17},  // cisco-fwsm
    {format_18, sizeof format_18},  // cisco-meraki
    {format_19, sizeof format_19},  // cisco-umbrella
    {format_20, sizeof format_20},  // cisco-wsa
    {format_21, sizeof format_21},  // citrix
    {format_22, sizeof format_22},  // clavister
    {format_23, sizeof format_23},  // cloudflare
    {format_24, sizeof format_24},  // cloudflare-gateway
    {format_25, sizeof format_25},  // contentkeeper
    {format_26, sizeof format_26},  // corrata
    {format_27, sizeof format_27},  // csv
    {format_28, sizeof format_28},  // cyberoam
    {format_29, sizeof format_29},  // envoy
    {format_30, sizeof format_30},  // f5-bigip
    {format_31, sizeof format_31},  // fastly
    {format_32, sizeof format_32},  // forcepoint
    {format_33, sizeof format_33},  // fortigate
    {format_34, sizeof format_34},  // fortiweb
    {format_35, sizeof format_35},  // gcp
    {format_36, sizeof format_36},  // haproxy
    {format_37, sizeof format_37},  // i-filter
    {format_38, sizeof format_38},  // iboss
    {format_39, sizeof format_39},  // iis
    {format_40, sizeof format_40},  // iptables
    {format_41, sizeof format_41},  // json-lines
    {format_42, sizeof format_42},  // juniper-srx
    {format_43, sizeof format_43},  // juniper-ssg
    {format_44, sizeof format_44},  // leef
    {format_45, sizeof format_45},  // menlo-security
    {format_46, sizeof format_46},  // microsoft-defender-endpoint
    {format_47, sizeof format_47},  // microsoft-tmg
    {format_48, sizeof format_48},  // mikrotik
    {format_49, sizeof format_49},  // netskope
    {format_50, sizeof format_50},  // open-systems
    {format_51, sizeof format_51},  // palo-alto
    {format_52, sizeof format_52},  // pfsense
    {format_53, sizeof format_53},  // pulse-secure
    {format_54, sizeof format_54},  // skyhigh-swg
    {format_55, sizeof format_55},  // snort
    {format_56, sizeof format_56},  // sonicwall
    {format_57, sizeof format_57},  // sophos-sg
    {format_58, sizeof format_58},  // sophos-xg
    {format_59, sizeof format_59},  // squid
    {format_60, sizeof format_60},  // stormshield
    {format_61, sizeof format_61},  // suricata
    {format_62, sizeof format_62},  // traefik
    {format_63, sizeof format_63},  // ubiquiti-unifi
    {format_64, sizeof format_64},  // w3c
    {format_65, sizeof format_65},  // wandera
    {format_66, sizeof format_66},  // watchguard
    {format_67, sizeof format_67},  // websense
    {format_68, sizeof format_68},  // zeek
    {format_69, sizeof format_69},  // zscaler
};
const ce_file *const ce_formats = formats;
const size_t ce_format_count = sizeof formats / sizeof *formats;
