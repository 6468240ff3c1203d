"""Where the fields of PAN-OS's traffic log stand; lines of other types have fewer."""

FIELDS = {3: "type", 4: "subtype", 6: "time", 8: "host", 12: "person", 30: "action",
          32: "uploaded", 33: "downloaded"}
