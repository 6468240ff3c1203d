/// Other names of formats: of products, of makers as they were called, and the source ids of other
/// programs.
enum FormatNames {
  /// The format that `name` means, whatever its case; a name that is none of these stays.
  static func format(of name: String) -> String {
    let wanted = name.lowercased()
    return formats[wanted] ?? wanted
  }

  /// The format of each name in lower case.
  private static let formats = Dictionary(
    others.flatMap { format, names in names.map { ($0.lowercased(), format) } },
    // No name stands for two formats; a test holds that.
    uniquingKeysWith: { first, _ in first }
  )

  /// The `aliases` of Datasets/formats, which `logveil run --format` takes. They are written down
  /// again since the generator shares nothing with the reader that it tests; a test compares them.
  static let others: [String: [String]] = lists.mapValues {
    $0.split(separator: " ").map(String.init)
  }

  private static let lists = [
    "apache": "nginx litespeed httpd common-log-format combined-log-format ncsa",
    "aws-alb": "aws-elb aws-nlb elb",
    "aws-s3": "aws-s3access s3-access",
    "aws-vpc-flow": "vpcflow aws-vpc-flow-logs",
    "azure-firewall": "azfw",
    "cloudflare": "cloudflare-logpush",
    "gcp": "google-cloud",
    "barracuda": """
    BARRACUDA BARRACUDA_SYSLOG BARRACUDA_NEXT_GEN_FW BARRACUDA_NEXT_GEN_FW_SYSLOG \
    BARRACUDA_NEXT_GEN_FW_WEBLOG BARRACUDA_NEXT_GEN_FW_WEBLOG_SYSLOG
    """,
    "bluecoat": """
    BLUECOAT BLUECOAT_SYSLOG proxysg symantec-proxysg edge-swg symantec-wss SYMANTEC_WSS wss
    """,
    "cato": "CATO CATO_NETWORKS",
    "cef": "GENERIC_CEF GENERIC_CEF_SYSLOG",
    "check-point": """
    CHECKPOINT CHECKPOINT_SYSLOG CHECKPOINT_CEF CHECKPOINT_CEF_SYSLOG \
    CHECKPOINT_SMART_VIEW_TRACKER CHECKPOINT_SMART_VIEW_TRACKER_SYSLOG CHECKPOINT_XML \
    CHECKPOINT_XML_SYSLOG KPC
    """,
    "cisco-asa": "CISCO_ASA CISCO_ASA_SYSLOG CISCO_PIX asa",
    "cisco-cws": "CISCO_SCAN_SAFE CISCO_SCAN_SAFE_SYSLOG CISCO_CWS",
    "cisco-firepower": """
    CISCO_ASA_FIREPOWER_SYSLOG CISCO_ASA_FIREPOWER CISCO_FIREPOWER_V6_SYSLOG \
    CISCO_FIREPOWER_V6 cisco-ftd CISCO_FTD CISCO_FTD_SYSLOG
    """,
    "cisco-fwsm": "CISCO_FWSM CISCO_FWSM_SYSLOG",
    "cisco-meraki": "MACHINE_ZONE_MERAKI MACHINE_ZONE_MERAKI_SYSLOG MERAKI CISCO_MERAKI",
    "cisco-umbrella": "umbrella opendns",
    "cisco-wsa": """
    CISCO_IRONPORT_PROXY CISCO_IRONPORT_PROXY_SYSLOG CISCO_IRONPORT_WSA_II \
    CISCO_IRONPORT_WSA_II_SYSLOG CISCO_IRONPORT_WSA_III CISCO_IRONPORT_WSA_III_SYSLOG \
    cisco-ironport cisco-swa
    """,
    "citrix": "netscaler citrix-adc",
    "clavister": "CLAVISTER CLAVISTER_SYSLOG",
    "cloudflare-gateway": "CLOUDFLARE_GATEWAY CLOUDFLARE_ONE",
    "contentkeeper": "CONTENTKEEPER CONTENTKEEPER_SYSLOG",
    "corrata": "CORRATA CORRATA_SYSLOG",
    "csv": "GENERIC_CSV csv-with-header tsv",
    "cyberoam": "CYBEROAM CYBEROAM_SYSLOG SOPHOS_CYBEROAM SOPHOS_CYBEROAM_SYSLOG",
    "envoy": "istio",
    "f5-bigip": "f5 bigip",
    "forcepoint": """
    FORCEPOINT FORCEPOINT_SYSLOG FORCEPOINT_LEEF FORCEPOINT_LEEF_SYSLOG FORCEPOINT_CEF \
    FORCEPOINT_NGFW
    """,
    "fortigate": "FORTIGATE FORTIGATE_SYSLOG FORTIOS FORTIOS_SYSLOG fortiproxy",
    "i-filter": "I_FILTER I_FILTER_SYSLOG",
    "iboss": "IBOSS IBOSS_SYSLOG",
    "iis": "microsoft-iis",
    "iptables": "netfilter ufw shorewall",
    "json-lines": "GENERIC_JSON JSON_LINES NDJSON",
    "juniper-srx": """
    JUNIPER_SRX_SYSLOG JUNIPER_SRX JUNIPER_SRX_SD_SYSLOG JUNIPER_SRX_SD \
    JUNIPER_SRX_WELF_SYSLOG JUNIPER_SRX_WELF junos-srx
    """,
    "juniper-ssg": "JUNIPER_SSG JUNIPER_SSG_SYSLOG NETSCREEN SCREENOS",
    "leef": "GENERIC_LEEF GENERIC_LEEF_SYSLOG",
    "menlo-security": "MENLO_SECURITY MENLO_SECURITY_CEF MENLO_SECURITY_CEF_SYSLOG",
    "microsoft-defender-endpoint": "WDATP DEFENDER_ENDPOINT MDE DeviceNetworkEvents",
    "microsoft-tmg": "MICROSOFT_ISA_W3C MICROSOFT_ISA_W3C_SYSLOG MICROSOFT_TMG isa-server",
    "mikrotik": "routeros",
    "netskope": "NETSKOPE",
    "open-systems": "OPEN_SYSTEMS_SECURE_WEB_GATEWAY OPEN_SYSTEMS_SECURE_WEB_GATEWAY_SYSLOG",
    "palo-alto": """
    PALO_ALTO PALO_ALTO_SYSLOG PALO_ALTO_LEEF PALO_ALTO_LEEF_SYSLOG pan-os panw PALO_ALTO_CEF
    """,
    "pfsense": "opnsense filterlog",
    "skyhigh-swg": "MCAFEE_SWG MCAFEE_SWG_SYSLOG SKYHIGH_SWG MCAFEE_WEB_GATEWAY mcafee skyhigh",
    "sonicwall": "SONICWALL SONICWALL_SYSLOG",
    "sophos-sg": "SOPHOS_SG SOPHOS_SG_SYSLOG SOPHOS_UTM ASTARO",
    "sophos-xg": "SOPHOS_XG SOPHOS_XG_SYSLOG SFOS",
    "squid": """
    SQUID SQUID_SYSLOG SQUID_NATIVE SQUID_NATIVE_SYSLOG squid-native squid-common \
    squid-combined
    """,
    "stormshield": "STORMSHIELD STORMSHIELD_SYSLOG NETASQ",
    "ubiquiti-unifi": "unifi ubiquiti edgeos",
    "w3c": "generic_w3c generic_w3c_syslog",
    "wandera": "WANDERA WANDERA_SYSLOG",
    "watchguard": "WATCHGUARD WATCHGUARD_XTM WATCHGUARD_XTM_SYSLOG",
    "websense": """
    WEBSENSE WEBSENSE_SIEM_CEF WEBSENSE_SIEM_CEF_SYSLOG WEBSENSE_V7_5 WEBSENSE_V7_5_SYSLOG
    """,
    "zeek": "bro corelight",
    "zscaler": """
    ZSCALER ZSCALER_SYSLOG ZSCALER_QRADAR ZSCALER_QRADAR_SYSLOG ZSCALER_CEF ZSCALER_CEF_SYSLOG
    """,
  ]
}
