#include "CEmbedded.h"

static const uint8_t report_style[] = {
#embed "../../Datasets/report/report.css"
};
static const uint8_t report_script[] = {
#embed "../../Datasets/report/report.js"
};
const ce_file ce_report_style = {report_style, sizeof report_style};
const ce_file ce_report_script = {report_script, sizeof report_script};
